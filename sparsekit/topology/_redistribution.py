"""Redistributions: how many of the new connections each layer gets."""

from abc import ABCMeta, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._allocation import apportion
from sparsekit.topology._layer import Layer


class _ProportionalRedistribution(BaseEstimator, metaclass=ABCMeta):
    """Divide new connections among layers in proportion to a weight of each layer."""

    @abstractmethod
    def weights(
        self, layers: Sequence[Layer], dropped: Sequence[np.ndarray]
    ) -> np.ndarray:
        """Return the weight of each layer.

        Parameters
        ----------
        layers : sequence of Layer
        dropped : sequence of ndarray of bool, shape (n_connections,)
            Connections that this rewiring drops, for each layer.

        Returns
        -------
        ndarray of shape (n_layers,)
            Not negative.
        """

    def share(
        self, layers: Sequence[Layer], dropped: Sequence[np.ndarray], count: int
    ) -> np.ndarray:
        """Return the number of new connections of each layer.

        Parameters
        ----------
        layers : sequence of Layer
        dropped : sequence of ndarray of bool, shape (n_connections,)
            Connections that this rewiring drops, for each layer.
        count : int
            New connections of all layers together, at most the number of free
            positions.

        Returns
        -------
        ndarray of shape (n_layers,), int64
            Sums to `count`. No layer gets more than it has free positions, and one
            that lost all connections gets at least one; the others get more or less
            accordingly.
        """
        lower, upper = bounds_of_growth(layers, dropped)
        return apportion(self.weights(layers, dropped), count, lower, upper)


class DroppedRedistribution(_ProportionalRedistribution):
    """Divide new connections in proportion to those that each layer dropped."""

    def weights(self, layers, dropped):
        """Return the number of dropped connections of each layer."""
        return np.array([np.count_nonzero(mask) for mask in dropped])


class NonzeroRedistribution(_ProportionalRedistribution):
    """Divide new connections in proportion to the remaining ones of each layer.

    With a ranking or a threshold over the whole network, layers in which many weights
    shrink to zero lose connections to the others.

    References
    ----------
    Mostafa & Wang, "Parameter efficient training of deep convolutional neural networks
    by dynamic sparse reparameterization", ICML 2019, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, NonzeroRedistribution
    >>> layer = Layer(np.array([0, 4]), np.arange(4), np.ones(4), n_in=9)
    >>> dropped = [np.arange(4) < 1, np.arange(4) < 3]  # 1 and 3 are dropped
    >>> NonzeroRedistribution().share([layer, layer], dropped, 4)
    array([3, 1])
    """

    def weights(self, layers, dropped):
        """Return the number of remaining connections of each layer."""
        return np.array([mask.size - np.count_nonzero(mask) for mask in dropped])


class MomentumRedistribution(_ProportionalRedistribution):
    """Divide new connections in proportion to the mean gradient of the remaining ones.

    The layer in which connections would reduce the loss fastest gets most.

    Notes
    -----
    The paper takes the mean absolute momentum, a running mean of gradients; here it is
    the gradient of the samples in ``layer.values``. Complexity:
    O(connections * samples).

    References
    ----------
    Dettmers & Zettlemoyer, "Sparse networks from scratch: faster training without
    losing performance", 2019, section 3.2 (arXiv:1907.04840).

    Examples
    --------
    The gradient of the second layer is twice that of the first:

    >>> import numpy as np
    >>> from sparsekit.topology import Layer, MomentumRedistribution
    >>> layer = Layer(np.array([0, 4]), np.arange(4), np.ones(4), n_in=9)
    >>> first = layer._replace(values=np.ones((1, 9, 16)), deltas=np.ones((1, 1, 16)))
    >>> second = first._replace(deltas=2 * first.deltas)
    >>> dropped = [np.arange(4) < 3, np.arange(4) < 3]
    >>> MomentumRedistribution().share([first, second], dropped, 6)
    array([2, 4])
    """

    needs = frozenset({"values", "deltas"})

    def weights(self, layers, dropped):
        """Return the mean absolute gradient of each layer; 0 if none remains."""
        means = np.zeros(len(layers))
        for number, (layer, mask) in enumerate(zip(layers, dropped, strict=True)):
            if not mask.all():
                gradients = layer.gradients_at(layer.positions()[~mask])
                means[number] = np.abs(gradients).mean(dtype=np.float64)
        return means


REDISTRIBUTIONS: dict[str, Any] = {
    "none": lambda: None,
    "nonzeros": NonzeroRedistribution,
    "momentum": MomentumRedistribution,
}


def bounds_of_growth(layers, dropped):
    """Return the bounds of the number of new connections of each layer.

    At least one where all are dropped, at most the number of free positions.
    """
    n_dropped = np.array([np.count_nonzero(mask) for mask in dropped])
    n_connections = np.array([mask.size for mask in dropped])
    lower = (n_dropped > 0) & (n_dropped == n_connections)
    upper = np.array([layer.n_free for layer in layers]) + n_dropped
    return lower.astype(np.int64), upper
