"""Prepared inputs in the form that the kernels take."""

import numpy as np

from sparsekit._layout import read_only
from sparsekit.kernels._structs import Samples
from sparsekit.kernels.prepare import prepare_dense, prepare_stored


def dense_samples(X, shift, scale, dtype):
    """Standardise dense inputs; a missing value becomes 0 and so takes no part.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), C-contiguous
        NaN where a value is missing.
    shift, scale : ndarray of shape (n_features,), float64
        The network sees ``(X - shift) * scale``, computed in double precision.
    dtype : dtype
        The network's.

    Returns
    -------
    Samples
    """
    out = np.empty(X.shape, dtype=dtype)
    prepare_dense(read_only(X), shift, scale, out)
    no_index = np.empty(0, dtype=np.int32)
    no_indptr = np.zeros(1, dtype=np.int64)
    return Samples(out, no_indptr, no_index, out[:0, 0].copy(), out[:0, 0].copy())


def csr_samples(X, shift, scale, dtype):
    """Standardise CSR inputs without making them dense.

    Stored NaN means missing and becomes 0; an entry that is not stored is a zero, which
    standardising turns into ``-shift * scale`` of its column.

    Parameters
    ----------
    X : scipy.sparse CSR array or matrix of shape (n_samples, n_features)
        In canonical format.
    shift, scale : ndarray of shape (n_features,), float64
    dtype : dtype

    Returns
    -------
    Samples
        Memory: O(stored entries).
    """
    data = np.empty(X.data.shape, dtype=dtype)
    indices = X.indices
    if X.shape[1] <= np.iinfo(np.int32).max:
        indices = indices.astype(np.int32, copy=False)
    prepare_stored(read_only(X.data), read_only(indices), shift, scale, data)
    fill = (-shift * scale).astype(dtype)
    no_rows = np.empty((0, 0), dtype=dtype)
    # Copies are writable whatever the user's are: one type, one compiled kernel.
    return Samples(no_rows, X.indptr.astype(np.int64), indices.copy(), data, fill)
