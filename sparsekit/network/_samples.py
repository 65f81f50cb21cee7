"""Inputs and targets in the form that the kernels take."""

import numpy as np
from scipy import sparse

from sparsekit._utils._arrays import read_only
from sparsekit._utils._magnitudes import fill_of, refuse_beyond
from sparsekit.kernels._structs import (
    EXPECTED,
    NEURON_SCALED,
    SAMPLE_SCALED,
    MissingInputs,
    Samples,
    Targets,
)
from sparsekit.kernels.prepare import indicate_dense, prepare_dense, prepare_stored
from sparsekit.network import _formats

_NO_FEATURES = np.empty(0, dtype=np.int64)

# Weights between two to the plus and minus these can be multiplied and summed in single
# precision; one that is smaller by the other power than the largest counts for nothing.
_EXPONENT = 40
_NEGLIGIBLE = 2.0**-100


def dense_samples(
    X, shift, scale, dtype, *, indicators=_NO_FEATURES, keep_missing=False, names=None
):
    """Standardise dense inputs.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), C-contiguous
        NaN where a value is missing.
    shift, scale : ndarray of shape (n_features,), float64
        The network sees ``(X - shift) * scale``, computed in double precision.
    dtype : dtype
        The network's.
    indicators : ndarray of int64, default=empty
        Features whose missing values are 1 in an input of their own, after all values.
    keep_missing : bool, default=False
        Whether missing values stay NaN, for the first layer to deal with. Otherwise
        they become 0 and so take no part.
    names : sequence of str or None, default=None
        Names of the features, for the error.

    Returns
    -------
    Samples
        Dense; or only what is observed, where that is so little that training is faster
        on it.

    Raises
    ------
    ValueError
        If a value is too large for `dtype` once it is standardised.
    """
    n_features = X.shape[1]
    out = np.empty((X.shape[0], n_features + indicators.size), dtype=dtype)
    absent = np.nan if keep_missing else 0.0
    n_missing, n_beyond = prepare_dense(read_only(X), shift, scale, absent, out)
    if n_beyond:
        refuse_beyond(X, out[:, :n_features], names)
    observed_share = 1.0 - n_missing / max(1, X.size)
    if not keep_missing and observed_share < _formats.STORED_BELOW:
        return _observed_samples(X, out, indicators)
    indicate_dense(read_only(X), read_only(indicators), n_features, out)
    no_index = np.empty(0, dtype=np.int32)
    no_indptr = np.zeros(1, dtype=np.int64)
    nothing = np.empty(0, dtype=dtype)
    return Samples(out, no_indptr, no_index, nothing, nothing.copy())


def n_samples_of(samples):
    """Return the number of rows of `samples`."""
    return samples.indptr.size - 1 if samples.fill.size else len(samples.dense)


def take_samples(samples, rows):
    """Return some rows of prepared samples."""
    if not samples.fill.size:
        return samples._replace(dense=samples.dense[rows])
    lengths = np.diff(samples.indptr)[rows]
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    starts = np.repeat(samples.indptr[rows] - indptr[:-1], lengths)
    entries = np.arange(indptr[-1]) + starts
    return Samples(
        samples.dense,
        indptr,
        samples.indices[entries],
        samples.data[entries],
        samples.fill,
    )


def _observed_samples(X, prepared, indicators):
    """Keep the observed values only; the others stand for 0."""
    missing = np.isnan(X)
    values = sparse.csr_array(~missing)
    data = prepared[:, : X.shape[1]][~missing]
    values = sparse.csr_array((data, values.indices, values.indptr), shape=X.shape)
    fill = np.zeros(X.shape[1], dtype=prepared.dtype)
    return _stored_samples(values, fill, sparse.csr_array(missing[:, indicators]))


def csr_samples(
    X, shift, scale, dtype, *, indicators=_NO_FEATURES, keep_missing=False, names=None
):
    """Standardise CSR inputs without making them dense.

    Stored NaN means missing; an entry that is not stored is a zero, which standardising
    turns into ``-shift * scale`` of its column.

    Parameters
    ----------
    X : scipy.sparse CSR array or matrix of shape (n_samples, n_features)
        In canonical format.
    shift, scale : ndarray of shape (n_features,), float64
    dtype : dtype
    indicators : ndarray of int64, default=empty
    keep_missing : bool, default=False
    names : sequence of str or None, default=None
        See `dense_samples`.

    Returns
    -------
    Samples
        Memory: O(stored entries).

    Raises
    ------
    ValueError
        If a value is too large for `dtype` once it is standardised.
    """
    data = np.empty(X.data.shape, dtype=dtype)
    indices = X.indices
    if X.shape[1] <= np.iinfo(np.int32).max:
        indices = indices.astype(np.int32, copy=False)
    absent = np.nan if keep_missing else 0.0
    stored = read_only(X.data), read_only(indices)
    _, n_beyond = prepare_stored(*stored, shift, scale, absent, data)
    if n_beyond:
        refuse_beyond(X, data, names)
    fill = fill_of(X, shift, scale, dtype, names)
    values = sparse.csr_array((data, indices, X.indptr), shape=X.shape)
    missing = None
    if indicators.size:
        entries = (np.isnan(X.data), indices, X.indptr)
        missing = sparse.csr_array(entries, shape=X.shape)[:, indicators]
        missing.eliminate_zeros()
    return _stored_samples(values, fill, missing)


