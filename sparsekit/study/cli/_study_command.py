"""What ``sparsekit study`` does, from the parsed arguments to the written files."""

import sys
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sparsekit._utils._cluster import connected
from sparsekit._utils._one_line import one_line
from sparsekit._utils._tables import codes_of
from sparsekit._utils._whole_files import remove_unfinished, replace_file
from sparsekit.study._result import StudyResult
from sparsekit.study._text import count, wrapped
from sparsekit.study.cli._description import describe_plan
from sparsekit.study.cli._output import (
    can_draw,
    draw_file,
    reported,
    speaker,
    usable_folder,
)
from sparsekit.study.cli._user_table import InputError, read_user_table
from sparsekit.study.plan._plan import make_plan
from sparsekit.study.run._run import run_plan
from sparsekit.study.run._store import FileStore

RESULTS, PARQUET = "results.csv", "results.parquet"
SUMMARY, FIGURE = "summary.csv", "figure.png"

# Of more conditions than this on several tables, ranks are shown.
MAX_CONDITIONS = 6


def run_study(args):
    """Run the command. Raises `InputError` before training, if at all."""
    own, notes = _own_tables(args)
    plan = _plan(args, own)
    output = usable_folder(args.output)
    draw = can_draw(args)
    say = speaker(args)
    say("".join(wrapped(note) for note in notes))
    say(describe_plan(plan, _preset(args), own if args.task == "auto" else ()))
    # Until all is written, no other study may have the folder.
    with system_errors_reported(), ExitStack() as stack:
        with reported(
            "To write elsewhere, give another --output; to start anew, --overwrite."
        ):
            store = stack.enter_context(closing(_store(args, plan, output)))
        frame = _collect(args, plan, store, output, say)
        _write_summary(frame, output, draw, say)


def _own_tables(args):
    """Return a dict from the names of the user's files to X and y, and notes."""
    tables, notes = {}, []
    codes = codes_of(args.na_values)
    for path in args.data or ():
        name = _table_name(path)
        if name in tables or name in (args.datasets or ()):
            raise InputError(
                f"two tables have the name '{name}': rename one of the files."
            )
        X, y, note = read_user_table(path, args.target, args.drop, codes)
        tables[name] = X, y
        notes.append(f"{note}.")
    return tables, notes


def _table_name(path):
    """Return the name of a file without folder and ending."""
    name = Path(path).name
    for ending in (".csv", ".csv.gz", ".parquet"):
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def _preset(args):
    return args.preset or ("figure2" if args.data is args.datasets is None else "table")


def _plan(args, own):
    """Return the checked plan of what the arguments ask for."""
    datasets = {**own, **{name: name for name in args.datasets or ()}}
    params = {}
    if args.hidden is not None:
        params["hidden_layer_sizes"] = tuple(args.hidden)
    if args.epochs is not None:
        params["max_iter"] = args.epochs
    with reported():
        return make_plan(
            datasets=datasets or None,
            preset=_preset(args),
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
def system_errors_reported():
    """Turn what goes wrong around a study, such as a full disk, into one line."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(
            f"the study cannot go on: {error}. When that is mended, the same command "
            "goes on with it."
        ) from error


def _collect(args, plan, store, output, say):
    """Fit what is not in the folder yet; return the complete results."""
    with ExitStack() as stack:
        client = None
        with reported():
            if args.cluster is not None:
                client = stack.enter_context(connected(args.cluster))
        n_done = plan.n_fits_done(store.done)
        if n_done:
            say(f"{count(n_done, 'fit')} of them in {output / RESULTS} already.\n")
        if store.note:
            sys.stderr.write(f"{one_line(store.note)}.\n")
        for name in (SUMMARY, FIGURE):
            remove_unfinished(output / name)
            # What an earlier run made of fewer rows would be taken for this one's.
            (output / name).unlink(missing_ok=True)
        start = time.monotonic()
        try:
            run_plan(
                plan,
                store,
                trial=reported,
                n_jobs=-1 if args.jobs is None else args.jobs,
                client=client,
                client_timeout=args.cluster_timeout,
                stream=None if args.quiet else sys.stderr,
            )
        except InputError:
            raise
        except BaseException:
            n_done = plan.n_fits_done(store.done)
            sys.stderr.write(
                f"\nStopped after {n_done} of {plan.n_fits} fits, which are in "
                f"{output / RESULTS}. The same command goes on with the others.\n"
            )
            raise
        seconds = time.monotonic() - start
        say(f"\n{count(plan.n_fits - n_done, 'fit')} in {seconds:.0f} s.\n\n")
        return store.finish()


def _store(args, plan, output):
    path = output / (PARQUET if args.parquet else RESULTS)
    return FileStore(path, plan, args.overwrite)


def _write_summary(frame, output, draw, say):
    result = StudyResult(frame)
    summary = result.summary()
    conditions = len(summary[["dataset", "mechanism", "when"]].drop_duplicates())
    # Ranks say on a page what tables and panels of every condition would say on many.
    ranked = conditions > MAX_CONDITIONS and summary["dataset"].nunique() > 1
    if ranked:
        say(f"{result.ranks()}\n\n")
    else:
        say(f"{result.report()}\n\n")
    text = summary.to_csv(index=False)
    replace_file(output / SUMMARY, lambda file: file.write(text.encode()))
    say(f"One row per fit:       {output / RESULTS}\n")
    say(f"Means and intervals:   {output / SUMMARY}\n")
    if draw:
        draw_file(lambda: result.plot("ranks" if ranked else "score"), output / FIGURE)
        say(f"Figure:                {output / FIGURE}\n")
