"""A network with random connections and random weights."""

import numpy as np

from sparsekit.network._activations import activation_table, variance_gain
from sparsekit.network._arrays import SparseNetwork
from sparsekit.topology import connect_idle_neurons, random_topology


def build_network(sizes, counts, activation, negative_slope, dtype, rng):
    """Draw connections and weights.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per level.
    counts : ndarray of shape (len(sizes) - 1,)
        Connections per layer.
    activation : str
    negative_slope : float or None
    dtype : dtype
        float32 or float64.
    rng : numpy.random.Generator

    Returns
    -------
    SparseNetwork
        Biases are zero. Memory and time: O(connections + neurons).
    """
    kinds, slopes = activation_table(activation, negative_slope, len(sizes) - 2)
    indptrs, indices, offset = [np.zeros(1, dtype=np.int64)], [], 0
    fan_in = np.ones(sizes[0], dtype=np.int64)  # an input always has a value
    for n_in, n_out, count in zip(sizes[:-1], sizes[1:], counts, strict=True):
        indptr, columns = random_topology(n_in, n_out, int(count), rng)
        columns = connect_idle_neurons(fan_in, indptr, columns, rng)
        fan_in = np.diff(indptr)
        indptrs.append(indptr[1:] + offset)
        indices.append(columns)
        offset += int(count)
    network = SparseNetwork(
        sizes=np.asarray(sizes, dtype=np.int64),
        indptr=np.concatenate(indptrs),
        indices=np.concatenate(indices),
        weights=np.empty(offset, dtype=dtype),
        biases=np.zeros(sum(sizes[1:]), dtype=dtype),
        kinds=kinds,
        slopes=slopes.astype(dtype),
    )
    for layer in range(1, network.n_layers + 1):
        network.weights[network.connections(layer)] = _draw_weights(network, layer, rng)
    return network


def _draw_weights(network, layer, rng):
    """Draw the weights of a layer.

    Uniform with the variance g / f, where f is the real fan-in of the output neuron,
    its number of connections, and g the gain of its activation (the output level counts
    as linear).

    """
    hidden = layer < network.n_layers
    gain = (
        variance_gain(int(network.kinds[layer]), float(network.slopes[layer]))
        if hidden
        else 1.0
    )
    rows = network.rows(layer)
    fan_in = np.diff(network.indptr[rows.start : rows.stop + 1])
    limit = np.sqrt(3.0 * gain / np.maximum(fan_in, 1)).astype(network.dtype)
    limit = np.repeat(limit, fan_in)
    return (2 * rng.random(limit.size, dtype=network.dtype) - 1) * limit
