"""What ``sparsekit study`` does, from the parsed arguments to the written files."""

import importlib.util
import sys
import tempfile
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

from sparsekit.study._models import has_sparsity
from sparsekit.study._plan import make_plan
from sparsekit.study._report import format_summary
from sparsekit.study._run import collect_rows, try_models
from sparsekit.study._study import tidy_frame
from sparsekit.study._summary import summarize
from sparsekit.study._table_file import InputError, read_table

TEXT_WIDTH = 100
RESULTS, PARTIAL = "results.csv", "results-partial.csv"
SUMMARY, FIGURE = "summary.csv", "figure.png"


def run_study(args):
    """Run the command. Raises `InputError` before training, if at all."""
    plan = _plan(args)
    output = _usable_folder(args.output)
    draw = not args.no_plot
    if draw and importlib.util.find_spec("matplotlib") is None:
        draw = False
        sys.stderr.write(
            "No figure will be drawn, matplotlib is missing: "
            "pip install sparsekit[plot]\n"
        )
    say = _silent if args.quiet else sys.stdout.write
    say(_describe(args, plan))
    with _reported():
        try_models(plan)
    rows = []
    start = time.monotonic()
    try:
        collect_rows(plan, args.jobs, None if args.quiet else sys.stderr, rows)
    except BaseException:
        _write_partial(rows, plan, output)
        raise
    say(f"\n{_count(plan.n_fits, 'fit')} in {time.monotonic() - start:.0f} s.\n\n")
    _write_results(tidy_frame(rows), output, draw, say)


def _plan(args):
    """Return the checked plan of what the arguments ask for."""
    X = y = None
    if args.data is not None:
        X, y = read_table(args.data, args.target, args.drop)
    params = {}
    if args.hidden is not None:
        params["hidden_layer_sizes"] = tuple(args.hidden)
    if args.epochs is not None:
        params["max_iter"] = args.epochs
    with _reported():
        return make_plan(
            X,
            y,
            preset=args.preset,
            models=args.models,
            sparsities=args.sparsities,
            missing_rates=args.rates,
            mechanisms=args.mechanisms,
            when=args.when,
            seeds=args.seeds,
            task=args.task,
            estimator_params=params,
        )


@contextmanager
def _reported():
    """Turn what estimators and maskers refuse into an error of one line."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise InputError(" ".join(str(error).split())) from error


def _usable_folder(path):
    """Return the output folder; it is made, and tried, before anything is trained."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(
            f"cannot write to the output folder {folder}: {error.strerror}. Choose "
            "another with --output."
        ) from error
    return folder


def _describe(args, plan):
    """Return what is going to be done, by the plan: arguments override the preset."""
    preset = args.preset or ("figure2" if args.data is None else "table")
    source = "Breast Cancer Wisconsin" if args.data is None else args.data
    task = plan.task
    if args.task == "auto" and args.data is not None:
        task += " (chosen by the target's type, --task overrides it)"
    n_rows, n_features = plan.X.shape
    # The command knows networks only, and gives all of them the same parameters.
    network = next(iter(plan.models.values())).get_params()
    sizes = network["hidden_layer_sizes"]
    grid = [f"{_plural('model', plan.models)} {', '.join(plan.models)}"]
    if any(map(has_sparsity, plan.models.values())):
        sparsities = plan.sparsities
        grid.append(
            f"{_plural('sparsity', sparsities, 'sparsities')} {_percent(sparsities)}"
        )
    grid += [
        f"{_plural('missing rate', plan.missing_rates)} {_percent(plan.missing_rates)}",
        f"{_plural('mechanism', plan.mechanisms)} {', '.join(plan.mechanisms)}",
        *([f"when {', '.join(plan.when)}"] if plan.when != ("both",) else []),
        _count(len(plan.seeds), "seed"),
    ]
    lines = [
        f"Preset {preset}: {_count(n_features, 'input')}, "
        f"{_count(len(sizes), 'hidden layer')} of {_plural('size', sizes)} "
        f"{'-'.join(map(str, sizes))}, {_count(network['max_iter'], 'epoch')}.",
        f"Data: {source}, {_count(n_rows, 'row')}, {_count(n_features, 'feature')}; "
        f"{task}.",
        f"{_count(plan.n_fits, 'fit')}: {'; '.join(grid)}.",
        "The first run compiles for a while before it starts.",
    ]
    wrapper = textwrap.TextWrapper(
        TEXT_WIDTH, break_long_words=False, break_on_hyphens=False
    )
    return "".join(wrapper.fill(line) + "\n" for line in lines)


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _plural(noun, items, several=None):
    return noun if len(items) == 1 else several or f"{noun}s"


def _percent(shares):
    return ", ".join(f"{100 * share:g}" for share in shares) + " %"


def _write_partial(rows, plan, output):
    """Save the rows of the fits that have ended, beside what an earlier run wrote."""
    if not rows:
        return
    path = output / PARTIAL
    tidy_frame(rows).to_csv(path, index=False)
    sys.stderr.write(f"\nStopped after {len(rows)} of {plan.n_fits} fits: {path}\n")


def _write_results(frame, output, draw, say):
    summary = summarize(frame)
    say(format_summary(summary, summarize(frame, pool_rates=True)) + "\n\n")
    frame.to_csv(output / RESULTS, index=False)
    summary.to_csv(output / SUMMARY, index=False)
    say(f"One row per fit:       {output / RESULTS}\n")
    say(f"Means and intervals:   {output / SUMMARY}\n")
    # What an earlier run left would be taken for a part of this one.
    (output / PARTIAL).unlink(missing_ok=True)
    (output / FIGURE).unlink(missing_ok=True)
    if draw:
        _draw(summary, output / FIGURE)
        say(f"Figure:                {output / FIGURE}\n")


def _draw(summary, path):
    import matplotlib as mpl

    # A file needs no window, and a machine without a screen has none.
    mpl.use("Agg")
    from sparsekit.study._display import MissingnessStudyDisplay

    display = MissingnessStudyDisplay(summary=summary).plot()
    display.figure_.savefig(path, dpi=160)


def _silent(text):
    pass
