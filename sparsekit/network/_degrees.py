"""How connections spread over the neurons."""

import numpy as np

# Connections counted at a time: numpy makes a copy of their indices.
_CHUNK = 2**20


def degree_statistics(network):
    """Return how the connections of each layer spread over its neurons.

    Parameters
    ----------
    network : SparseNetwork

    Returns
    -------
    dict of str to ndarray, one number per layer
        ``n_active``: neurons on the reading side that somebody reads and that, in
        hidden levels, read something themselves; mean, standard deviation and maximum
        of the connections of an output neuron (``fan_in_...``) and of an input neuron
        (``fan_out_...``). Complexity: O(connections + neurons).
    """
    sizes, first = network.sizes, network.first
    fan_in = np.diff(network.indptr)
    per_layer = np.diff(network.indptr[[*first[1:], fan_in.size]])
    level_starts = (first - first[0])[:-1]
    fan_out = np.concatenate([_reads(layer) for layer in network.layers()])
    is_fed = np.ones(fan_out.size, dtype=bool)
    is_fed[sizes[0] :] = fan_in[: fan_in.size - sizes[-1]] > 0
    active = np.add.reduceat((fan_out > 0) & is_fed, level_starts, dtype=np.int64)
    return {
        "n_active": active,
        **_spread("fan_in", fan_in, first[1:], sizes[1:], per_layer),
        **_spread("fan_out", fan_out, level_starts, sizes[:-1], per_layer),
    }


def _reads(layer):
    """Return how many connections read each input neuron, in bounded memory."""
    total = np.zeros(layer.n_in, dtype=np.int64)
    for start in range(0, layer.indices.size, _CHUNK):
        some = layer.indices[start : start + _CHUNK]
        total += np.bincount(some, minlength=layer.n_in)
    return total


def _spread(name, degrees, starts, n_neurons, n_connections):
    mean = n_connections / n_neurons
    squares = np.add.reduceat(degrees * degrees, starts) / n_neurons
    return {
        f"{name}_mean": mean,
        f"{name}_std": np.sqrt(np.maximum(squares - mean * mean, 0.0)),
        f"{name}_max": np.maximum.reduceat(degrees, starts),
    }
