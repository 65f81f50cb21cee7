"""The gradient at chosen positions of a layer, where connections are or might be."""

import numpy as np

from sparsekit.kernels._jit import inlined_kernel, kernel
from sparsekit.kernels._lanes import (
    add_totals,
    fill,
    load,
    multiply_add,
    width_of,
)


@inlined_kernel
def _products(lanes, x, x_at, delta, delta_at, n_lanes):
    """Return the products of two neurons' lanes, summed to the width of `lanes`."""
    products = fill(lanes, x.dtype.type(0))
    for lane in range(0, n_lanes, width_of(lanes)):
        products = multiply_add(
            load(lanes, x, x_at + lane), load(lanes, delta, delta_at + lane), products
        )
    return products


@kernel
def gradients_at(lanes, values, deltas, positions):
    """Return the gradient at `positions`, numbered ``row * n_in + column``.

    Parameters
    ----------
    lanes : token
        Vectors in which the lanes of a tile are summed; its width divides `n_lanes`.
    values : ndarray of shape (n_tiles, n_in, n_lanes)
    deltas : ndarray of shape (n_tiles, n_out, n_lanes)
        Gradient of the loss at the sums of the output neurons; 0 in lanes of padding.
    positions : ndarray of int64
        In any order; fastest if sorted.

    Returns
    -------
    ndarray of shape (len(positions),)
        Sums over tiles and lanes. Complexity: O(positions * samples).

    Notes
    -----
    A tile goes through all positions before the next one starts: what the inputs held
    in one tile stays in the cache while positions jump between them.
    """
    n_tiles, n_in, n_lanes = values.shape
    # Four positions at a time, and in the last four some that are not asked for: each
    # sum is taken in the same order wherever its position stands.
    count = (positions.size + 3) // 4 * 4
    columns = np.zeros(count, dtype=np.int64)
    rows = np.zeros(count, dtype=np.int64)
    row, start = np.int64(0), np.int64(0)
    for i in range(positions.size):
        # Sorted positions change the row rarely, and a division takes longer than this.
        if not start <= positions[i] < start + n_in:
            row = positions[i] // n_in
            start = row * n_in
        rows[i] = row * n_lanes
        columns[i] = (positions[i] - start) * n_lanes
    gradients = np.zeros(count, dtype=values.dtype)
    for tile in range(n_tiles):
        x, delta = values[tile].ravel(), deltas[tile].ravel()
        for i in range(0, count, 4):
            add_totals(
                gradients,
                i,
                _products(lanes, x, columns[i], delta, rows[i], n_lanes),
                _products(lanes, x, columns[i + 1], delta, rows[i + 1], n_lanes),
                _products(lanes, x, columns[i + 2], delta, rows[i + 2], n_lanes),
                _products(lanes, x, columns[i + 3], delta, rows[i + 3], n_lanes),
            )
    return gradients[: positions.size]
