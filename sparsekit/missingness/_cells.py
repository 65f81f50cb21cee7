"""Masks of matrices, dense or CSR: the bridge between arrays and compiled kernels.

A mask is a boolean array, or a boolean CSR matrix where the matrix it belongs to is
sparse; True means "made missing here".
"""

import numpy as np
from scipy import sparse

from sparsekit._layout import read_only
from sparsekit.kernels import hashing, masking


def _csr_parts(X):
    return map(read_only, (X.data, X.indices, X.indptr))


def hash_rows(X):
    """Return the content hash of each row of a canonical matrix, shape (n_samples,)."""
    # Overflow is the point of these hashes; only uncompiled kernels would warn.
    with np.errstate(over="ignore"):
        if sparse.issparse(X):
            return hashing.hash_csr_rows(*_csr_parts(X), X.shape[1])
        return hashing.hash_dense_rows(read_only(X))


def draw_mask(X, hashes, seed, row_key, probabilities):
    """Draw which cells become missing.

    Parameters
    ----------
    X : canonical ndarray or CSR matrix of shape (n_samples, n_features)
    hashes : ndarray of shape (n_samples,), dtype uint64
        Content hash of each row.
    seed : int in [0, 2**63)
    row_key : {"content", "position"}
        What identifies a row.
    probabilities : ndarray of shape (n_samples, n_features) or (1, n_features)
        Probability of each cell, or of each column.

    Returns
    -------
    mask : boolean ndarray, or boolean CSR matrix of the class of `X`
        Never true where `X` is NaN.
    """
    make_keys = hashing.position_keys if row_key == "position" else hashing.content_keys
    columns = np.flatnonzero((probabilities > 0).any(axis=0))
    probabilities = read_only(probabilities)
    with np.errstate(over="ignore"):
        keys = make_keys(hashes, np.uint64(seed))
        if not sparse.issparse(X):
            return masking.draw_dense(read_only(X), keys, columns, probabilities)
        indices, indptr = masking.draw_csr(*_csr_parts(X), keys, columns, probabilities)
    return _csr_like(X, np.ones(indices.size, dtype=bool), indices, indptr)


def count_masked(mask):
    """Return the number of true cells of a mask."""
    return int(mask.nnz if sparse.issparse(mask) else np.count_nonzero(mask))


def with_missing(X, mask):
    """Return a copy of a canonical matrix with NaN in the masked cells."""
    if not sparse.issparse(X):
        masked = X.copy()
        np.copyto(masked, np.nan, where=mask)
        return masked
    data, indices, indptr = masking.insert_missing(
        *_csr_parts(X), read_only(mask.indices), read_only(mask.indptr)
    )
    return _csr_like(X, data, indices, indptr)


def _csr_like(X, data, indices, indptr):
    """Return a canonical CSR matrix of the class, shape and index type of `X`.

    The arrays are assigned because the constructor would narrow 64-bit indices. They
    are widened only where 32 bits cannot count the entries.
    """
    index_dtype = X.indices.dtype
    if data.size > np.iinfo(index_dtype).max:
        index_dtype = np.dtype(np.int64)
    result = type(X)(X.shape, dtype=data.dtype)
    result.data = data
    result.indices = indices.astype(index_dtype, copy=False)
    result.indptr = indptr.astype(index_dtype, copy=False)
    result.has_canonical_format = True
    return result
