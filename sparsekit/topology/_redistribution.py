"""How many of the new connections each layer gets."""

from abc import ABCMeta, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._apportion import apportion
from sparsekit.topology._layer import Layer


class _ProportionalRedistribution(BaseEstimator, metaclass=ABCMeta):
    """Share new connections among layers in proportion to a weight of each layer."""

    @abstractmethod
    def weights(
        self, layers: Sequence[Layer], dropped: Sequence[np.ndarray]
    ) -> np.ndarray:
        """Return what the layers share in proportion to.

        Parameters
        ----------
        layers : sequence of Layer
        dropped : sequence of ndarray of bool, shape (n_connections,)
            Connections that are going, for each layer.

        Returns
        -------
        ndarray of shape (n_layers,)
            Not negative.
        """

    def share(
        self, layers: Sequence[Layer], dropped: Sequence[np.ndarray], count: int
    ) -> np.ndarray:
        """Return how many connections each layer grows.

        Parameters
        ----------
        layers : sequence of Layer
        dropped : sequence of ndarray of bool, shape (n_connections,)
            Connections that are going, for each layer.
        count : int
            Connections that all layers grow together, at most as many as positions are
            free.

        Returns
        -------
        ndarray of shape (n_layers,), int64
            Sums to `count`. No layer gets more than it has free positions, and one
            that has lost all connections gets at least one; the others get
            accordingly more or less.
        """
        lower, upper = bounds_of_growth(layers, dropped)
        return apportion(self.weights(layers, dropped), count, lower, upper)


class DroppedRedistribution(_ProportionalRedistribution):
    """Share new connections in proportion to what each layer dropped."""

    def weights(self, layers, dropped):
        """Return the number of dropped connections of each layer."""
        return np.array([np.count_nonzero(gone) for gone in dropped])


class NonzeroRedistribution(_ProportionalRedistribution):
    """Share new connections in proportion to the connections that survive.

    Layers in which many connections shrink to nothing lose them to layers that use
    theirs: with a ranking or a threshold over the whole network, connections wander
    between layers.

    References
    ----------
    Mostafa & Wang, "Parameter efficient training of deep convolutional neural networks
    by dynamic sparse reparameterization", ICML 2019, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, NonzeroRedistribution
    >>> layer = Layer(np.array([0, 4]), np.arange(4), np.ones(4), n_in=9)
    >>> dropped = [np.arange(4) < 1, np.arange(4) < 3]  # 1 and 3 connections go
    >>> NonzeroRedistribution().share([layer, layer], dropped, 4)
    array([3, 1])
    """

    def weights(self, layers, dropped):
        """Return the number of surviving connections of each layer."""
        return np.array([gone.size - np.count_nonzero(gone) for gone in dropped])


class MomentumRedistribution(_ProportionalRedistribution):
    """Share new connections in proportion to the mean gradient of those that survive.

    The layer in which connections would reduce the error fastest gets most.

    Notes
    -----
    The paper takes the mean size of the momentum, a running mean of gradients; here it
    is that of the gradient of the samples in ``layer.values``. Complexity:
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
        """Return the mean size of the gradients of each layer, 0 without survivors."""
        means = np.zeros(len(layers))
        for number, (layer, gone) in enumerate(zip(layers, dropped, strict=True)):
            if not gone.all():
                gradients = layer.gradients_at(layer.positions()[~gone])
                means[number] = np.abs(gradients).mean(dtype=np.float64)
        return means


REDISTRIBUTIONS: dict[str, Any] = {
    "none": lambda: None,
    "nonzeros": NonzeroRedistribution,
    "momentum": MomentumRedistribution,
}


def bounds_of_growth(layers, dropped):
    """Return the least and the most connections that each layer can grow.

    At least one where all are going, at most as many as positions are free.
    """
    n_dropped = np.array([np.count_nonzero(gone) for gone in dropped])
    n_connections = np.array([gone.size for gone in dropped])
    lower = (n_dropped > 0) & (n_dropped == n_connections)
    upper = np.array([layer.n_free for layer in layers]) + n_dropped
    return lower.astype(np.int64), upper
