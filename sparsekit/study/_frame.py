"""What a frame must be like to hold the rows of a study."""

from numbers import Real

import numpy as np

from sparsekit.study._conditions import PLACES

KEY = ["dataset", "mechanism", "when", "missing_rate", "model", "sparsity", "seed"]
VALUES = ["metric", "score", "n_connections", "fit_time"]
OPTIONAL = {"dataset", "when"}
NAMES = {"dataset", "mechanism", "when", "model", "metric"}
NUMBERS = [
    *("missing_rate", "sparsity", "seed", "score", "n_connections", "fit_time"),
    *("n_train", "n_test"),
]
# Of these, NaN says that there is none.
MAY_BE_MISSING = {"score", "n_connections", "fit_time", "n_train", "n_test"}


def check_frame(frame):
    """Raise unless `frame` has the rows of a study, each fit once.

    Raises
    ------
    TypeError
        If it is no DataFrame.
    ValueError
        If a column or all rows are missing, a column holds other values than those of a
        study, or two rows are of the same fit.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise TypeError(
            "frame must be the DataFrame that missingness_study returns, got "
            f"{type(frame).__name__}."
        )
    missing = [c for c in KEY + VALUES if c not in frame and c not in OPTIONAL]
    if missing:
        raise ValueError(
            f"frame has no column {', '.join(missing)}: one row per fit is needed, as "
            "missingness_study returns them."
        )
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"frame has two columns {twice!r}.")
    if len(frame) == 0:
        raise ValueError("frame has no rows.")
    for column in frame.columns.intersection([*sorted(NAMES), *NUMBERS]):
        _check_column(column, frame[column])
    keys = [column for column in KEY if column in frame]
    n_twice = int(frame.duplicated(keys).sum())
    if n_twice:
        raise ValueError(
            f"frame has {n_twice} rows too many: each fit, that is each combination of "
            f"{', '.join(keys)}, may have one row only."
        )


def _check_column(column, values):
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if column in NAMES:
        known = PLACES if column == "when" else None
        for value in values:
            if not isinstance(value, str) or (known and value not in known):
                allowed = f"one of {', '.join(known)}" if known else "text"
                raise ValueError(
                    f"frame column {column!r} has {value!r}, not {allowed}."
                )
        return
    if not is_numeric_dtype(values) or is_bool_dtype(values):
        raise ValueError(
            f"frame column {column!r} must hold numbers, not {values.dtype}."
        )
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise ValueError(f"frame column {column!r} has infinite values.")
    if column not in MAY_BE_MISSING and np.isnan(numbers).any():
        raise ValueError(f"frame column {column!r} has rows without a value.")
    is_share = column in ("missing_rate", "sparsity")
    if is_share and not ((numbers >= 0) & (numbers <= 1)).all():
        raise ValueError(f"frame column {column!r} has values outside [0, 1].")


def check_confidence(confidence):
    """Raise ValueError unless `confidence` can be the coverage of an interval."""
    if not isinstance(confidence, Real) or not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence!r} must be in (0, 1).")
