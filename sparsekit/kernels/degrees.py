"""Connections counted by neuron."""

import numpy as np

from sparsekit.kernels._jit import kernel


@kernel
def degree_totals(sizes, first, indptr, indices):
    """Return, layer by layer, how the connections spread over the neurons.

    Returns
    -------
    ndarray of shape (n_layers, 5), int64
        Input neurons that somebody reads and that, in hidden levels, read something
        themselves; sum of squares and maximum of the connections of an output neuron;
        the same two of an input neuron. Complexity: O(connections + neurons) time and
        O(neurons) memory.
    """
    totals = np.zeros((sizes.size - 1, 5), dtype=np.int64)
    fan_out = np.empty(sizes.max(), dtype=np.int64)
    for layer in range(1, sizes.size):
        fan_out[:] = 0
        of_layer = totals[layer - 1]
        for row in range(first[layer], first[layer] + sizes[layer]):
            fan_in = indptr[row + 1] - indptr[row]
            of_layer[1] += fan_in * fan_in
            of_layer[2] = max(of_layer[2], fan_in)
            for k in range(indptr[row], indptr[row + 1]):
                fan_out[indices[k]] += 1
        for neuron in range(sizes[layer - 1]):
            row = first[layer - 1] + neuron
            is_fed = layer == 1 or indptr[row + 1] > indptr[row]
            of_layer[0] += fan_out[neuron] > 0 and is_fed
            of_layer[3] += fan_out[neuron] * fan_out[neuron]
            of_layer[4] = max(of_layer[4], fan_out[neuron])
    return totals
