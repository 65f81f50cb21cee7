"""Checks of what users pass in: text, unknown targets, identities of samples."""

import sys
from datetime import date, timedelta
from numbers import Integral

import numpy as np
from scipy import sparse

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
    if not hasattr(X, "columns") or not hasattr(X, "dtypes"):
        return
    refuse_words(X)
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


def missing_as_nan(X):
    """Return `X` with NaN for the NaT and pd.NA that it holds as objects.

    numpy cannot make numbers of these. What holds no objects is returned as it is.
    """
    pandas = sys.modules.get("pandas")
    if pandas is None:  # so that nobody can have made any of these
        return X
    if isinstance(X, pandas.DataFrame):
        if not (X.dtypes == "object").any():
            return X
        return X.where(X.notna(), np.nan)
    values = np.asarray(X) if isinstance(X, list | tuple) else X
    if not isinstance(values, np.ndarray) or values.dtype != object:
        return X
    return np.where(pandas.isna(values), np.nan, values)


def refuse_unknown(y, name="y"):
    """Raise if a target is unknown, and say which one.

    Parameters
    ----------
    y : array-like or sparse matrix
    name : str, default="y"
        What the error calls it.

    Raises
    ------
    ValueError
        If a value is None, NaN, NaT or pd.NA.
    """
    if sparse.issparse(y):
        y = y.data
    # In an array of their own, NaN beside text would become text.
    values = np.asarray(y, dtype=object if isinstance(y, list | tuple) else None)
    unknown = _unknown(values)
    if values.ndim and unknown.any():
        rows = unknown.reshape(len(values), -1).any(axis=1)
        first = values[unknown][0]
        shown = "NaN" if isinstance(first, float) else repr(first)
        raise ValueError(
            f"Input {name} contains {shown}: {np.count_nonzero(rows)} of {rows.size} "
            f"targets are unknown, the first of them that of row {rows.argmax()}. Drop "
            "these rows, or fill in their targets."
        )


def _unknown(values):
    if values.dtype.kind in "fc":
        return np.isnan(values)
    if values.dtype.kind in "mM":
        return np.isnat(values)
    if values.dtype.kind != "O":
        return np.zeros(values.shape, dtype=bool)
    import pandas as pd

    return np.asarray(pd.isna(values))


def check_sample_ids(sample_ids, n_samples):
    """Return identities as a list of int, str and None.

    Parameters
    ----------
    sample_ids : array-like of shape (n_samples,)
        Integers or strings, no two alike; None for a row without an identity.
    n_samples : int

    Raises
    ------
    TypeError
        For an identity that is neither an integer nor a string.
    ValueError
        If there are more or fewer than rows, or two are alike.
    """
    # In a list, numpy would turn numbers beside strings into strings.
    dtype = None if hasattr(sample_ids, "dtype") else object
    ids = np.asarray(sample_ids, dtype=dtype)
    if ids.ndim != 1 or ids.size != n_samples:
        raise ValueError(
            f"sample_ids must have one identity for each of the {n_samples} rows of X, "
            f"got an array of shape {ids.shape}."
        )
    ids = [_plain(name) for name in ids] if ids.dtype.kind == "O" else ids.tolist()
    for name in ids:
        # A float may be NaN, which is not equal to itself, and True would be 1.
        if name is not None and type(name) not in (int, str):
            raise TypeError(
                "sample_ids must be integers or strings, or None for rows without an "
                f"identity, got {name!r}."
            )
    known = [name for name in ids if name is not None]
    if len(set(known)) < len(known):
        seen = set()
        twice = next(name for name in known if name in seen or seen.add(name))
        raise ValueError(
            f"sample_ids must differ within a call, got {twice!r} more than once. Give "
            "copies of a row None, or learn them in another call."
        )
    return ids


def _plain(name):
    """Return an integer or a string as one of Python's, anything else as it is."""
    if isinstance(name, Integral) and not isinstance(name, bool):
        return int(name)
    return str(name) if isinstance(name, str) else name
