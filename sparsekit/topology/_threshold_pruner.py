"""Drop the connections whose weights are below a threshold."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._layer import Layer
from sparsekit.topology._parameters import check_number
from sparsekit.topology._ranking import mark_lowest


class ThresholdPruner(BaseEstimator):
    """Drop the connections whose weights are smaller than a threshold.

    How many go, the training decides: few while most weights are large.

    Parameters
    ----------
    threshold : float, default=0.001
        Connections with ``|w| < threshold`` go, though no more than the fraction that
        a rewiring asks for: then the smallest.

    References
    ----------
    Mostafa & Wang, "Parameter efficient training of deep convolutional neural networks
    by dynamic sparse reparameterization", ICML 2019, algorithm 1, with one fixed
    threshold for the whole network.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, ThresholdPruner
    >>> weights = np.array([0.5, -0.1, 0.2, -3.0])
    >>> layer = Layer(np.array([0, 4]), np.arange(4), weights, n_in=9)
    >>> ThresholdPruner(threshold=0.2).select(layer, 0.5, np.random.default_rng(0))
    array([False,  True, False, False])
    """

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
            In [0, 1]. At most ``floor(fraction * n_connections)`` go.
        rng : numpy.random.Generator
            Not used: nothing here is random.

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

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        check_number(self, "threshold")
