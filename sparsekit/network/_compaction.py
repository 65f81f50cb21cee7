"""Take neurons out of a network that no output depends on."""

import numpy as np

from sparsekit.kernels.forward import PIECEWISE, TANH
from sparsekit.network._arrays import SparseNetwork


def live_parts(network):
    """Find the neurons and connections that outputs depend on.

    A hidden neuron goes if no other reads it, or if it reads none and its value is
    zero whatever the inputs: a product with zero leaves a sum as it is. Either may make
    others go. A neuron that reads none but has another value stays: to add it to the
    biases of its readers would round elsewhere. Each hidden level keeps one neuron at
    least.

    Parameters
    ----------
    network : SparseNetwork

    Returns
    -------
    neurons : ndarray of bool, shape (n_rows,)
        Of all levels but the inputs.
    connections : ndarray of bool, shape (n_connections,)

    Notes
    -----
    Complexity: O(connections) time per round, and at most as many rounds as hidden
    neurons (in practice as layers).
    """
    n_rows, n_inputs = network.biases.size, int(network.sizes[0])
    target = np.repeat(np.arange(n_rows), np.diff(network.indptr))
    level = np.repeat(np.arange(1, network.sizes.size), network.sizes[1:])
    # Neurons of all levels, inputs first, so that a source has a number in any layer.
    before = network.first - network.first[0]
    source = network.indices + before[level[target] - 1]
    silent = _silent(network, level)
    hidden = level < network.n_layers
    neurons = np.ones(n_rows, dtype=bool)
    while True:
        whole = np.concatenate([np.ones(n_inputs, dtype=bool), neurons])
        connections = whole[source] & neurons[target]
        n_read = np.bincount(target[connections], minlength=n_rows)
        n_readers = np.bincount(source[connections], minlength=n_inputs + n_rows)
        dead = (n_readers[n_inputs:] == 0) | ((n_read == 0) & silent)
        left = neurons & ~(dead & hidden)
        for number in range(1, network.n_layers):
            rows = network.rows(number)
            if not left[rows].any():
                left[rows.start + np.argmax(neurons[rows])] = True
        if (left == neurons).all():
            return neurons, connections
        neurons = left


def _silent(network, level):
    """Return which neurons have the value zero if all that they read is zero."""
    kinds, slopes = network.kinds[level], network.slopes[level]
    rests = (network.biases == 0) & ((kinds == PIECEWISE) | (kinds == TANH))
    cut_off = (network.biases < 0) & (kinds == PIECEWISE) & (slopes == 0)
    return rests | cut_off


def subnetwork(network, neurons, connections):
    """Return the network of some of the neurons and connections.

    Parameters
    ----------
    network : SparseNetwork
    neurons, connections : ndarray of bool
        See `live_parts`; the order of what stays does not change.

    Returns
    -------
    SparseNetwork
        With arrays of its own.
    """
    left = network.with_connections(connections)
    sizes, indices = network.sizes.copy(), left.indices
    for number in range(1, network.n_layers):
        kept = neurons[network.rows(number)]
        sizes[number] = np.count_nonzero(kept)
        place = (np.cumsum(kept) - 1).astype(indices.dtype)
        readers = left.connections(number + 1)
        indices[readers] = place[indices[readers]]
    return SparseNetwork(
        sizes=sizes,
        # The rows of those that go are empty.
        indptr=left.indptr[np.concatenate([[True], neurons])],
        indices=indices,
        weights=left.weights,
        biases=network.biases[neurons],
        kinds=network.kinds.copy(),
        slopes=network.slopes.copy(),
    )
