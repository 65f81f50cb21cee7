"""The options of the commands, and what values they take."""

import argparse

from sparsekit._utils._cluster import WORKER_SECONDS
from sparsekit.study.one_table._comparison import METRIC_NAMES
from sparsekit.study.one_table._models import TABLE_MODELS
from sparsekit.study.plan._baselines import BASELINE_NAMES
from sparsekit.study.plan._builtin_tables import BUILTIN_TABLES
from sparsekit.study.plan._grid import WHEN_MASKED, known_mechanisms
from sparsekit.study.plan._models import TABULAR, model_names, network_names
from sparsekit.study.plan._presets import PRESETS


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
        choices=list(BUILTIN_TABLES),
        metavar="NAME",
        help="tables that need no file, see below",
    )
    _add_reading_options(group)


def _add_reading_options(group):
    """Add the options that say how the columns of files are read."""
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
        f"{', '.join(network_names())}. Others: "
        f"{', '.join((TABULAR, *BASELINE_NAMES))}",
    )
    group.add_argument(
        "--sparsities",
        nargs="+",
        type=_share,
        metavar="S",
        help="fractions of absent connections, in [0, 1)",
    )
    group.add_argument(
        "--rates",
        nargs="+",
        type=_share,
        metavar="R",
        help="fractions of the cells that are made missing, in [0, 1)",
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
        choices=WHEN_MASKED,
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
    _add_jobs_option(group)
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
    _add_output_option(group, "sparsekit-study")
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
    _add_printing_options(group)


def add_compare_options(parser):
    """Add the options of a comparison on one table."""
    data = parser.add_argument_group("data")
    data.add_argument(
        "file", metavar="FILE", help="the table, .csv, .csv.gz or .parquet"
    )
    data.add_argument(
        "--target", metavar="COLUMN", required=True, help="what is to be predicted"
    )
    _add_reading_options(data)
    group = parser.add_argument_group("comparison")
    group.add_argument(
        "--models",
        nargs="+",
        choices=TABLE_MODELS,
        metavar="NAME",
        help=f"default: all, {', '.join(TABLE_MODELS)}",
    )
    group.add_argument(
        "--metric",
        choices=METRIC_NAMES,
        default="loss",
        help="what the models are compared by; loss, the default, is the log-loss of "
        "classes and the root mean squared error of quantities",
    )
    group.add_argument(
        "--folds",
        type=_at_least_two,
        default=5,
        metavar="N",
        help="parts of the rows, each predicted by models of the others; default: 5",
    )
    group.add_argument(
        "--repeats",
        type=_positive,
        default=1,
        metavar="N",
        help="how often, with other folds; more make intervals narrower; default: 1",
    )
    group.add_argument(
        "--seed",
        type=_seed,
        default=0,
        metavar="N",
        help="of folds and models; default: 0",
    )
    run = parser.add_argument_group("run")
    _add_jobs_option(run)
    _add_output_option(run, "sparsekit-compare")
    _add_printing_options(run)


def _add_jobs_option(group):
    group.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help="fits at the same time, one thread each; default: -1, all cores",
    )


def _add_output_option(group, folder):
    group.add_argument(
        "--output",
        "--out",
        default=folder,
        metavar="DIR",
        help=f"folder for the results, default: ./{folder}",
    )


def _add_printing_options(group):
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


def _at_least_two(text):
    value = _number(int, text)
    if value < 2:
        raise argparse.ArgumentTypeError(f"{text} is less than 2")
    return value


def _seed(text):
    value = _number(int, text)
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not in [0, 2**32)")
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
