"""Pruner by the importance of the neurons."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import (
    Number,
    Strategy,
    check_parameters_of,
    needs_of,
)
from sparsekit.topology._layer import Layer
from sparsekit.topology._neurons import (
    connections_without_path,
    inputs_of_unimportant_neurons,
)
from sparsekit.topology.pruners._magnitude import SETPruner


class NeuronPruner(Strategy):
    """Drop inputs of unimportant neurons, and connections on no path to an output.

    Dropped are, one after another, the connections that another pruner chooses; of the
    others, those into the hidden neurons of smallest importance, the sum of the
    absolute weights of their inputs; and of the rest, those on no path from an input to
    an output: neurons without inputs lose their outputs and the other way round, until
    none is left (percolation). Layers with all connections, such as a dense output
    layer, have no part in percolation. The grower adds as many, so that connections
    move from inactive neurons to others; with a density schedule, the number of
    connections falls.

    Parameters
    ----------
    pruner : object with `select` or None, default=None
        Chooses single connections. None means :class:`SETPruner`.
    percentile : float, default=0.0
        Percentage of the neurons of each hidden level that lose their inputs at each
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
    >>> hidden = Layer(np.array([0, 1, 1, 1]), np.array([0]), np.array([1.0]), n_in=2)
    >>> out = Layer(np.array([0, 2]), np.array([0, 1]), np.array([1.0, 3.0]), n_in=3)
    >>> rng = np.random.default_rng(0)
    >>> [mask.tolist() for mask in NeuronPruner().select_network([hidden, out], 0, rng)]
    [[False], [False, True]]
    """

    # Connections without a path go beside those of the fraction.
    drops_more: ClassVar[bool] = True

    _allowed: ClassVar[dict] = {"percentile": Number(0, 100, closed="left")}

    def __init__(self, pruner=None, percentile: float = 0.0):
        self.pruner = pruner
        self.percentile = percentile

    @property
    def needs(self):
        """Names of the fields of `Layer` that `pruner` needs."""
        return needs_of(self._inner())

    @property
    def scope(self):
        """Whether `pruner` ranks the network, or layers that are all seen at once."""
        return "network" if self._ranks_network() else "layers"

    def select(
        self, layer: Layer, fraction: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose connections of a single layer, see :meth:`select_network`."""
        return self.select_network([layer], fraction, rng)[0]

    def select_network(
        self,
        layers: Sequence[Layer],
        fraction: float | Sequence[float],
        rng: np.random.Generator,
    ) -> list[np.ndarray]:
        """Choose the connections to drop in all layers.

        Parameters
        ----------
        layers : sequence of Layer
            All layers of a network, first layer first.
        fraction : float or sequence of float
            In [0, 1]; passed on to `pruner`. One for each layer, or for all.
        rng : numpy.random.Generator

        Returns
        -------
        list of ndarray of bool
            For each layer, True where a connection is dropped. Where no path from an
            input to an output would remain, only what `pruner` drops. Complexity:
            O(connections + neurons) beside that pruner.

        Raises
        ------
        ValueError
            If `percentile` is outside [0, 100).
        TypeError
            If `pruner` is not an object with `select`.
        """
        self.check_parameters()
        inner = self._inner()
        if self._ranks_network():
            first = inner.select_network(layers, fraction, rng)
        else:
            shares = np.broadcast_to(fraction, len(layers)).tolist()
            first = [
                np.zeros(layer.indices.size, dtype=bool)
                if layer.is_fixed
                else inner.select(layer, share, rng)
                for layer, share in zip(layers, shares, strict=True)
            ]
        unimportant = inputs_of_unimportant_neurons(
            list(map(_remaining, layers, first)), self.percentile
        )
        masks = list(map(_union, first, unimportant))
        # A layer with all connections stands as it is, whatever goes of it.
        standing = [
            _remaining(layer, mask) if layer.n_free else layer
            for layer, mask in zip(layers, masks, strict=True)
        ]
        without_path = connections_without_path(standing)
        masks = [
            _union(mask, more) if layer.n_free else mask
            for layer, mask, more in zip(layers, masks, without_path, strict=True)
        ]
        return first if any(mask.all() for mask in masks) else masks

    def check_parameters(self) -> None:
        """Raise ValueError or TypeError if a parameter has a value not allowed."""
        super().check_parameters()
        inner = self._inner()
        if isinstance(inner, type) or not hasattr(inner, "select"):
            raise TypeError(
                "NeuronPruner: pruner must be an object with `select`, such as "
                f"SETPruner(), or None; got {inner!r}."
            )
        check_parameters_of(inner)

    def _ranks_network(self):
        return getattr(self._inner(), "scope", "layer") == "network"

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
