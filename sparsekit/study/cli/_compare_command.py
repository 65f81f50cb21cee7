"""What ``sparsekit compare`` does, from the parsed arguments to the written files."""

from sparsekit._utils._tables import codes_of
from sparsekit._utils._whole_files import replace_file
from sparsekit.study._text import count, wrapped
from sparsekit.study.cli._output import (
    can_draw,
    draw_file,
    reported,
    speaker,
    usable_folder,
)
from sparsekit.study.cli._user_table import read_user_table
from sparsekit.study.one_table._compare_on_table import compare_on_table
from sparsekit.study.one_table._models import TABLE_MODELS
from sparsekit.study.plan._data import check_target

ROWS, FIGURE = "comparison.csv", "comparison.png"


def run_compare(args):
    """Run the command. Raises `InputError` where the input cannot be used."""
    X, y, note = read_user_table(
        args.file, args.target, args.drop, codes_of(args.na_values), numeric=False
    )
    with reported():
        _, task = check_target(y, len(X), args.task)
    output = usable_folder(args.output)
    draw, say = can_draw(args), speaker(args)
    say(wrapped(f"{note}."))
    say(wrapped(_described(args, task)))
    with reported():
        comparison = compare_on_table(
            X,
            y,
            models=args.models,
            task=task,
            metric=args.metric,
            folds=args.folds,
            repeats=args.repeats,
            n_jobs=-1 if args.jobs is None else args.jobs,
            random_state=args.seed,
            progress=not args.quiet,
        )
    say(f"\n{comparison.report()}\n\n")
    with reported():
        rows = comparison.rows.to_csv(index=False).encode()
        replace_file(output / ROWS, lambda file: file.write(rows))
        if draw:
            draw_file(comparison.plot, output / FIGURE)
    say(f"One row per fit:       {output / ROWS}\n")
    if draw:
        say(f"Figure:                {output / FIGURE}\n")


def _described(args, task):
    """Return what is going to be done."""
    chosen = args.task == "auto"
    note = " (chosen by the target's type, --task overrides it)" if chosen else ""
    n_models = len(args.models or TABLE_MODELS)
    n_fits = n_models * args.folds * args.repeats
    return (
        f"{task.capitalize()}{note}: {count(n_models, 'model')}, {args.folds} folds, "
        f"{count(args.repeats, 'repeat')}, {count(n_fits, 'fit')}. The first run "
        "compiles for a while before it starts."
    )
