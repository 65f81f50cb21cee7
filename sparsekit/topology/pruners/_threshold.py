"""Pruners by a threshold of the weights."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import Number, Strategy
from sparsekit.topology._layer import Layer
from sparsekit.topology._selection import mark_lowest

_NUMBERS = np.finfo(np.float64)


class ThresholdPruner(Strategy):
    """Drop the weights of magnitude below a threshold.

    Their number follows from the training: it is small while most weights are large.

    Parameters
    ----------
    threshold : float, default=0.001
        Connections with ``|w| < threshold`` are dropped, the smallest first and no more
        than the fraction that the rewiring asks for.

    See Also
    --------
    AdaptiveThresholdPruner : A threshold that follows the fraction.

    References
    ----------
    Mostafa & Wang, "Parameter efficient training of deep convolutional neural networks
    by dynamic sparse reparameterization", ICML 2019, algorithm 1, with a threshold that
    stays.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, ThresholdPruner
    >>> weights = np.array([0.5, -0.1, 0.2, -3.0])
    >>> layer = Layer(np.array([0, 4]), np.arange(4), weights, n_in=9)
    >>> ThresholdPruner(threshold=0.2).select(layer, 0.5, np.random.default_rng(0))
    array([False,  True, False, False])
    """

    _allowed: ClassVar[dict] = {"threshold": Number()}

    def __init__(self, threshold=0.001) -> None:
        self.threshold = threshold

    def select(
        self, layer: Layer, fraction: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the connections to drop.

        Parameters
        ----------
        layer : Layer
        fraction : float
            In [0, 1]. At most ``floor(fraction * n_connections)`` are dropped.
        rng : numpy.random.Generator
            Not used.

        Returns
        -------
        ndarray of bool, shape (n_connections,)
            True where a connection is dropped. Complexity: O(n_connections).

        Raises
        ------
        ValueError
            If the threshold is not a number of at least 0.
        """
        self.check_parameters()
        sizes = np.abs(layer.weights)
        n_below = int(np.count_nonzero(sizes < self.threshold))
        return mark_lowest(sizes, min(n_below, int(fraction * sizes.size)))


class AdaptiveThresholdPruner(Strategy):
    """Drop the weights below one threshold, which doubles or halves to suit (DSR).

    All weights of the network smaller than the threshold are dropped, however many
    there are: no weights are sorted. If they are fewer than the fraction that the
    rewiring asks for, by more than a tolerance, the threshold is twice as high at the
    next rewiring, and half as high if they are more.

    Parameters
    ----------
    threshold : float, default=0.001
        Threshold of the first rewiring, above 0.
    tolerance : float, default=0.1
        By how much the number of dropped connections may differ from what is asked for
        before the threshold changes, relative to that number, in [0, 1).

    Notes
    -----
    With H for the threshold, N for the number of connections to drop, K for that of
    those dropped and d for the tolerance: H doubles if ``K < (1 - d) N`` and is halved
    if ``K > (1 + d) N``. It is kept in the ``state`` of every layer, and is the same in
    all.

    References
    ----------
    Mostafa & Wang, "Parameter efficient training of deep convolutional neural networks
    by dynamic sparse reparameterization", ICML 2019, algorithm 1; the first threshold
    is that of their experiments.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import AdaptiveThresholdPruner, Layer
    >>> weights = np.array([0.5, -0.1, 0.2, -3.0])
    >>> layer = Layer(np.array([0, 4]), np.arange(4), weights, n_in=9, state={})
    >>> pruner, rng = AdaptiveThresholdPruner(threshold=0.15), np.random.default_rng(0)
    >>> [int(pruner.select(layer, 0.5, rng).sum()) for _ in range(3)]
    [1, 2, 2]
    >>> layer.state
    {'threshold': 0.3}
    """

    scope = "network"
    needs = frozenset({"state"})
    _allowed: ClassVar[dict] = {
        "threshold": Number(closed="neither"),
        "tolerance": Number(0, 1, closed="left"),
    }

    def __init__(self, threshold=0.001, tolerance=0.1) -> None:
        self.threshold = threshold
        self.tolerance = tolerance

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
            With their `state`. Those that are protected entirely, such as a dense
            output, take no part.
        fraction : float
            In [0, 1]. What the threshold of the next rewiring aims at.
        rng : numpy.random.Generator
            Not used.

        Returns
        -------
        list of ndarray of bool, shape (n_connections,)
            True where a connection is dropped, for each layer. Complexity:
            O(n_connections).

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed, or a layer has no state.
        """
        self.check_parameters()
        states = []
        for layer in layers:
            if layer.state is None:
                raise ValueError(
                    "AdaptiveThresholdPruner keeps its threshold in layer.state, which "
                    "is None."
                )
            states.append(layer.state)
        threshold = states[0].get("threshold", self.threshold)
        masks, n_ranked = [], 0
        for layer in layers:
            if layer.is_fixed:
                masks.append(np.zeros(layer.indices.size, dtype=bool))
                continue
            masks.append(np.abs(layer.weights) < threshold)
            n_ranked += layer.indices.size
        n_wanted, n_dropped = fraction * n_ranked, sum(map(np.count_nonzero, masks))
        if n_dropped < (1.0 - self.tolerance) * n_wanted:
            threshold *= 2.0
        elif n_dropped > (1.0 + self.tolerance) * n_wanted:
            threshold *= 0.5
        # From 0 or infinity there would be no way back.
        threshold = float(np.clip(threshold, _NUMBERS.tiny, _NUMBERS.max))
        for state in states:
            state["threshold"] = threshold
        return masks
