"""Neurons of little importance, and neurons on no path from an input to an output."""

import math

import numpy as np

from sparsekit.topology._selection import mark_lowest


def active_neurons(layers):
    """Return which neurons are on a path from an input to an output.

    A neuron that no input reaches computes a constant, and the output of one from which
    no path leads to an output has no influence.

    Parameters
    ----------
    layers : sequence of Layer
        All layers of a network, first layer first.

    Returns
    -------
    list of ndarray of bool
        For each level, inputs and outputs included, True where a neuron is active.
        Complexity: O(connections + neurons).

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer
    >>> hidden = Layer(np.array([0, 1, 2, 2]), np.array([0, 1]), np.ones(2), 2)
    >>> out = Layer(np.array([0, 2]), np.array([1, 2]), np.ones(2), 3)
    >>> [level.tolist() for level in active_neurons([hidden, out])]
    [[False, True], [False, True, False], [True]]
    """
    reached = [np.ones(layers[0].n_in, dtype=bool)]
    for layer in layers:
        fed = _rows_of(layer)[reached[-1][layer.indices]]
        reached.append(np.bincount(fed, minlength=layer.n_out) > 0)
    active = [reached[-1]]
    for layer, is_reached in zip(reversed(layers), reversed(reached[:-1]), strict=True):
        read = layer.indices[active[0][_rows_of(layer)]]
        active.insert(0, is_reached & (np.bincount(read, minlength=layer.n_in) > 0))
    return active


def connections_without_path(layers):
    """Return which connections are on no path from an input to an output.

    Without them the network computes the same but for constants: the activation of a
    neuron without inputs is lost to the neurons that read it. Removing them makes no
    other neuron inactive: what one removal after another would come to is found in one
    pass forward and one backward.

    Parameters
    ----------
    layers : sequence of Layer
        All layers of a network, first layer first.

    Returns
    -------
    list of ndarray of bool
        For each layer, True where a connection can be dropped: all of them if there
        is no path. A layer with all its connections, such as a dense output layer, has
        no part in it and loses none. Complexity: O(connections + neurons).

    References
    ----------
    Zhang et al., arXiv 2501.19107, appendix F, "network percolation".

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer
    >>> hidden = Layer(np.array([0, 1, 2, 2]), np.array([0, 1]), np.ones(2), 2)
    >>> out = Layer(np.array([0, 2]), np.array([1, 2]), np.ones(2), 3)
    >>> [dropped.tolist() for dropped in connections_without_path([hidden, out])]
    [[True, False], [False, True]]
    """
    active = active_neurons(layers)
    return [
        ~(inputs[layer.indices] & outputs[_rows_of(layer)]) & (layer.n_free > 0)
        for layer, inputs, outputs in zip(layers, active[:-1], active[1:], strict=True)
    ]


def inputs_of_unimportant_neurons(layers, percentile):
    """Return which connections lead into the least important hidden neurons.

    The importance of a neuron is the sum of the absolute weights of its inputs.

    Parameters
    ----------
    layers : sequence of Layer
        All layers of a network, first layer first.
    percentile : float
        Percentage of the neurons of each hidden level, of those that have inputs, in
        [0, 100); rounded down, so that no level loses all. Of equally important neurons
        the first are taken.

    Returns
    -------
    list of ndarray of bool
        For each layer, True where a connection leads into such a neuron; none of the
        output layer. Complexity: O(connections + neurons).

    References
    ----------
    Curci, Mocanu and Pechenizkiy, "Truly sparse neural networks at scale", arXiv
    2102.01732, importance pruning: every 10 or 20 epochs late in the training, with a
    percentile of 20 or 10. There neurons that have lost their inputs before count
    towards the percentile; here they do not, so that each pruning takes the same
    fraction of the remaining ones.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer
    >>> hidden = Layer(
    ...     np.array([0, 2, 3]), np.array([0, 1, 1]), np.array([1.0, -3.0, 0.5]), 2
    ... )
    >>> out = Layer(np.array([0, 2]), np.array([0, 1]), np.array([1.0, 1.0]), 2)
    >>> [m.tolist() for m in inputs_of_unimportant_neurons([hidden, out], 50.0)]
    [[False, False, True], [False, False]]
    """
    masks = [_inputs_of_unimportant(layer, percentile) for layer in layers[:-1]]
    return [*masks, np.zeros(layers[-1].indices.size, dtype=bool)]


def _inputs_of_unimportant(layer, percentile):
    rows = _rows_of(layer)
    sizes = np.abs(layer.weights, dtype=np.float64)
    importance = np.bincount(rows, weights=sizes, minlength=layer.n_out)
    fed = np.flatnonzero(np.diff(layer.indptr))
    count = math.floor(percentile * fed.size / 100)
    is_unimportant = np.zeros(layer.n_out, dtype=bool)
    is_unimportant[fed] = mark_lowest(importance[fed], count)
    return is_unimportant[rows]


def _rows_of(layer):
    """Return the output neuron of each connection."""
    return np.repeat(np.arange(layer.n_out), np.diff(layer.indptr))
