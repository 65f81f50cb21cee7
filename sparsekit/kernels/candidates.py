"""The gradient at chosen positions of a layer, where connections are or might be."""

import numpy as np

from sparsekit.kernels._jit import kernel


@kernel
def gradients_at(values, deltas, positions):
    """Return the gradient at `positions`, numbered ``row * n_in + column``.

    Parameters
    ----------
    values : ndarray of shape (n_tiles, n_in, n_lanes)
    deltas : ndarray of shape (n_tiles, n_out, n_lanes)
        Gradient of the loss at the sums of the output neurons; 0 in lanes of padding.
    positions : ndarray of int64

    Returns
    -------
    ndarray of shape (len(positions),)
        Sums over tiles and lanes. Complexity: O(positions * samples).
    """
    n_tiles, n_in, n_lanes = values.shape
    gradients = np.zeros(positions.size, dtype=values.dtype)
    for i in range(positions.size):
        row, column = divmod(positions[i], n_in)
        total = values.dtype.type(0)
        for tile in range(n_tiles):
            for lane in range(n_lanes):
                total += values[tile, column, lane] * deltas[tile, row, lane]
        gradients[i] = total
    return gradients
