"""Bring rows of the data into tiles of lanes."""

import numpy as np

from sparsekit.kernels._jit import inner_kernel
from sparsekit.kernels._lanes import (
    dropout,
    load,
    multiply,
    store,
    transpose_four,
    width_of,
)
from sparsekit.kernels.noise import hash_key, keeps_input, key_at

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
def _drop_dense(lanes, input_noise, step, tile, at, values):
    """Let dropout put zeros, which are means, in place of values."""
    width = width_of(lanes)
    keep_scale = values.dtype.type(input_noise.keep_scale)
    for j in range(input_noise.n_values):
        key = key_at(hash_key(input_noise.seed, step, 0, j), tile * width)
        kept = dropout(lanes, key, np.uint32(input_noise.threshold), keep_scale)
        here = at + j * width
        store(values, here, multiply(load(lanes, values, here), kept))


@inner_kernel
def entry_after_dropout(samples, p, input_noise, step, sample):
    """Return what a stored entry stands for in a sample of the batch.

    Dropout takes it for a zero of the raw data, like an entry that is not stored, or
    scales it in raw units. A missing value, 0 or NaN here, stays as it is.
    """
    x = samples.data[p]
    # numba compiles only the branches that the type of `input_noise` leaves.
    if input_noise is None:
        return x
    j = samples.indices[p]
    if j >= input_noise.n_values or not x * x > 0:
        return x
    fill = samples.fill[j]
    if not keeps_input(input_noise, step, j, sample):
        return fill
    return fill + (x - fill) * samples.data.dtype.type(input_noise.keep_scale)


@inner_kernel
def _gather_csr(
    samples, order, start, count, first, width, at, input_noise, step, values
):
    for j in range(samples.fill.size):
        for lane in range(width):
            values[at + j * width + lane] = samples.fill[j]
    for lane in range(count):
        row = order[start + lane]
        for p in range(samples.indptr[row], samples.indptr[row + 1]):
            x = entry_after_dropout(samples, p, input_noise, step, first + lane)
            values[at + samples.indices[p] * width + lane] = x


@inner_kernel
def gather_tile(
    lanes, net, samples, order, start, count, tile, input_noise, step, values
):
    """Write rows ``order[start:start + count]``, as far as they fall in `tile`.

    In dense input the lanes beyond the batch become zero.
    """
    width = width_of(lanes)
    at = tile * net.sizes[0] * width
    first = tile * width
    in_tile = min(count - first, width)
    if samples.fill.size > 0:
        _gather_csr(
            samples,
            order,
            start + first,
            in_tile,
            first,
            width,
            at,
            input_noise,
            step,
            values,
        )
        return
    _gather_dense(samples.dense, order, start + first, in_tile, width, at, values)
    if input_noise is not None:
        _drop_dense(lanes, input_noise, step, tile, at, values)
