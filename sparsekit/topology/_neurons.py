"""Neurons that matter little, and neurons on no path from the inputs to the outputs."""

import math
from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._check_layers import check_layer, check_layers
from sparsekit.topology._layer import Layer
from sparsekit.topology._parameters import check_number


def neuron_importance(layer: Layer) -> np.ndarray:
    """Return the sum of the absolute weights into each output neuron of a layer.

    Parameters
    ----------
    layer : Layer

    Returns
    -------
    ndarray of shape (n_out,), float64
        Complexity: O(n_connections + n_out).

    Raises
    ------
    TypeError or ValueError
        If the layer is none.

    References
    ----------
    Curci, Mocanu and Pechenizkiy, "Truly sparse neural networks at scale", arXiv
    2102.01732, importance pruning.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, neuron_importance
    >>> layer = Layer(
    ...     np.array([0, 2, 2, 3]), np.array([0, 1, 1]), np.array([1.0, -3.0, 0.5]), 2
    ... )
    >>> neuron_importance(layer)
    array([4. , 0. , 0.5])
    """
    check_layer(layer)
    return _importance_in(layer)


def _importance_in(layer):
    sizes = np.abs(layer.weights, dtype=np.float64)
    return np.bincount(_rows_of(layer), weights=sizes, minlength=layer.n_out)


class ImportancePruning(BaseEstimator):
    """Take all inputs from the hidden neurons that matter least.

    In each hidden level the `percentile` of the neurons that have inputs is chosen, by
    the sum of the absolute weights into them. The outputs are left alone.
    :func:`percolation` tells which connections then lead nowhere.

    Parameters
    ----------
    percentile : float, default=10.0
        Per cent of the neurons that lose their inputs, in [0, 100); rounded down, so
        that no level loses all. Of equally important ones the first lose theirs.

    References
    ----------
    Curci, Mocanu and Pechenizkiy, arXiv 2102.01732, who do this every 10 or 20 epochs
    late in the training, with a percentile of 20 or 10. There neurons that have lost
    their inputs before count towards the percentile; here they do not, so that each
    pruning takes the same share of what is left.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import ImportancePruning, Layer
    >>> hidden = Layer(
    ...     np.array([0, 2, 3]), np.array([0, 1, 1]), np.array([1.0, -3.0, 0.5]), 2
    ... )
    >>> out = Layer(np.array([0, 2]), np.array([0, 1]), np.array([1.0, 1.0]), 2)
    >>> [dropped.tolist() for dropped in ImportancePruning(50.0).select([hidden, out])]
    [[False, False, True], [False, False]]
    """

    def __init__(self, percentile: float = 10.0):
        self.percentile = percentile

    def select(self, layers: Sequence[Layer]) -> list[np.ndarray]:
        """Choose the connections to drop.

        Parameters
        ----------
        layers : sequence of Layer
            All layers of a network, first layer first.

        Returns
        -------
        list of ndarray of bool
            For each layer, True where a connection is dropped. Complexity:
            O(connections + neurons log neurons).

        Raises
        ------
        ValueError
            If `percentile` lies outside [0, 100).
        """
        self.check_parameters()
        masks = [self._select_in(layer) for layer in layers[:-1]]
        return [*masks, np.zeros(layers[-1].indices.size, dtype=bool)]

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        check_number(self, "percentile", 0, 100, closed="left")

    def _select_in(self, layer):
        fed = np.flatnonzero(np.diff(layer.indptr))
        count = math.floor(self.percentile * fed.size / 100)
        order = np.argsort(_importance_in(layer)[fed], kind="stable")
        loses = np.zeros(layer.n_out, dtype=bool)
        loses[fed[order[:count]]] = True
        return loses[_rows_of(layer)]


def active_neurons(layers: Sequence[Layer]) -> list[np.ndarray]:
    """Tell which neurons lie on a path from an input to an output.

    A neuron that no input reaches computes a constant, and one that reaches no output
    computes for nobody.

    Parameters
    ----------
    layers : sequence of Layer
        All layers of a network, first layer first.

    Returns
    -------
    list of ndarray of bool
        For each level, inputs and outputs included, True where a neuron is active.
        Complexity: O(connections + neurons).

    Raises
    ------
    TypeError or ValueError
        If the layers are none, or not those of one network.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, active_neurons
    >>> hidden = Layer(np.array([0, 1, 2, 2]), np.array([0, 1]), np.ones(2), 2)
    >>> out = Layer(np.array([0, 2]), np.array([1, 2]), np.ones(2), 3)
    >>> [level.tolist() for level in active_neurons([hidden, out])]
    [[False, True], [False, True, False], [True]]
    """
    check_layers(layers)
    return _active_in(layers)


def _active_in(layers):
    reached = [np.ones(layers[0].n_in, dtype=bool)]
    for layer in layers:
        fed = _rows_of(layer)[reached[-1][layer.indices]]
        reached.append(np.bincount(fed, minlength=layer.n_out) > 0)
    active = [reached[-1]]
    for layer, is_reached in zip(reversed(layers), reversed(reached[:-1]), strict=True):
        read = layer.indices[active[0][_rows_of(layer)]]
        active.insert(0, is_reached & (np.bincount(read, minlength=layer.n_in) > 0))
    return active


def percolation(layers: Sequence[Layer]) -> list[np.ndarray]:
    """Choose the connections that lie on no path from an input to an output.

    Without them the network computes the same but for constants: the activation of a
    neuron without inputs, which those that read it lose.

    Parameters
    ----------
    layers : sequence of Layer
        All layers of a network, first layer first.

    Returns
    -------
    list of ndarray of bool
        For each layer, True where a connection can be dropped: all of them where no
        path is left. Dropping them makes no other neuron inactive. Complexity:
        O(connections + neurons).

    Raises
    ------
    TypeError or ValueError
        If the layers are none, or not those of one network.

    References
    ----------
    Zhang et al., arXiv 2501.19107, appendix F, "network percolation".

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, percolation
    >>> hidden = Layer(np.array([0, 1, 2, 2]), np.array([0, 1]), np.ones(2), 2)
    >>> out = Layer(np.array([0, 2]), np.array([1, 2]), np.ones(2), 3)
    >>> [dropped.tolist() for dropped in percolation([hidden, out])]
    [[True, False], [False, True]]
    """
    check_layers(layers)
    return connections_that_lead_nowhere(layers)


def connections_that_lead_nowhere(layers):
    """Return what `percolation` does, for layers that are known to be sound."""
    active = _active_in(layers)
    return [
        ~(inputs[layer.indices] & outputs[_rows_of(layer)])
        for layer, inputs, outputs in zip(layers, active[:-1], active[1:], strict=True)
    ]


def _rows_of(layer):
    """Return the output neuron of each connection."""
    return np.repeat(np.arange(layer.n_out), np.diff(layer.indptr))
