"""Drop the weights nearest to zero, positive and negative ones apart."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.kernels.smallest import mark_smallest
from sparsekit.topology._layer import Layer


class SETPruner(BaseEstimator):
    """Drop, per sign, the connections whose weights lie nearest to zero.

    Of the connections with a positive weight the `fraction` nearest to zero goes, and
    the same share of those with a negative weight. Zero counts as positive, negative
    zero as negative.

    References
    ----------
    Mocanu et al., "Scalable training of artificial neural networks with adaptive
    sparse connectivity inspired by network science", Nature Communications 9, 2018,
    algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, SETPruner
    >>> weights = np.array([0.1, 5.0, -0.2, -4.0])
    >>> layer = Layer(np.array([0, 4]), np.arange(4), weights, n_in=9)
    >>> SETPruner().select(layer, 0.5, np.random.default_rng(0))
    array([ True, False,  True, False])
    """

    def select(
        self, layer: Layer, fraction: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the connections to drop.

        Parameters
        ----------
        layer : Layer
        fraction : float
            In [0, 1]; the number per sign is rounded down.
        rng : numpy.random.Generator
            Not used: nothing here is random.

        Returns
        -------
        ndarray of bool, shape (n_connections,)
            True where a connection is dropped. Complexity: O(n_connections).
        """
        dropped = np.empty(layer.weights.size, dtype=bool)
        bits = layer.weights.view(f"i{layer.weights.itemsize}")
        mark_smallest(bits, float(fraction), dropped)
        return dropped
