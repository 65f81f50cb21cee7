"""Connections counted by neuron."""

import math

import numpy as np

from sparsekit.kernels._jit import inlined_kernel, kernel


@inlined_kernel
def _spread(total, squares, most, n_neurons, out):
    """Write mean, standard deviation and maximum of the connections of some neurons."""
    mean = total / n_neurons
    out[0] = mean
    out[1] = math.sqrt(max(squares / n_neurons - mean * mean, 0.0))
    out[2] = most


@kernel
def degree_spread(sizes, first, indptr, indices):
    """Return, layer by layer, how the connections spread over the neurons.

    Returns
    -------
    ndarray of shape (n_layers, 7), float64
        Input neurons that somebody reads and that, in hidden levels, read something
        themselves; mean, standard deviation and maximum of the connections of an output
        neuron; the same three of an input neuron. Complexity: O(connections + neurons)
        time and O(neurons) memory.
    """
    spread = np.empty((sizes.size - 1, 7))
    fan_out = np.empty(sizes.max(), dtype=np.int64)
    for layer in range(1, sizes.size):
        n_in, n_out = sizes[layer - 1], sizes[layer]
        begin = first[layer]
        fan_out[:n_in] = 0
        squares, most = np.int64(0), np.int64(0)
        for row in range(begin, begin + n_out):
            fan_in = indptr[row + 1] - indptr[row]
            squares += fan_in * fan_in
            most = max(most, fan_in)
            for k in range(indptr[row], indptr[row + 1]):
                fan_out[indices[k]] += 1
        total = indptr[begin + n_out] - indptr[begin]
        _spread(total, squares, most, n_out, spread[layer - 1, 1:4])
        n_active, squares, most = np.int64(0), np.int64(0), np.int64(0)
        for neuron in range(n_in):
            row = first[layer - 1] + neuron
            is_fed = layer == 1 or indptr[row + 1] > indptr[row]
            n_active += fan_out[neuron] > 0 and is_fed
            squares += fan_out[neuron] * fan_out[neuron]
            most = max(most, fan_out[neuron])
        _spread(total, squares, most, n_in, spread[layer - 1, 4:7])
        spread[layer - 1, 0] = n_active
    return spread
