"""Pruner by the sign of the weights."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._layer import Layer


class SignChangePruner(BaseEstimator):
    """Drop the connections whose weights have changed sign since the last rewiring.

    A connection gets its sign as it grows, and is dropped once training moves its
    weight across zero. The number of dropped connections follows from the training
    alone: the fraction that the rewiring asks for has no influence.

    Notes
    -----
    A weight of exactly 0 has not changed sign.

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
            Not used.

        Returns
        -------
        ndarray of bool, shape (n_connections,)
            True where a connection is dropped. Complexity: O(n_connections).

        Raises
        ------
        ValueError
            If ``layer.signs`` is None.
        """
        if layer.signs is None:
            raise ValueError(
                "SignChangePruner asks for the signs after the last rewiring; "
                "layer.signs is None, so they are not known."
            )
        weights, signs = layer.weights, layer.signs
        return ((weights < 0) & (signs > 0)) | ((weights > 0) & (signs < 0))
