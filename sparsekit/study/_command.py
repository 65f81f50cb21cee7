"""What ``sparsekit study`` does, from the parsed arguments to the written files."""

import importlib.util
import sys
import tempfile
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

from sparsekit.study._plan import make_plan
from sparsekit.study._presets import PRESETS
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
    output = _usable_folder(args.output)
    plan = _plan(args)
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
    say(f"\n{plan.n_fits} fits in {time.monotonic() - start:.0f} s.\n\n")
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
    """Return the output folder; it is made, and tried, before any work is done."""
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
    preset = args.preset or ("figure2" if args.data is None else "table")
    source = "Breast Cancer Wisconsin" if args.data is None else args.data
    task = plan.task
    if args.task == "auto" and args.data is not None:
        task += " (chosen by the target's type, --task overrides it)"
    lines = [
        f"Preset {preset}: {PRESETS[preset].description}.",
        f"Data: {source}, {plan.X.shape[0]} rows, {plan.X.shape[1]} features; {task}.",
        f"{plan.n_fits} fits: models {', '.join(plan.models)}; "
        f"sparsities {_percent(plan.sparsities)}; "
        f"missing rates {_percent(plan.missing_rates)}; "
        f"mechanisms {', '.join(plan.mechanisms)}; {len(plan.seeds)} seeds.",
        "The first run compiles for a while before it starts.",
    ]
    wrapper = textwrap.TextWrapper(
        TEXT_WIDTH, break_long_words=False, break_on_hyphens=False
    )
    return "".join(wrapper.fill(line) + "\n" for line in lines)


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
