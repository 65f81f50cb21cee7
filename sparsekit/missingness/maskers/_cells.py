"""Masks of matrices, dense or CSR: the bridge between arrays and compiled kernels.

A mask is a boolean array, or a boolean CSR matrix where the matrix it belongs to is
sparse; True means "made missing here".
"""

import numpy as np
from scipy import sparse

from sparsekit._utils._arrays import like, read_only
from sparsekit.kernels import hashing, masking, mechanisms

# Dense cells that are worked on at once: chunks of rows that stay in a core's cache,
# and blocks of whole columns.
CHUNK_CELLS = 2**18
BLOCK_CELLS = 2**22


def _csr_parts(X):
    return map(read_only, (X.data, X.indices, X.indptr))


def hash_rows(X):
    """Return the content hash of each row of a canonical matrix, shape (n_samples,)."""
    # Overflow is the point of these hashes; only uncompiled kernels would warn.
    with np.errstate(over="ignore"):
        if sparse.issparse(X):
            return hashing.hash_csr_rows(*_csr_parts(X), X.shape[1])
        return hashing.hash_dense_rows(read_only(X))


def row_keys(hashes, seed, row_key):
    """Return the key of each row's random numbers, shape (n_samples,), dtype uint64."""
    make_keys = hashing.position_keys if row_key == "position" else hashing.content_keys
    with np.errstate(over="ignore"):
        return make_keys(hashes, np.uint64(seed))


def assign_patterns(keys, n_patterns):
    """Return the pattern of each row, drawn from its key, shape (n_samples,)."""
    with np.errstate(over="ignore"):
        return mechanisms.assign_patterns(keys, n_patterns)


def row_chunks(X):
    """Yield (rows, values): slices of rows, and these rows as dense float64 arrays.

    Probabilities are computed on such chunks, so dense and CSR copies of a table give
    the same bits, and memory does not grow with rows times columns.
    """
    step = max(1, CHUNK_CELLS // X.shape[1])
    for start in range(0, X.shape[0], step):
        rows = slice(start, min(start + step, X.shape[0]))
        values = X[rows].toarray() if sparse.issparse(X) else X[rows]
        yield rows, read_only(np.asarray(values, dtype=np.float64))


def column_blocks(X, columns):
    """Yield (chosen, values): some of `columns`, and their values, one column a row."""
    step = max(1, BLOCK_CELLS // X.shape[0])
    by_column = X.tocsc() if sparse.issparse(X) else X
    for start in range(0, columns.size, step):
        chosen = columns[start : start + step]
        values = by_column[:, chosen]
        values = values.toarray() if sparse.issparse(values) else values
        yield chosen, read_only(np.asarray(values.T, dtype=np.float64))


def draw_mask(X, keys, probability_chunks, units):
    """Draw which cells become missing.

    Parameters
    ----------
    X : canonical ndarray or CSR matrix of shape (n_samples, n_features)
        Rows, NaN where a value is missing.
    keys : ndarray of shape (n_samples,), dtype uint64
        Key of each row's random numbers.
    probability_chunks : iterable of (slice, ndarray)
        Consecutive slices of rows, and the probabilities of their cells, of shape
        (n_rows, n_features), or (1, n_features) where these rows share theirs.
    units : ndarray of shape (n_features,), dtype int64
        Columns of one unit share their random numbers.

    Returns
    -------
    mask : boolean ndarray, or boolean CSR matrix of the class of `X`
        Never true where `X` is NaN.
    """
    is_sparse = sparse.issparse(X)
    mask = None if is_sparse else np.empty(X.shape, dtype=bool)
    parts = []
    with np.errstate(over="ignore"):
        for rows, probabilities in probability_chunks:
            cells = keys[rows], read_only(probabilities), read_only(units)
            if is_sparse:
                parts.append(_draw_csr(X[rows], *cells))
            else:
                masking.draw_dense(read_only(X[rows]), *cells, mask[rows])
    return _joined_csr(X, parts) if is_sparse else mask


def _draw_csr(X, keys, probabilities, units):
    columns = np.flatnonzero((probabilities > 0).any(axis=0))
    return masking.draw_csr(*_csr_parts(X), keys, columns, probabilities, units)


def _joined_csr(X, parts):
    """Return the mask of the class of `X` made of the (indices, indptr) of its rows."""
    counts = np.concatenate([np.diff(indptr) for _, indptr in parts])
    indices = np.concatenate([indices for indices, _ in parts])
    indptr = np.concatenate([[0], np.cumsum(counts)])
    return _csr_like(X, np.ones(indices.size, dtype=bool), indices, indptr)


def draw_exact(X, keys, probability_chunks, units):
    """Draw a fixed number of cells in each column: Pareto sampling.

    The number is the sum of the column's probabilities over its observed cells,
    rounded. The parameters and the result are those of `draw_mask`.
    """
    statistics, expected = np.empty(X.shape[::-1]), np.zeros(X.shape[1])
    with np.errstate(over="ignore", divide="ignore"):
        for rows, probabilities in probability_chunks:
            for inner, values in row_chunks(X[rows]):
                p = probabilities if len(probabilities) == 1 else probabilities[inner]
                expected += (p * ~np.isnan(values)).sum(axis=0)
                chunk = values, keys[rows][inner], read_only(p), read_only(units)
                statistics[:, rows][:, inner] = mechanisms.order_statistics(*chunk).T
    # Sums that should end in one half come out a little lower.
    counts = np.floor(expected + 0.5 + 1e-6).astype(np.int64)
    counts = np.minimum(counts, (statistics < np.inf).sum(axis=1))
    mask = np.zeros(X.shape, dtype=bool)
    for j in np.flatnonzero(counts):
        column = statistics[j]
        highest = np.partition(column, counts[j] - 1)[counts[j] - 1]
        mask[:, j] = column < highest
        # Of equal rows, the first ones.
        ties = np.flatnonzero(column == highest)
        mask[ties[: counts[j] - np.count_nonzero(mask[:, j])], j] = True
    if not sparse.issparse(X):
        return mask
    hidden = sparse.csr_array(mask)
    return _csr_like(X, hidden.data, hidden.indices, hidden.indptr)


def count_masked(mask):
    """Return the number of true cells of each column of a mask."""
    if sparse.issparse(mask):
        return np.bincount(mask.indices, minlength=mask.shape[1])
    return masking.count_dense(read_only(mask))


def with_missing(X, mask):
    """Return a copy of a canonical matrix with NaN in the masked cells."""
    if not sparse.issparse(X):
        # Allocated here, since numpy asks the system for huge pages.
        masked = np.empty_like(X)
        masking.hide_dense(read_only(X), read_only(mask), masked)
        return masked
    data, indices, indptr = masking.insert_missing(
        *_csr_parts(X), read_only(mask.indices), read_only(mask.indptr)
    )
    return _csr_like(X, data, indices, indptr)


def _csr_like(X, data, indices, indptr):
    """Return a canonical CSR matrix of the class, shape and index type of `X`.

    Indices are widened only where 32 bits cannot count the entries.
    """
    index_dtype = X.indices.dtype
    if data.size > np.iinfo(index_dtype).max:
        index_dtype = np.dtype(np.int64)
    narrow = (part.astype(index_dtype, copy=False) for part in (indices, indptr))
    result = like(X, data, *narrow)
    result.has_canonical_format = True
    return result
