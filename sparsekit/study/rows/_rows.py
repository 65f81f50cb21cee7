"""The rows of a study as a DataFrame: what they need, and where they are read from."""

import io
from pathlib import Path

import numpy as np

from sparsekit._utils._tables import open_text
from sparsekit.study.rows._conditions import WHEN_TEXTS
from sparsekit.study.rows._lines import CHECK, damaged_lines

# What tells one row from all others, in the order in which results are sorted.
KEYS = (
    "dataset",
    "mechanism",
    "when",
    "missing_rate",
    "model",
    "sparsity",
    "seed",
)
VALUES = ("metric", "score", "n_connections", "fit_time")
NAMES = ("dataset", "mechanism", "when", "model", "metric")
# Of these, NaN says that there is none.
MAY_BE_MISSING = ("score", "n_connections", "fit_time", "n_train", "n_test")
NUMBERS = ("missing_rate", "sparsity", "seed", *MAY_BE_MISSING)
NOT_NEGATIVE = ("seed", "n_connections", "fit_time", "n_train", "n_test")
RANGES = {"accuracy": (0, 1), "r2": (-np.inf, 1)}
OPTIONAL = {"dataset", "when"}


def check_columns(frame):
    """Raise TypeError or ValueError unless `frame` has the columns of a study."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise TypeError(
            "frame must be the DataFrame that missingness_study returns, got "
            f"{type(frame).__name__}."
        )
    missing = [c for c in KEYS + VALUES if c not in frame and c not in OPTIONAL]
    if missing:
        raise ValueError(
            f"frame has no column {', '.join(missing)}: one row per fit is needed, as "
            "missingness_study returns them."
        )
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"frame has two columns {twice!r}.")
    for column in frame.columns.intersection([*NAMES, *NUMBERS]):
        check = _check_names if column in NAMES else _check_numbers
        check(column, frame[column])


def check_scores(frame):
    """Raise ValueError if a score is none that its metric can have."""
    for metric, (low, high) in RANGES.items():
        scores = frame.loc[frame["metric"] == metric, "score"].dropna()
        if not scores.between(low, high).all():
            raise ValueError(
                f"frame column 'score' has {metric} outside [{low}, {high}]."
            )


def _check_names(column, values):
    known = WHEN_TEXTS if column == "when" else None
    for value in values:
        if not isinstance(value, str) or (known and value not in known):
            allowed = f"one of {', '.join(known)}" if known else "text"
            raise ValueError(f"frame column {column!r} has {value!r}, not {allowed}.")


def _check_numbers(column, values):
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if not is_numeric_dtype(values) or is_bool_dtype(values):
        raise ValueError(
            f"frame column {column!r} must hold numbers, not {values.dtype}."
        )
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise ValueError(f"frame column {column!r} has infinite values.")
    if column not in MAY_BE_MISSING and np.isnan(numbers).any():
        raise ValueError(f"frame column {column!r} has rows without a value.")
    if column in NOT_NEGATIVE and (numbers < 0).any():
        raise ValueError(f"frame column {column!r} has negative values.")
    is_share = column in ("missing_rate", "sparsity")
    if is_share and not ((numbers >= 0) & (numbers <= 1)).all():
        raise ValueError(f"frame column {column!r} has values outside [0, 1].")


def check_rows(frame):
    """Raise an error unless `frame` has rows of a study, and none of them twice."""
    check_columns(frame)
    if len(frame) == 0:
        raise ValueError("frame has no rows.")
    keys = [column for column in KEYS if column in frame]
    n_twice = int(frame.duplicated(keys).sum())
    if n_twice:
        raise ValueError(
            f"frame has {n_twice} rows too many: each fit, that is each combination of "
            f"{', '.join(keys)}, may have one row only."
        )


def read_rows(path):
    """Return the rows in a CSV or Parquet file; nothing in it is executed.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If its name has another ending, or it cannot be read.
    """
    import pandas as pd

    name = Path(path).name.lower()
    if not name.endswith((".csv", ".csv.gz", ".parquet")):
        raise ValueError(f"the name of {path} must end in .csv, .csv.gz or .parquet.")
    try:
        if name.endswith(".parquet"):
            return pd.read_parquet(path)
        with open_text(path) as file:
            content = file.read()
        # A model called "NA" keeps its name.
        frame = pd.read_csv(io.BytesIO(content), keep_default_na=False, na_values=[""])
        bad = damaged_lines(content)
    except (ImportError, FileNotFoundError):
        raise
    # Parsers, decompressors and decoders each raise errors of their own.
    except Exception as error:
        raise ValueError(f"cannot read {path}: {error}") from error
    if bad:
        raise ValueError(
            f"{path} has {len(bad)} lines that are not as a study wrote them, such as "
            f"line {bad[0]}. The study that made it makes them again; to read them all "
            f"the same, remove the column {CHECK!r}."
        )
    return frame.drop(columns=CHECK, errors="ignore")
