"""Drop connections at random."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._layer import Layer
from sparsekit.topology._sampling import sample_distinct


class RandomPruner(BaseEstimator):
    """Drop connections at random, each with the same probability.

    What a pruner that looks at weights or gradients is compared with.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, RandomPruner
    >>> layer = Layer(np.array([0, 5]), np.arange(5), np.ones(5), n_in=9)
    >>> RandomPruner().select(layer, 0.4, np.random.default_rng(0)).sum()
    np.int64(2)
    """

    def select(
        self, layer: Layer, fraction: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the connections to drop.

        Parameters
        ----------
        layer : Layer
        fraction : float
            In [0, 1]. Exactly ``floor(fraction * n_connections)`` go.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of bool, shape (n_connections,)
            True where a connection is dropped. Complexity: O(n_connections).
        """
        dropped = np.zeros(layer.indices.size, dtype=bool)
        dropped[sample_distinct(dropped.size, int(fraction * dropped.size), rng)] = True
        return dropped
