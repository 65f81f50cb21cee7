"""Drop connections by what their neurons are worth."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._layer import Layer, needs_of
from sparsekit.topology._neurons import (
    connections_without_path,
    inputs_of_unimportant_neurons,
)
from sparsekit.topology._validation import check_number, check_parameters_of
from sparsekit.topology.pruners._magnitude import SETPruner


class NeuronPruner(BaseEstimator):
    """Drop the connections of neurons that matter little, or to nobody.

    Three kinds of connections go: those that another pruner drops; of the others, those
    into the hidden neurons with the smallest importance, the sum of their absolute
    weights; and then those on no path from an input to an output. The grower brings as
    many new ones, so that they leave neurons that do no work for others; with a density
    schedule, they leave the network.

    Parameters
    ----------
    pruner : object with `select` or None, default=None
        What drops connections by themselves. None: :class:`SETPruner`.
    percentile : float, default=0.0
        Per cent of the neurons of each hidden level that lose their inputs at each
        rewiring, in [0, 100).

    References
    ----------
    Curci, Mocanu and Pechenizkiy, "Truly sparse neural networks at scale", arXiv
    2102.01732 (importance pruning). Zhang et al., "Brain network science modelling of
    sparse neural networks enables transformers and LLMs to perform as fully connected",
    NeurIPS 2025, arXiv 2501.19107, appendix F (percolation).

    Examples
    --------
    Hidden neuron 1 has no input, so that the output need not read it:

    >>> import numpy as np
    >>> from sparsekit.topology import Layer, NeuronPruner
    >>> hidden = Layer(np.array([0, 1, 1]), np.array([0]), np.array([1.0]), n_in=2)
    >>> out = Layer(np.array([0, 2]), np.array([0, 1]), np.array([1.0, 3.0]), n_in=2)
    >>> rng = np.random.default_rng(0)
    >>> [mask.tolist() for mask in NeuronPruner().select_network([hidden, out], 0, rng)]
    [[False], [False, True]]
    """

    scope = "network"

    def __init__(self, pruner=None, percentile: float = 0.0):
        self.pruner = pruner
        self.percentile = percentile

    @property
    def needs(self):
        """Names of the fields of `Layer` that the pruner inside needs."""
        return needs_of(self._inner())

    def select(
        self, layer: Layer, fraction: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose connections of a single layer, see :meth:`select_network`."""
        return self.select_network([layer], fraction, rng)[0]

    def select_network(
        self, layers: Sequence[Layer], fraction: float, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """Choose the connections to drop in all layers.

        Parameters
        ----------
        layers : sequence of Layer
            All layers of a network, first layer first.
        fraction : float
            In [0, 1]; of the pruner inside.
        rng : numpy.random.Generator

        Returns
        -------
        list of ndarray of bool
            For each layer, True where a connection is dropped. Where no path from an
            input to an output would be left, what the pruner inside drops. Complexity:
            O(connections + neurons log neurons) beside that pruner.

        Raises
        ------
        ValueError
            If `percentile` lies outside [0, 100).
        TypeError
            If `pruner` is no object with `select`.
        """
        self.check_parameters()
        inner = self._inner()
        if getattr(inner, "scope", "layer") == "network":
            first = inner.select_network(layers, fraction, rng)
        else:
            first = [inner.select(layer, fraction, rng) for layer in layers]
        masks = first
        unimportant = partial(inputs_of_unimportant_neurons, percentile=self.percentile)
        for choose in (unimportant, connections_without_path):
            left = [
                _remaining(layer, mask)
                for layer, mask in zip(layers, masks, strict=True)
            ]
            masks = [
                _union(mask, more)
                for mask, more in zip(masks, choose(left), strict=True)
            ]
        return first if any(mask.all() for mask in masks) else masks

    def check_parameters(self) -> None:
        """Raise ValueError or TypeError if a parameter is none of those allowed."""
        check_number(self, "percentile", 0, 100, closed="left")
        inner = self._inner()
        if isinstance(inner, type) or not hasattr(inner, "select"):
            raise TypeError(
                "NeuronPruner: pruner must be an object with `select`, such as "
                f"SETPruner(), or None; got {inner!r}."
            )
        check_parameters_of(inner)

    def _inner(self):
        return SETPruner() if self.pruner is None else self.pruner


def _remaining(layer, dropped):
    """Return a layer without its dropped connections."""
    kept = ~dropped
    n_before = np.concatenate([[0], np.cumsum(kept)])
    return Layer(
        n_before[layer.indptr], layer.indices[kept], layer.weights[kept], layer.n_in
    )


def _union(dropped, dropped_of_rest):
    """Return the mask of `dropped` and of what is dropped of the remaining ones."""
    union = dropped.copy()
    union[~dropped] = dropped_of_rest
    return union
