"""Bring rows of the data into tiles of lanes."""

from sparsekit.kernels._jit import inner_kernel
from sparsekit.kernels._lanes import transpose_four, width_of

# Features transposed at a time: their lanes stay in the first-level cache.
_BLOCK = 16


@inner_kernel
def _copy_sample(dense, row, begin, end, at, width, values):
    for j in range(begin, end):
        values[at + j * width] = dense[row, j]


@inner_kernel
def _gather_dense(dense, order, start, count, width, at, values):
    """Transpose `count` rows into lanes, four rows and four features at a time."""
    n_features = dense.shape[1]
    flat = dense.reshape(dense.size)
    whole_lanes = count // 4 * 4
    for begin in range(0, n_features, _BLOCK):
        end = min(begin + _BLOCK, n_features)
        whole = begin + (end - begin) // 4 * 4
        for lane in range(0, whole_lanes, 4):
            a = order[start + lane] * n_features
            b = order[start + lane + 1] * n_features
            c = order[start + lane + 2] * n_features
            d = order[start + lane + 3] * n_features
            for j in range(begin, whole, 4):
                target = at + j * width + lane
                transpose_four(flat, a + j, b + j, c + j, d + j, values, target, width)
            for i in range(lane, lane + 4):
                row = order[start + i]
                _copy_sample(dense, row, whole, end, at + i, width, values)
        for lane in range(whole_lanes, count):
            row = order[start + lane]
            _copy_sample(dense, row, begin, end, at + lane, width, values)
        for j in range(begin, end):
            for lane in range(count, width):
                values[at + j * width + lane] = 0


@inner_kernel
def _gather_csr(samples, order, start, count, width, at, values):
    for j in range(samples.fill.size):
        for lane in range(width):
            values[at + j * width + lane] = samples.fill[j]
    for lane in range(count):
        row = order[start + lane]
        for k in range(samples.indptr[row], samples.indptr[row + 1]):
            values[at + samples.indices[k] * width + lane] = samples.data[k]


@inner_kernel
def gather_tile(lanes, net, samples, order, start, count, tile, values):
    """Write rows ``order[start:start + count]``, as far as they fall in `tile`.

    In dense input the lanes beyond the batch become zero.
    """
    width = width_of(lanes)
    at = tile * net.sizes[0] * width
    first = start + tile * width
    in_tile = min(count - tile * width, width)
    if samples.fill.size > 0:
        _gather_csr(samples, order, first, in_tile, width, at, values)
    else:
        _gather_dense(samples.dense, order, first, in_tile, width, at, values)
