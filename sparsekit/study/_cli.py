"""The command ``sparsekit``."""

import argparse
import os
import sys
from difflib import get_close_matches

from sparsekit.study._baselines import BASELINE_NAMES
from sparsekit.study._command import run_study
from sparsekit.study._datasets import NAMED_TABLES
from sparsekit.study._grid import WHEN, known_mechanisms
from sparsekit.study._models import model_names, network_names
from sparsekit.study._one_line import one_line
from sparsekit.study._presets import PRESETS
from sparsekit.study._table_file import InputError

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
  A study that was stopped, however that came, goes on where it was when the same
  command is given again. So does one with more seeds, rates, models or tables.
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
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    study = commands.add_parser(
        "study",
        help="accuracy over model sparsity and missing rate, with intervals",
        description="Train dense, static sparse and SET networks at several sparsities "
        "on data with more and\nmore missing values, on the same splits and the same "
        "holes, and report accuracy with\nintervals, connections and seconds.",
        epilog=EPILOG.replace("{tables}", _list_tables()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    study.set_defaults(run=_run_checked, parser=study)
    _add_data_options(study)
    _add_grid_options(study)
    _add_run_options(study)
    return parser


def _list_tables():
    width = max(map(len, NAMED_TABLES))
    return "\n".join(
        f"  {name:{width}}  {table.rows:4} x {table.features:<3}  {table.description}"
        for name, table in NAMED_TABLES.items()
    )


def _run_checked(args):
    if args.data is not None and args.target is None:
        args.parser.error(
            "--data needs --target COLUMN, the name of the target's column"
        )
    if args.data is None and (args.target is not None or args.drop):
        args.parser.error("--target and --drop need --data FILE")
    if args.cluster is not None and args.jobs is not None:
        args.parser.error("--jobs is for this machine: with --cluster, leave it out")
    run_study(args)


def _add_data_options(parser):
    group = parser.add_argument_group("data")
    group.add_argument(
        "--data",
        metavar="FILE",
        nargs="+",
        action="extend",
        help="a table of your own, .csv, .csv.gz or .parquet; or several, which have "
        "the target in a column of the same name",
    )
    group.add_argument("--target", metavar="COLUMN", help="what is to be predicted")
    group.add_argument(
        "--datasets",
        nargs="+",
        choices=list(NAMED_TABLES),
        metavar="NAME",
        help="tables that need no file, see below",
    )
    group.add_argument(
        "--drop",
        metavar="COLUMN",
        nargs="+",
        action="extend",
        default=[],
        help="columns that are no features; --drop=-x if a name begins with a dash",
    )
    group.add_argument(
        "--task",
        choices=["auto", "classification", "regression"],
        default="auto",
        help="default: classification for text, booleans, and whole numbers with at "
        "most 20 distinct values, else regression",
    )


def _add_grid_options(parser):
    group = parser.add_argument_group("grid (default: that of the preset)")
    group.add_argument(
        "--preset",
        choices=list(PRESETS),
        help="default: figure2, with --data or --datasets table. "
        + "; ".join(f"{name}: {base.description}" for name, base in PRESETS.items()),
    )
    group.add_argument(
        "--models",
        nargs="+",
        choices=model_names(),
        metavar="NAME",
        help="default: those of the preset. Networks: "
        f"{', '.join(network_names())}. Others: {', '.join(BASELINE_NAMES)}",
    )
    group.add_argument(
        "--sparsities",
        nargs="+",
        type=_share,
        metavar="S",
        help="shares of absent connections, in [0, 1)",
    )
    group.add_argument(
        "--rates",
        nargs="+",
        type=_share,
        metavar="R",
        help="shares of the cells that are made missing, in [0, 1)",
    )
    group.add_argument(
        "--mechanisms",
        "--mechanism",
        nargs="+",
        choices=known_mechanisms(),
        metavar="NAME",
        help=f"why values are missing: {', '.join(known_mechanisms())}",
    )
    group.add_argument(
        "--when",
        nargs="+",
        choices=WHEN,
        metavar="WHEN",
        help="whether values are missing in training and test rows (both, the "
        "default), in training rows only (fit), or in test rows only (transform)",
    )
    group.add_argument(
        "--seeds",
        type=_positive,
        metavar="N",
        help="number of seeds, each with a new split; intervals need at least 2",
    )
    group.add_argument(
        "--hidden",
        nargs="+",
        type=_positive,
        metavar="N",
        help="neurons of each hidden layer",
    )
    group.add_argument(
        "--epochs", type=_positive, metavar="N", help="epochs, the same for all models"
    )


def _add_run_options(parser):
    group = parser.add_argument_group("run")
    group.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help="fits at the same time, one thread each; default: -1, all cores",
    )
    group.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="dask scheduler on whose workers to fit, such as tcp://10.0.0.1:8786",
    )
    group.add_argument(
        "--output",
        default="sparsekit-study",
        metavar="DIR",
        help="folder for the results, default: ./sparsekit-study",
    )
    group.add_argument(
        "--overwrite",
        action="store_true",
        help="start anew where the folder has results already",
    )
    group.add_argument(
        "--parquet",
        action="store_true",
        help="write results.parquet as well, when the study is complete",
    )
    group.add_argument("--no-plot", action="store_true", help="draw no figure")
    group.add_argument(
        "-q", "--quiet", action="store_true", help="print nothing but errors"
    )


def _share(text):
    value = _number(float, text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(
            f"{text} is not in [0, 1): give shares, 0.3 means 30 %"
        )
    return value


def _positive(text):
    value = _number(int, text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return value


def _jobs(text):
    value = _number(int, text)
    if value == 0:
        raise argparse.ArgumentTypeError("0 is neither a number of fits nor -1")
    return value


def _number(kind, text):
    try:
        return kind(text)
    except ValueError:
        what = "a whole number" if kind is int else "a number"
        raise argparse.ArgumentTypeError(f"{text!r} is not {what}") from None
