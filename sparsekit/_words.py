"""What is no number where numbers are expected: errors that say which column it is."""

from datetime import date, timedelta

import numpy as np

# How the types of such columns are called in pandas and polars.
_MAY_HOLD_WORDS = ("object", "str", "cat", "enum")
_N_LOOKED_AT = 1000

# How the types of columns begin that could be read as numbers which mean nothing.
_READ_AS_NUMBERS = {
    "cat": "categories",
    "enum": "categories",
    "timedelta": "durations",
    "duration": "durations",
    "date": "dates",
    "time": "times",
    "period": "periods",
}


def refuse_words(X):
    """Raise if a column of a pandas or polars table holds text, and say which one."""
    if not hasattr(X, "columns") or not hasattr(X, "dtypes"):
        return
    for name, dtype in zip(X.columns, X.dtypes, strict=True):
        if not any(kind in str(dtype).lower() for kind in _MAY_HOLD_WORDS):
            continue
        for value in np.ravel(X[[name]].head(_N_LOOKED_AT)):
            if isinstance(value, str) and not _is_number(value):
                raise ValueError(
                    f"Column {name!r} of X holds text, for instance {value!r}: could "
                    "not convert string to float. Encode it as numbers, for instance "
                    "with OneHotEncoder in a ColumnTransformer, or drop it."
                )


def refuse_all_but_numbers(X):
    """Raise if a column of a pandas or polars table holds no numbers; say which one.

    Beside text these are categories and dates: as numbers, 3 would be nearer to 2 than
    to 7 whatever they stand for, and a date would be nanoseconds or days, as its type
    has it.
    """
    refuse_words(X)
    if not hasattr(X, "columns") or not hasattr(X, "dtypes"):
        return
    for name, dtype in zip(X.columns, X.dtypes, strict=True):
        kind = str(dtype).lower()
        held = next(
            (of for begin, of in _READ_AS_NUMBERS.items() if kind.startswith(begin)),
            None,
        )
        # NaT is a date, too, but one that is missing, and differs from itself.
        if held is None and kind == "object":
            values = np.ravel(X[[name]].head(_N_LOOKED_AT))
            if any(isinstance(v, date | timedelta) and v == v for v in values):
                held = "dates or durations"
        if held is not None:
            raise ValueError(
                f"Column {name!r} of X holds {held} ({dtype}), which are no numbers. "
                "Fit SparseTabularClassifier or SparseTabularRegressor, which read "
                "such columns, or encode them with sparsekit.tabular.TableEncoder; or "
                "convert the column to the numbers that you mean."
            )


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
