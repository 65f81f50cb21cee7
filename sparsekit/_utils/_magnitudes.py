"""Numbers of any finite size: computed in units in which nothing overflows.

A unit is a power of two, so that dividing by it rounds nothing: ordinary columns, whose
unit is 1, and extraordinary ones differ in no other way.
"""

import numpy as np
from scipy import sparse

# Columns whose largest number lies within two to the plus and minus these have squares,
# and sums of squares, that can be told in the type of the numbers.
_EXPONENTS = {np.dtype(np.float32): 40, np.dtype(np.float64): 400}

TINIEST = np.finfo(np.float64).tiny
LARGEST = np.finfo(np.float64).max

# The mean of a constant larger than this has rounding errors that are no small numbers.
LARGE_CONSTANT = 2.0**40


def units_of(X):
    """Return what to divide each column of a table by, before anything is squared.

    Parameters
    ----------
    X : ndarray or CSR of float32 or float64, shape (n_samples, n_features)
        NaN counts for nothing.

    Returns
    -------
    ndarray of shape (n_features,), float64
        1 where the squares of the column neither over- nor underflow.
    """
    return units_of_largest(largest_of(X).astype(np.float64), X.dtype)


def units_of_largest(largest, dtype):
    """Return the units of columns of a type from their largest absolute values."""
    exponents = np.frexp(largest)[1] - 1
    far = (largest > 0) & (np.abs(exponents) > _EXPONENTS[dtype])
    return np.where(far, np.ldexp(1.0, np.maximum(exponents, -1022)), 1.0)


def largest_of(X):
    """Return the largest absolute value of each column, 0 where there is none."""
    if sparse.issparse(X):
        largest = np.zeros(X.shape[1], dtype=X.dtype)
        np.fmax.at(largest, X.indices, np.abs(X.data))
        return largest
    above = np.fmax.reduce(X, axis=0, initial=0.0)
    return np.fmax(above, -np.fmin.reduce(X, axis=0, initial=0.0))


def nonzero_counts(X, sample_weight=None):
    """Return the weighted count of each column of observed values that are not 0."""
    if sparse.issparse(X):
        counts = (X.data != 0) & ~np.isnan(X.data)
        if sample_weight is not None:
            counts = counts * np.repeat(sample_weight, np.diff(X.indptr))
        return np.bincount(X.indices, counts, minlength=X.shape[1])
    counts = (X != 0) & ~np.isnan(X)
    if sample_weight is not None:
        return np.asarray(sample_weight, np.float64) @ counts
    return np.count_nonzero(counts, axis=0).astype(np.float64)


def in_units(X, units):
    """Return `X` with each column divided by its unit; `X` itself where all are 1."""
    if (units == 1).all():
        return X
    if sparse.issparse(X):
        data = X.data / units[X.indices]
        return sparse.csr_array((data, X.indices, X.indptr), shape=X.shape)
    return X / units


def standardised(values, shift, scale):
    """Return ``(values - shift) * scale`` in double precision.

    By halves, since the distance of two numbers may be twice the largest of all.
    """
    with np.errstate(over="ignore"):
        return (0.5 * values.astype(np.float64) - 0.5 * shift) * (2.0 * scale)


def refuse_beyond(X, prepared, names=None):
    """Raise if a value of X became infinite when it was standardised and narrowed.

    Parameters
    ----------
    X : ndarray or CSR of shape (n_samples, n_features)
        Values as they were given, NaN where one is missing.
    prepared : ndarray
        What stands for these values; for CSR, for those that are stored.
    names : sequence of str or None, default=None
        Names of the features.

    Raises
    ------
    ValueError
        It names the column and the value.
    """
    given = X.data if sparse.issparse(X) else X
    beyond = ~np.isfinite(prepared) & ~np.isnan(given)
    if not beyond.any():
        return
    place = np.unravel_index(beyond.argmax(), beyond.shape)
    column = X.indices[place[0]] if sparse.issparse(X) else place[1]
    raise _beyond(column, given[place], prepared.dtype, names)


def fill_of(X, shift, scale, dtype, names=None):
    """Return what an entry that is not stored stands for: a zero, standardised.

    Parameters
    ----------
    X : CSR of shape (n_samples, n_features)
        In canonical format.
    shift, scale : ndarray of shape (n_features,), float64
    dtype : dtype
        The network's.
    names : sequence of str or None, default=None
        Names of the features.

    Returns
    -------
    ndarray of shape (n_features,)
        The mean, 0, in columns of which all entries are stored where `dtype` could not
        hold it: there nobody but dropout looks at it.

    Raises
    ------
    ValueError
        If `dtype` cannot hold it, and an entry is not stored.
    """
    with np.errstate(over="ignore"):
        fill = (-shift * scale).astype(dtype)
    beyond = ~np.isfinite(fill)
    if beyond.any():
        n_stored = np.bincount(X.indices, minlength=X.shape[1])
        bare = beyond & (n_stored < X.shape[0])
        if bare.any():
            raise _beyond(bare.argmax(), 0.0, dtype, names)
        fill[beyond] = 0.0
    return fill


def _beyond(column, value, dtype, names):
    """Return the error about a value that a network's type of numbers cannot hold."""
    name = int(column) if names is None else repr(str(names[column]))
    return ValueError(
        f"X has the value {value:.6g} in column {name}, which lies beyond the numbers "
        f"of dtype='{np.dtype(dtype)}' once it is standardised. Clip or transform the "
        "column, or fit with dtype='float64'."
    )


def refuse_not_finite(outputs, what):
    """Raise if something computed from finite numbers is not finite itself.

    Parameters
    ----------
    outputs : ndarray of shape (n_samples, n_outputs)
    what : str
        What the error calls it.

    Raises
    ------
    ValueError
        It names the first such row.
    """
    if np.isfinite(outputs).all():
        return
    row = int((~np.isfinite(outputs)).any(axis=1).argmax())
    raise ValueError(
        f"{what} of row {row} of X is beyond the numbers of dtype='{outputs.dtype}': "
        "values of that row lie very far from those of the training rows. Clip or "
        "transform them, or fit with dtype='float64'."
    )


def scaled_back(outputs, shift, scale):
    """Return the targets of a regression, in the precision of the outputs.

    Where that cannot hold them, they are in double precision.

    Raises
    ------
    ValueError
        If that cannot hold them either.
    """
    # By halves, as in `standardised`.
    with np.errstate(over="ignore"):
        values = 2.0 * (outputs * (0.5 * scale) + 0.5 * shift)
    return _narrowed(values, scale, outputs.dtype)


def from_logarithms(outputs, scale):
    """Return positive targets of a regression of which the outputs are logarithms.

    Parameters
    ----------
    outputs : ndarray of shape (n_samples, n_outputs)
    scale : ndarray of shape (n_outputs,), float64
        What the targets were divided by.

    Returns
    -------
    ndarray of shape (n_samples, n_outputs)
        Of the precision that `scaled_back` has.

    Raises
    ------
    ValueError
        If double precision cannot hold them.
    """
    with np.errstate(over="ignore", under="ignore"):
        values = np.exp(outputs.astype(np.float64) + np.log(scale))
        values = _narrowed(values, scale, outputs.dtype)
    # No mean of what is positive is zero.
    return np.maximum(values, np.finfo(values.dtype).tiny)


def _narrowed(values, scale, dtype):
    """Return predictions in the type of the outputs where that can hold them."""
    refuse_not_finite(values, "The prediction")
    kind = np.finfo(dtype)
    fits = (np.abs(values) <= kind.max).all() and (scale >= kind.tiny).all()
    return values.astype(dtype, copy=False) if fits else values
