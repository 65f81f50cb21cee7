"""The command ``sparsekit``, with ``study``, ``compare`` and ``warm-up``."""

import argparse
import os
import sys
from difflib import get_close_matches

from sparsekit import __version__
from sparsekit._utils._one_line import one_line
from sparsekit.study.cli._compare_command import run_compare
from sparsekit.study.cli._options import (
    add_compare_options,
    add_data_options,
    add_grid_options,
    add_run_options,
)
from sparsekit.study.cli._study_command import run_study
from sparsekit.study.cli._user_table import InputError
from sparsekit.study.cli._warm_up_command import run_warm_up
from sparsekit.study.plan._builtin_tables import BUILTIN_TABLES

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

EPILOG = """\
examples:
  the study of three models on Breast Cancer Wisconsin, some minutes:
      sparsekit study
  a look at what comes out, in seconds:
      sparsekit study --preset quick
  a table of your own; empty cells are missing values and welcome:
      sparsekit study --data patients.csv --target outcome --drop name
  a part of the grid, more seeds, other layers:
      sparsekit study --data patients.csv --target outcome --models dense set \\
          --sparsities 0.9 0.95 --rates 0 0.25 0.5 --seeds 10 --hidden 200 200
  values missing for other reasons, and in training or in deployment only:
      sparsekit study --mechanism mcar mar mnar --when both fit transform --seeds 10
  several tables, other methods, and what one would pick instead:
      sparsekit study --datasets wine diabetes --preset table \\
          --models dense set rigl hist_gradient_boosting
  on a dask cluster:
      sparsekit study --preset reference --cluster tcp://10.0.0.1:8786

tables (--datasets):
{tables}

written to the output folder:
  results.csv   one row per fit, as the fits end; results.json says how it was made
  summary.csv   means, 95 % intervals over seeds, differences paired by seed
  figure.png    accuracy (or R2) against missing rate; of many tables and mechanisms,
                average ranks
  A study that was stopped resumes when the same command is run again, also with
  more seeds, rates, models or tables.
"""

COMPARE_EPILOG = """\
examples:
  SparseTabular, boosting and the usual others on a table as it is:
      sparsekit compare patients.csv --target outcome
  codes for missing values, a column that is no feature, narrower intervals:
      sparsekit compare patients.csv --target outcome --na-values -999 --drop visit \\
          --repeats 4
  two models by AUC:
      sparsekit compare patients.csv --target outcome --metric auc \\
          --models sparse_tabular boosting

written to the output folder, in the place of what an earlier comparison left there:
  comparison.csv   one row per model and fold
  comparison.png   differences to SparseTabular with 95 % intervals
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message):
        if message.startswith("argument") and "expected" in message:
            option = message.split(": ")[0].split("/")[-1].removeprefix("argument ")
            message += f"; a value that begins with a dash is given as in {option}=-x"
        self.exit(EXIT_BAD_INPUT, f"{self.prog}: error: {one_line(message)}\n")

    def refuse(self, unknown):
        """Report arguments that no option takes, with what they may have meant."""
        hint = f"see {self.prog} --help"
        names = [name.lstrip("-") for name in self._option_string_actions]
        for argument in unknown:
            close = get_close_matches(argument.split("=")[0].lstrip("-"), names, n=1)
            if close and argument.startswith("--"):
                hint = f"did you mean --{close[0]}?"
                break
        self.error(f"unrecognized arguments: {' '.join(unknown)}; {hint}")


def main(argv=None):
    """Run the command line; return the exit code.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments without the program's name; None takes those of the process.

    Returns
    -------
    code : int
        0; 2 if the input cannot be used; 130 after Ctrl-C; 141 if nobody reads the
        output any more.
    """
    args, unknown = _parser().parse_known_args(argv)
    if unknown:
        # `parse_args` would report these without the name of the command.
        args.parser.refuse(unknown)
    try:
        args.run(args)
        sys.stdout.flush()
    except InputError as error:
        sys.stderr.write(f"sparsekit {args.command}: error: {one_line(error)}\n")
        return EXIT_BAD_INPUT
    except BrokenPipeError:
        # Whoever read the output, such as `head`, has had enough. Python flushes what
        # is left when it ends, and would complain about the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        return EXIT_INTERRUPTED
    return 0


def _parser():
    parser = _Parser(
        prog="sparsekit",
        description="Truly sparse neural networks on data with missing values.",
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {__version__}"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    study = commands.add_parser(
        "study",
        help="accuracy over model sparsity and missing rate, with intervals",
        description="Train dense, static sparse and SET networks at several sparsities "
        "on data with more and\nmore missing values, on the same splits and the same "
        "missing cells, and report accuracy with\nintervals, connections and seconds.",
        epilog=EPILOG.replace("{tables}", _list_tables()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    study.set_defaults(run=_run_checked, parser=study)
    add_data_options(study)
    add_grid_options(study)
    add_run_options(study)
    compare = commands.add_parser(
        "compare",
        help="SparseTabular, boosting and others on one table, with intervals",
        description="Fit SparseTabular, gradient boosting, a random forest, a linear "
        "model, an MLP and a prior to\nthe folds of a table as it is (numbers, text, "
        "dates, missing values), and say which is ahead,\nby how much, with intervals.",
        epilog=COMPARE_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compare.set_defaults(run=run_compare, parser=compare)
    add_compare_options(compare)
    warm_up = commands.add_parser(
        "warm-up",
        help="compile ahead what training needs, for images and clusters",
        description="Compile the code that fits and predictions need and keep it on "
        "disk, where later\nprocesses find it: in the folder of the package or, where "
        "that cannot be written, in\nNUMBA_CACHE_DIR or a folder of the user. Some "
        "minutes, once per machine.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    warm_up.set_defaults(run=run_warm_up, parser=warm_up)
    warm_up.add_argument(
        "--all",
        action="store_true",
        help="for all options and for double precision, too",
    )
    warm_up.add_argument("--quiet", action="store_true", help="print nothing")
    return parser


def _list_tables():
    width = max(map(len, BUILTIN_TABLES))
    return "\n".join(
        f"  {name:{width}}  {table.rows:4} x {table.features:<3}  {table.description}"
        for name, table in BUILTIN_TABLES.items()
    )


def _run_checked(args):
    if args.data is not None and args.target is None:
        args.parser.error(
            "--data needs --target COLUMN, the name of the target's column"
        )
    of_files = args.target is not None or args.drop or args.na_values
    if args.data is None and of_files:
        args.parser.error("--target, --drop and --na-values need --data FILE")
    if args.cluster is not None and args.jobs is not None:
        args.parser.error("--jobs is for this machine: with --cluster, leave it out")
    run_study(args)
