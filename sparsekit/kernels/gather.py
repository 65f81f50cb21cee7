"""Bring rows of the data into tiles of lanes."""

from sparsekit.kernels._jit import kernel
from sparsekit.kernels._lanes import width_of

# Features transposed at a time: their lanes stay in the first-level cache.
_BLOCK = 16


@kernel
def _gather_dense(dense, order, start, count, tile, width, at, values):
    n_features = dense.shape[1]
    for begin in range(0, n_features, _BLOCK):
        end = min(begin + _BLOCK, n_features)
        for lane in range(width):
            i = tile * width + lane
            if i < count:
                row = order[start + i]
                for j in range(begin, end):
                    values[at + j * width + lane] = dense[row, j]
            else:
                for j in range(begin, end):
                    values[at + j * width + lane] = 0


@kernel
def _gather_csr(samples, order, start, count, tile, width, at, values):
    for j in range(samples.fill.size):
        for lane in range(width):
            values[at + j * width + lane] = samples.fill[j]
    for lane in range(width):
        i = tile * width + lane
        if i < count:
            row = order[start + i]
            for k in range(samples.indptr[row], samples.indptr[row + 1]):
                values[at + samples.indices[k] * width + lane] = samples.data[k]


@kernel
def gather_tile(lanes, net, samples, order, start, count, tile, values):
    """Write rows ``order[start:start + count]``, as far as they fall in `tile`."""
    width = width_of(lanes)
    at = tile * net.sizes[0] * width
    if samples.fill.size > 0:
        _gather_csr(samples, order, start, count, tile, width, at, values)
    else:
        _gather_dense(samples.dense, order, start, count, tile, width, at, values)
