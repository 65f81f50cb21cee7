"""What stands for an unknown value among Python objects: None, NaN, NaT and pd.NA."""

import sys

import numpy as np
from scipy import sparse


def holes_as_nan(X):
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
