"""The gradient of a batch, in a form that tells it at any position of any layer."""

import numpy as np

from sparsekit.kernels._structs import BY_ROW, STORED, Slots


def probe(run, arrays, batches, width):
    """Return what the layers read and the gradient at their sums, for some batches.

    A training step leaves both behind for its own batch, so a probe is a step that
    learns nothing: no code of its own, and no memory but for what it returns.

    Parameters
    ----------
    run : callable
        ``run(arrays, slots, rows)`` takes a step with a learning rate of 0 and returns
        the values and deltas that it leaves, and the sample weight of the batch.
    arrays : Network
    batches : list of ndarray
        Rows of each batch.
    width : int
        Lanes of a tile.

    Returns
    -------
    values, deltas : list of ndarray, one per layer
        Shapes (n_tiles, n_in, n_lanes) and (n_tiles, n_out, n_lanes), the batches one
        after another in order. ``sum(values * deltas)`` over tiles and lanes is the
        gradient of the mean loss, without penalty.
    """
    formats = arrays.formats.copy()
    # A first layer that works on stored entries leaves no values of its inputs.
    formats[formats == STORED] = BY_ROW
    arrays = arrays._replace(formats=formats)
    sizes, first = arrays.sizes, arrays.first
    values = [[] for _ in sizes[1:]]
    deltas = [[] for _ in sizes[1:]]
    still = _still_slots(arrays)
    for rows in batches:
        held, sent, weight = run(arrays, still, rows)
        scale = sent.dtype.type(1.0 / (weight * len(batches)))
        n_tiles = -(-rows.size // width)
        for layer in range(1, sizes.size):
            read = slice(first[layer - 1] - first[0], first[layer] - first[0])
            summed = slice(first[layer], first[layer] + sizes[layer])
            # Missing inputs may stand as NaN; they have no part in a gradient.
            told = np.nan_to_num(_tiles(held, read, n_tiles, width))
            told[-1, :, rows.size - (n_tiles - 1) * width :] = 0.0  # no samples
            values[layer - 1].append(told)
            deltas[layer - 1].append(_tiles(sent, summed, n_tiles, width) * scale)
    return [np.concatenate(v) for v in values], [np.concatenate(d) for d in deltas]


def _tiles(flat, neurons, n_tiles, width):
    """Return the lanes of the neurons of one level."""
    lanes = n_tiles * width
    here = flat[neurons.start * lanes : neurons.stop * lanes]
    return here.reshape(n_tiles, neurons.stop - neurons.start, width)


def _still_slots(arrays):
    """Return an optimizer's state to throw away, for a step that learns nothing."""
    nothing = np.empty(0, dtype=arrays.weights.dtype)
    return Slots(
        np.zeros_like(arrays.weights),
        nothing,
        np.empty_like(arrays.biases),
        np.zeros_like(arrays.biases),
        nothing.copy(),
    )
