"""The layout of values in tiles of lanes, element by element as its definition says."""

import numpy as np


def place(sizes, n_tiles, width, level, neuron, row, inputs):
    """Return where a neuron's value for a row of the batch lies.

    `inputs` tells whether the array has a place for the values of level 0.
    """
    tile, lane = divmod(row, width)
    before = sum(sizes[(0 if inputs else 1) : level])
    return (before * n_tiles + tile * sizes[level] + neuron) * width + lane


def tiled(values, sizes, n_tiles, width, dtype, *, inputs, padding=0.0):
    """Return a flat array of the values, one matrix (row, neuron) per level."""
    levels = range(0 if inputs else 1, len(sizes))
    flat = np.full(sum(sizes[levels[0] :]) * n_tiles * width, padding, dtype)
    for level, matrix in zip(levels, values, strict=True):
        for row in range(matrix.shape[0]):
            for neuron in range(sizes[level]):
                at = place(sizes, n_tiles, width, level, neuron, row, inputs)
                flat[at] = matrix[row, neuron]
    return flat


def untiled(flat, sizes, n_tiles, width, level, n_rows, *, inputs):
    """Return the matrix (row, neuron) of one level."""
    return np.array(
        [
            [
                flat[place(sizes, n_tiles, width, level, neuron, row, inputs)]
                for neuron in range(sizes[level])
            ]
            for row in range(n_rows)
        ]
    )
