"""Rank weights of different layers on one scale."""

import numpy as np

from sparsekit.topology._layer import Layer
from sparsekit.topology._score_pruner import ScorePruner


class LAMPPruner(ScorePruner):
    r"""Drop the connections with the smallest weights, relative to their layer.

    The score of a weight is its square over the sum of the squares of all weights of
    the layer that are not smaller: layer-adaptive magnitude-based pruning (LAMP). The
    largest weight of a layer has the score 1 and the smallest at most ``1 / n``, so
    that one ranking of the whole network leaves something of every layer. By plain
    magnitudes, a layer of small weights may lose all of them: the output layer of a
    small network does.

    Parameters
    ----------
    scope : {"layer", "network"}, default="network"
        One ranking over all layers, or one for each layer, which is the one by
        magnitude.

    Notes
    -----
    .. math:: s_u = \frac{w_u^2}{\sum_{v \geq u} w_v^2}

    for the weights of a layer in ascending order of their size; of equal weights the
    first counts as smaller. A layer of zeros has the scores 0. Complexity:
    O(n_connections log n_connections).

    References
    ----------
    Lee, Park, Mo, Ahn and Shin, "Layer-adaptive sparsity for the magnitude-based
    pruning", ICLR 2021, equation 4.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import LAMPPruner, Layer
    >>> layer = Layer(np.array([0, 3]), np.arange(3), np.array([1.0, -3.0, 2.0]), 3)
    >>> LAMPPruner().scores(layer).round(3)
    array([0.071, 1.   , 0.308])
    """

    def __init__(self, scope="network") -> None:
        super().__init__(scope)

    def scores(self, layer: Layer) -> np.ndarray:
        """Return the score of each connection, in [0, 1]."""
        squares = np.square(layer.weights, dtype=np.float64)
        order = np.argsort(squares, kind="stable")
        from_here_on = np.cumsum(squares[order[::-1]])[::-1]
        scores = np.zeros_like(squares)
        positive = from_here_on > 0
        scores[order[positive]] = squares[order[positive]] / from_here_on[positive]
        return scores
