"""The options of ``sparsekit study``, and what values they take."""

import argparse

from sparsekit.study._baselines import BASELINE_NAMES
from sparsekit.study._cluster import WORKER_SECONDS
from sparsekit.study._datasets import NAMED_TABLES
from sparsekit.study._grid import WHEN, known_mechanisms
from sparsekit.study._models import model_names, network_names
from sparsekit.study._presets import PRESETS


def add_data_options(parser):
    """Add the options that say which tables a study is about."""
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
        "--na-values",
        metavar="CODE",
        nargs="+",
        action="extend",
        default=[],
        help="what stands for a missing value in the files, beside empty cells, such "
        "as -999 or ?; --na-values=-x if it begins with a dash and is no number",
    )
    group.add_argument(
        "--task",
        choices=["auto", "classification", "regression"],
        default="auto",
        help="default: classification for text, booleans, and whole numbers with at "
        "most 20 distinct values, else regression",
    )


def add_grid_options(parser):
    """Add the options that say what is varied."""
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


def add_run_options(parser):
    """Add the options that say how a study is run and what it writes."""
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
        "--cluster-timeout",
        type=_seconds,
        default=WORKER_SECONDS,
        metavar="SECONDS",
        help="how long to wait for a worker where the cluster has none, default: "
        "%(default)s",
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


def _seconds(text):
    value = _number(float, text)
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"{text} is no length of time")
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
