"""The operations of `_lanes` on small numpy arrays, for runs without compilation."""

import numpy as np

from sparsekit.kernels._vector_lanes import LANE_STEP, MIX_1, MIX_2


def width_of(lanes):
    """Return the number of lanes."""
    return lanes.shape[0]


def load(lanes, array, offset):
    """Return the vector that begins at `offset`."""
    return array[offset : offset + lanes.shape[0]].copy()


def store(array, offset, value):
    """Write a vector to the array."""
    array[offset : offset + len(value)] = value


def item(array, offset):
    """Return an element; the offset must not be negative."""
    return array[offset]


def put(array, offset, value):
    """Write an element; the offset must not be negative."""
    array[offset] = value


def transpose_four(source, a, b, c, d, target, at, stride):
    """Write four numbers from each of four places of `source` as four columns.

    The k-th numbers from `a`, `b`, `c` and `d` become neighbours at `at` + k `stride`.
    """
    for k in range(4):
        target[at + k * stride : at + k * stride + 4] = source[
            [a + k, b + k, c + k, d + k]
        ]


def fill(lanes, scalar):
    """Return a vector of equal lanes."""
    return np.full(lanes.shape, scalar, lanes.base)


def multiply(a, b):
    """Return the product, lane by lane."""
    return a * b


def multiply_add(a, b, c):
    """Return ``a * b + c``."""
    return a * b + c


def scaled_add(scalar, b, c):
    """Return ``scalar * b + c``."""
    return scalar * b + c


def total(a):
    """Return the sum over the lanes."""
    return a.sum()


def add_totals(array, offset, a, b, c, d):
    """Add the sums over the lanes of four vectors to four neighbouring elements."""
    array[offset : offset + 4] += np.array([a.sum(), b.sum(), c.sum(), d.sum()])


def where_positive(condition, a, b):
    """Return `a` in the lanes where `condition` is above 0, elsewhere `b`."""
    return np.where(condition > 0, a, b)


def dropout(lanes, key, threshold, keep_scale):
    """Return `keep_scale` in the lanes that stay and 0 in the others."""
    scalar, (width,) = lanes.subdtype
    value = (int(key) + np.arange(width, dtype=np.uint64) * LANE_STEP) % 2**32
    value = (value ^ (value >> np.uint64(16))) * MIX_1 % 2**32
    value = (value ^ (value >> np.uint64(15))) * MIX_2 % 2**32
    value = value ^ (value >> np.uint64(16))
    return np.where(value >= threshold, keep_scale, 0).astype(scalar)
