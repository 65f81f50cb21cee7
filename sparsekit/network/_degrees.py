"""How connections spread over the neurons."""

import numpy as np

from sparsekit.kernels.degrees import degree_totals


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
    totals = degree_totals(sizes, first, network.indptr, network.indices)
    n_active, squares_in, max_in, squares_out, max_out = totals.T
    ends = network.indptr[[*first[1:], network.indptr.size - 1]]
    n_connections = ends[1:] - ends[:-1]
    return {
        "n_active": n_active,
        **_spread("fan_in", n_connections / sizes[1:], squares_in / sizes[1:], max_in),
        **_spread(
            "fan_out", n_connections / sizes[:-1], squares_out / sizes[:-1], max_out
        ),
    }


def _spread(name, mean, mean_square, most):
    return {
        f"{name}_mean": mean,
        f"{name}_std": np.sqrt(np.maximum(mean_square - mean * mean, 0.0)),
        f"{name}_max": most,
    }
