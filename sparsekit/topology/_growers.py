"""Which connections to add."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.kernels.wiring import free_positions
from sparsekit.topology._layer import Layer
from sparsekit.topology._sampling import sample_distinct


class RandomGrower(BaseEstimator):
    """Add connections at free positions, each with the same probability.

    The positions of the connections that were just dropped are free, too.
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
        n_free = layer.n_free + int(np.count_nonzero(dropped))
        ranks = sample_distinct(n_free, count, rng)
        return free_positions(layer.indptr, layer.indices, layer.n_in, dropped, ranks)
