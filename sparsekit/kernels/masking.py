"""Which cells become missing, and matrices with these cells replaced by NaN.

A cell is masked where its uniform random number lies below its probability and its
value is not missing already. `probabilities` has shape (n_rows, n_columns), or
(1, n_columns) where all rows share theirs. Column j uses number ``units[j]`` of its
row's stream, so that columns of one unit share their random numbers.
"""

import numpy as np

from sparsekit.kernels._jit import inner_kernel, kernel
from sparsekit.kernels.hashing import (
    GAMMA,
    MANTISSA_SHIFT,
    MANTISSA_UNIT,
    mix64,
    uniform,
)


@kernel
def draw_dense(X, keys, probabilities, units, mask):
    """Write the boolean mask of a dense matrix, shape (n_rows, n_columns)."""
    # `uniform`, with what depends on the column alone taken out of the loop over rows.
    offsets = GAMMA * (units + 1).astype(np.uint64)
    step = 1 if probabilities.shape[0] > 1 else 0
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            word = mix64(keys[i] + offsets[j]) >> MANTISSA_SHIFT
            below = np.float64(word) * MANTISSA_UNIT < probabilities[i * step, j]
            mask[i, j] = below & (X[i, j] == X[i, j])


@kernel
def count_dense(mask):
    """Return the number of true cells of each column of a dense mask."""
    counts = np.zeros(mask.shape[1], np.int64)
    for i in range(mask.shape[0]):
        for j in range(mask.shape[1]):
            counts[j] += 1 if mask[i, j] else 0
    return counts


@kernel
def hide_dense(X, mask, masked):
    """Write a copy of a dense matrix with NaN in the masked cells."""
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            masked[i, j] = np.nan if mask[i, j] else X[i, j]


@inner_kernel
def _draw_csr_row(data, indices, start, stop, key, columns, row, units, out):
    """Write the masked columns of one CSR row to `out`; return how many there are."""
    count = 0
    for j in columns:
        if uniform(key, units[j]) < row[j]:
            while start < stop and indices[start] < j:
                start += 1
            stored = start < stop and indices[start] == j
            if not (stored and np.isnan(data[start])):
                out[count] = j
                count += 1
    return count


@kernel
def draw_csr(data, indices, indptr, keys, columns, probabilities, units):
    """Return the mask of a canonical CSR matrix as (indices, indptr), rows sorted.

    Implicit zeros are observed cells: they are masked like any other. Only `columns`
    (sorted) may be masked.
    """
    n_rows = indptr.size - 1
    step = 1 if probabilities.shape[0] > 1 else 0
    expected = 0.0
    for i in range(probabilities.shape[0]):
        for j in columns:
            expected += probabilities[i, j]
    if step == 0:
        expected *= n_rows

    # The buffer starts a little above the expected number of masked cells and grows by
    # a quarter where that is not enough; it always has room for one whole row.
    masked = np.empty(int(1.02 * expected) + columns.size, indices.dtype)
    masked_indptr = np.zeros(n_rows + 1, np.int64)
    used = 0
    for i in range(n_rows):
        if used + columns.size > masked.size:
            capacity = masked.size + masked.size // 4 + columns.size
            grown = np.empty(capacity, masked.dtype)
            grown[:used] = masked[:used]
            masked = grown
        row, start, stop = probabilities[i * step], indptr[i], indptr[i + 1]
        used += _draw_csr_row(
            data, indices, start, stop, keys[i], columns, row, units, masked[used:]
        )
        masked_indptr[i + 1] = used
    return masked[:used].copy(), masked_indptr


@inner_kernel
def _count_common(indices, start, stop, masked, masked_start, masked_stop):
    """Return how many sorted column indices two row segments share."""
    count = 0
    while start < stop and masked_start < masked_stop:
        if indices[start] == masked[masked_start]:
            count += 1
            start += 1
            masked_start += 1
        elif indices[start] < masked[masked_start]:
            start += 1
        else:
            masked_start += 1
    return count


@kernel
def insert_missing(data, indices, indptr, masked, masked_indptr):
    """Return (data, indices, indptr) of a canonical CSR matrix with masked cells NaN.

    Cells that were stored keep their place, explicit zeros included; masked implicit
    zeros become new entries.
    """
    n_rows = indptr.size - 1
    out_indptr = np.zeros(n_rows + 1, np.int64)
    for i in range(n_rows):
        stored = indptr[i + 1] - indptr[i]
        hidden = masked_indptr[i + 1] - masked_indptr[i]
        common = _count_common(
            indices, indptr[i], indptr[i + 1],
            masked, masked_indptr[i], masked_indptr[i + 1],
        )  # fmt: skip
        out_indptr[i + 1] = out_indptr[i] + stored + hidden - common

    out_data = np.empty(out_indptr[n_rows], data.dtype)
    out_indices = np.empty(out_indptr[n_rows], indices.dtype)
    for i in range(n_rows):
        p, q = indptr[i], masked_indptr[i]
        for k in range(out_indptr[i], out_indptr[i + 1]):
            has_stored = p < indptr[i + 1]
            has_masked = q < masked_indptr[i + 1]
            if has_masked and (not has_stored or masked[q] <= indices[p]):
                out_indices[k] = masked[q]
                out_data[k] = np.nan
                if has_stored and masked[q] == indices[p]:
                    p += 1
                q += 1
            else:
                out_indices[k] = indices[p]
                out_data[k] = data[p]
                p += 1
    return out_data, out_indices, out_indptr
