"""From X to what a network sees: checked, standardised, with what is missing marked."""

import numpy as np
from scipy import sparse

from sparsekit._utils._arrays import admitted
from sparsekit._utils._magnitudes import (
    fill_of,
    refuse_beyond,
    standardised,
)


def checked(X, n_features, names, allow_missing):
    """Return X as an array or CSR matrix of floats.

    Raises
    ------
    ValueError
        If X has another number or other names of features, infinite values, or missing
        ones that the network does not take.
    """
    columns = getattr(X, "columns", None)
    if names is not None and columns is not None and list(columns) != list(names):
        raise ValueError(
            f"X must have the columns of fit, {list(names)}, in that order; it has "
            f"{list(columns)}."
        )
    X = admitted(X)
    X = sparse.csr_array(X) if sparse.issparse(X) else np.asarray(X)
    if X.dtype not in (np.float32, np.float64):
        X = X.astype(np.float64)
    if X.ndim != 2 or X.shape[1] != n_features:
        raise ValueError(
            f"X must have the shape (n_samples, {n_features}), got {X.shape}."
        )
    if sparse.issparse(X) and not X.has_canonical_format:
        X = X.copy()
        X.sum_duplicates()
    values = X.data if sparse.issparse(X) else X
    if np.isinf(values).any():
        raise ValueError(
            "X must not hold infinite values; NaN stands for a missing value."
        )
    if not allow_missing and np.isnan(values).any():
        raise ValueError(
            "X holds NaN, and the network was fitted with missing='raise'; impute the "
            "missing values, or fit with missing='absent'."
        )
    return X


def dense_values(X, inputs, dtype, names):
    """Return values and indicators, and which values are missing.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows, NaN where a value is missing.
    inputs : dict
        `shift`, `scale` and `indicators`.
    dtype : dtype
    names : list of str or None
        Of the features, for the error about a value that `dtype` cannot hold.

    Returns
    -------
    values : ndarray of shape (n_features + n_indicators, n_samples)
        Zero where a value is missing.
    missing : ndarray of bool, shape (n_features, n_samples)
    """
    missing = np.isnan(X).T
    with np.errstate(over="ignore"):
        values = standardised(X, inputs["shift"], inputs["scale"]).astype(dtype)
    refuse_beyond(X, values, names)
    values = np.ascontiguousarray(values.T)
    values[missing] = 0
    indicators = missing[inputs["indicators"]].astype(dtype)
    return np.concatenate([values, indicators]), missing


def stored_values(X, inputs, dtype, names):
    """Split standardised CSR inputs into what all rows share and what is stored.

    Returns
    -------
    fill : ndarray of shape (n_features + n_indicators,)
        What an entry that is not stored stands for.
    difference : CSR array of shape (n_samples, n_features + n_indicators)
        To be added to `fill`.
    """
    shift, scale = inputs["shift"], inputs["scale"]
    columns, missing = X.indices, np.isnan(X.data)
    with np.errstate(over="ignore"):
        data = standardised(X.data, shift[columns], scale[columns]).astype(dtype)
    refuse_beyond(X, data, names)
    fill = fill_of(X, shift, scale, dtype, names)
    data = np.where(missing, 0, data).astype(dtype) - fill[columns]
    difference = sparse.csr_array((data, columns, X.indptr), shape=X.shape)
    indicators = inputs["indicators"]
    if indicators.size:
        marks = (missing.astype(dtype), columns, X.indptr)
        marked = sparse.csr_array(marks, shape=X.shape)[:, indicators]
        difference = sparse.hstack([difference, marked], format="csr")
        fill = np.concatenate([fill, np.zeros(indicators.size, dtype)])
    return fill, difference
