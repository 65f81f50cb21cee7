"""Base class of pruners that rank connections by a score."""

from abc import ABCMeta, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import Strategy
from sparsekit.topology._layer import Layer
from sparsekit.topology._selection import mark_lowest


class ScorePruner(Strategy, metaclass=ABCMeta):
    """Base class of pruners that rank connections by a score.

    A subclass defines :meth:`scores`, and `needs` if its scores need more than the
    connections and their weights.

    Parameters
    ----------
    scope : {"layer", "network"}, default="layer"
        Whether every layer loses the same fraction of its connections, or those with
        the lowest scores of all layers together are dropped.

    Examples
    --------
    A pruner that drops the connections that read the last inputs:

    >>> import numpy as np
    >>> from sparsekit.topology import Layer, ScorePruner
    >>> class LastInputsPruner(ScorePruner):
    ...     def scores(self, layer):
    ...         return -layer.indices
    >>> layer = Layer(np.array([0, 3, 4]), np.array([0, 2, 3, 1]), np.ones(4), n_in=4)
    >>> LastInputsPruner().select(layer, 0.5, np.random.default_rng(0))
    array([False,  True,  True, False])
    """

    _allowed: ClassVar[dict] = {"scope": ("layer", "network")}

    def __init__(self, scope="layer") -> None:
        self.scope = scope

    @abstractmethod
    def scores(self, layer: Layer) -> np.ndarray:
        """Return the score of each connection; the lowest are dropped first.

        Parameters
        ----------
        layer : Layer

        Returns
        -------
        ndarray of shape (n_connections,)
            Numbers of any sign.
        """

    def select(
        self, layer: Layer, fraction: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the connections of one layer to drop, whatever the scope.

        Parameters
        ----------
        layer : Layer
        fraction : float
            In [0, 1]. Exactly ``floor(fraction * n_connections)`` are dropped; of
            connections with equal scores, the first.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of bool, shape (n_connections,)
            True where a connection is dropped. Complexity: O(n_connections) beside the
            scores.

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed, or a field of the layer that
            the scores need is None.
        """
        return self.select_network([layer], fraction, rng)[0]

    def select_network(
        self, layers: Sequence[Layer], fraction: float, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """Choose the connections to drop by one ranking over all layers.

        Parameters
        ----------
        layers : sequence of Layer
            Those that are protected entirely, such as a dense output, take no part.
        fraction : float
            Fraction of the connections of the other layers together, in [0, 1]; the
            number is rounded down.
        rng : numpy.random.Generator

        Returns
        -------
        list of ndarray of bool, shape (n_connections,)
            True where a connection is dropped, for each layer.
        """
        self.check_parameters()
        masks = [np.zeros(layer.indices.size, dtype=bool) for layer in layers]
        ranked = [n for n, layer in enumerate(layers) if not layer.is_fixed]
        if not ranked:
            return masks
        keys = [self._keys(layers[number], rng) for number in ranked]
        ends = np.cumsum([layer_keys.size for layer_keys in keys])
        of_all = keys[0] if len(keys) == 1 else np.concatenate(keys)
        lowest = mark_lowest(of_all, int(fraction * of_all.size))
        for number, mask in zip(ranked, np.split(lowest, ends[:-1]), strict=True):
            masks[number] = mask
        return masks

    def _keys(self, layer, rng):
        """Return the numbers by which connections are ranked."""
        return self.scores(layer)