def _stored_samples(values, fill, missing=None):
    """Return CSR samples, with indicators of what is `missing` after the values."""
    if missing is not None and missing.shape[1]:
        indicators, ones = _indicator_columns(missing, values.dtype)
        values = sparse.hstack([values, indicators], format="csr")
        fill = np.concatenate([fill, ones])
    small = values.shape[1] <= np.iinfo(np.int32).max
    # Copies are writable whatever the user's are: one type, one compiled kernel. The
    # data is ours already.
    return Samples(
        np.empty((0, 0), dtype=values.dtype),
        values.indptr.astype(np.int64),
        values.indices.astype(np.int32 if small else np.int64),
        values.data,
        fill,
    )


def _indicator_columns(missing, dtype):
    """Return the indicators in CSR and what an entry that is not stored stands for.

    A column that is missing more often than not stores the zeros of the observed
    values and stands for 1 elsewhere, the complement: no column stores more than half
    of its entries.
    """
    n_rows, n_columns = missing.shape
    counts = np.bincount(missing.indices, minlength=n_columns)
    often = 2 * counts > n_rows
    here = missing.tocoo()
    rare = ~often[here.col]
    rows, columns = [here.row[rare]], [here.col[rare]]
    for column in np.flatnonzero(often):
        observed = np.ones(n_rows, dtype=bool)
        observed[here.row[here.col == column]] = False
        rows.append(np.flatnonzero(observed))
        columns.append(np.full(rows[-1].size, column))
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    data = (~often[columns]).astype(dtype)
    stored = sparse.csr_array((data, (rows, columns)), shape=missing.shape)
    return stored, often.astype(dtype)


def scaled_missing_inputs(unit, n_values, typical, *, root, dtype):
    """Scale what is observed, so that it makes up for what is missing.

    Parameters
    ----------
    unit : {"sample", "neuron"}
        Whose values are counted, see `kernels.missing_inputs`.
    n_values : int
        Inputs that are values; those after them are indicators.
    typical : float
        Mean number of observed values of a training row, for "sample".
    root : bool
        Whether the factor is the root of the ratio. For inputs around zero the sum of
        q values has a variance proportional to q and a mean of zero, so the root keeps
        its scale; the ratio itself keeps the mean of inputs that are not centred.
    dtype : dtype

    Returns
    -------
    MissingInputs
    """
    kind = {"sample": SAMPLE_SCALED, "neuron": NEURON_SCALED}[unit]
    mean = np.zeros(n_values, dtype=dtype)
    return MissingInputs(kind, n_values, float(typical), int(root), mean, mean[:0])


def expected_missing_inputs(mean, variance, *, dtype):
    """Take the expectation of each activation over what is missing.

    Parameters
    ----------
    mean, variance : ndarray of shape (n_features,)
        Of the observed values, in units of the prepared inputs.
    dtype : dtype

    Returns
    -------
    MissingInputs

    Raises
    ------
    ValueError
        If `dtype` cannot hold a variance.
    """
    with np.errstate(over="ignore"):
        narrow = mean.astype(dtype), variance.astype(dtype)
    beyond = ~np.isfinite(narrow[0] + narrow[1])
    if beyond.any():
        column = int(beyond.argmax())
        raise ValueError(
            f"Column {column} of X has a mean of {mean[column]:.6g} and a variance of "
            f"{variance[column]:.6g}, beyond the numbers of dtype='{np.dtype(dtype)}', "
            "and missing='expected' needs both. Use standardize=True or "
            "dtype='float64'."
        )
    mean, variance = narrow
    return MissingInputs(EXPECTED, mean.size, float(mean.size), 0, mean, variance)


def label_targets(labels, sample_weight, dtype):
    """Return targets for a softmax: the number of the class of each sample."""
    targets = value_targets(np.empty((0, 0)), sample_weight, dtype)
    return targets._replace(labels=np.ascontiguousarray(labels, dtype=np.int64))


def value_targets(values, sample_weight, dtype):
    """Return targets of shape (n_samples, n_outputs)."""
    if sample_weight is None:
        sample_weight = np.empty(0)
    # What is too large becomes infinite: who gave it looks at that, and refuses.
    with np.errstate(over="ignore"):
        return Targets(
            np.empty(0, dtype=np.int64),
            np.ascontiguousarray(values, dtype=dtype),
            np.ascontiguousarray(sample_weight, dtype=dtype),
        )


def take_targets(targets, rows):
    """Return the targets of some rows."""
    labels, values, weights = targets
    return Targets(
        labels[rows] if len(labels) else labels,
        values[rows] if len(values) else values,
        weights[rows] if len(weights) else weights,
    )


def batch_weight(targets, rows):
    """Return the total sample weight of some rows."""
    weights = targets.sample_weight
    return float(weights[rows].sum() if weights.size else rows.size)


def moderate(weights):
    """Return sample weights of which sums and products stay finite, and true.

    Parameters
    ----------
    weights : ndarray of float64
        Not negative.

    Returns
    -------
    ndarray of float64
        Those given, or where the largest is too far from 1, they divided by a power of
        two that brings it there. Only ratios of weights count, but for the penalty,
        which is shared out among a weight of about 1 per row then.
    """
    largest = weights.max(initial=0.0)
    exponent = int(np.frexp(largest)[1]) - 1
    if largest > 0 and abs(exponent) > _EXPONENT:
        weights = np.ldexp(weights, -exponent)
        largest = np.ldexp(largest, -exponent)
    return np.where(weights < _NEGLIGIBLE * largest, 0.0, weights)
