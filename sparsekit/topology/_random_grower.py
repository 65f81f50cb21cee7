"""Add connections anywhere: what other growers are compared with."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._candidates import random_free_positions
from sparsekit.topology._layer import Layer


class RandomGrower(BaseEstimator):
    """Add connections at free positions, each with the same probability.

    The positions of the connections that were just dropped are free, too.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, RandomGrower
    >>> layer = Layer(np.array([0, 2, 4]), np.array([0, 1, 1, 2]), np.ones(4), n_in=3)
    >>> dropped, rng = np.array([True, False, False, False]), np.random.default_rng(0)
    >>> RandomGrower().select(layer, dropped, 3, rng)
    array([0, 2, 3])
    """

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the positions of new connections.

        Parameters
        ----------
        layer : Layer
        dropped : ndarray of bool, shape (n_connections,)
            Connections that are going.
        count : int
            Number of connections to add.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of shape (count,), int64
            Positions ``row * n_in + column``, sorted and distinct. Complexity:
            O(n_connections + count).
        """
        return random_free_positions(layer, dropped, count, rng)
