"""Pruner by the sign of the weights."""

from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import Number, Strategy
from sparsekit.topology._layer import Layer


class SignChangePruner(Strategy):
    """Drop the connections whose weights have changed sign since the last rewiring.

    A connection gets its sign as it grows, and is dropped once training moves its
    weight across zero. The number of dropped connections follows from the training
    alone: the fraction that the rewiring asks for has no influence.

    Parameters
    ----------
    shrinkage : float, default=0.0
        By how much weights are moved towards and across zero before the look at their
        signs, at least 0.
    noise : float, default=0.0
        Standard deviation of normal numbers that are added to the weights before the
        look at their signs, at least 0.

    Notes
    -----
    A weight of exactly 0 has not changed sign, unless it is moved.

    In the paper each of the m steps between two looks, here a rewiring, moves a weight
    by ``-eta * alpha``, an L1 penalty, and by ``sqrt(2 * eta * T)`` times a normal
    number, where eta is the learning rate and T a temperature. Their sum over m steps,
    if nothing else moved the weight, is a `shrinkage` of ``m * eta * alpha`` and a
    `noise` of ``sqrt(2 * m * eta * T)``. It decides here what is dropped, and does not
    move the weights of connections that stay: a normal number for each connection and
    step would take as long as the training.

    References
    ----------
    Bellec et al., "Deep rewiring: training very sparse deep networks", ICLR 2018,
    algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, SignChangePruner
    >>> weights, signs = np.array([0.3, -0.1, 0.0]), np.array([1, 1, -1])
    >>> layer = Layer(np.array([0, 3]), np.arange(3), weights, n_in=9, signs=signs)
    >>> SignChangePruner().select(layer, 0.3, np.random.default_rng(0))
    array([False,  True, False])
    """

    needs = frozenset({"signs"})
    _allowed: ClassVar[dict] = {
        "shrinkage": Number(closed="left"),
        "noise": Number(closed="left"),
    }

    def __init__(self, shrinkage=0.0, noise=0.0) -> None:
        self.shrinkage = shrinkage
        self.noise = noise

    def select(
        self, layer: Layer, fraction: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the connections to drop.

        Parameters
        ----------
        layer : Layer
            With its `signs`.
        fraction : float
            Not used.
        rng : numpy.random.Generator
            Not used without `noise`.

        Returns
        -------
        ndarray of bool, shape (n_connections,)
            True where a connection is dropped. Complexity: O(n_connections).

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed, or ``layer.signs`` is None.
        """
        self.check_parameters()
        if layer.signs is None:
            raise ValueError(
                "SignChangePruner asks for the signs after the last rewiring; "
                "layer.signs is None, so they are not known."
            )
        ahead = layer.signs * layer.weights.astype(np.float64)
        if self.shrinkage > 0:
            ahead -= self.shrinkage
        if self.noise > 0:
            ahead += self.noise * rng.standard_normal(ahead.size)
        return ahead < 0
