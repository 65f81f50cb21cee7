"""Pruners by weight and gradient."""

from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import Number
from sparsekit.topology._layer import Layer
from sparsekit.topology.pruners._score import ScorePruner


class MESTPruner(ScorePruner):
    """Drop the connections with a small weight and a small gradient (MEST).

    A small weight with a large gradient, such as that of a connection that has just
    grown, is more important than its magnitude says.

    Parameters
    ----------
    gradient_weight : float, default=0.01
        Weight of the absolute gradient relative to the absolute weight.
    scope : {"layer", "network"}, default="layer"
        One ranking for each layer, or one over all layers.

    Notes
    -----
    The gradient is that of the mean loss of the samples in ``layer.values``, without
    the penalty on the weights.

    References
    ----------
    Yuan et al., "MEST: accurate and fast memory-economic sparse training framework on
    the edge", NeurIPS 2021, section 3.1; the default is that of the authors' code.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, MESTPruner
    >>> layer = Layer(np.array([0, 2]), np.arange(2), np.array([0.1, 0.2]), n_in=2)
    >>> values, deltas = np.array([[[50.0], [1.0]]]), np.array([[[1.0]]])
    >>> layer = layer._replace(values=values, deltas=deltas)
    >>> MESTPruner().scores(layer)
    array([0.6 , 0.21])
    """

    needs = frozenset({"values", "deltas"})

    _allowed: ClassVar[dict] = {
        **ScorePruner._allowed,
        "gradient_weight": Number(closed="left"),
    }

    def __init__(self, gradient_weight=0.01, scope="layer") -> None:
        super().__init__(scope)
        self.gradient_weight = gradient_weight

    def scores(self, layer: Layer) -> np.ndarray:
        """Return ``|w| + gradient_weight * |g|`` of each connection.

        Complexity: O(n_connections * samples).
        """
        sizes = np.abs(layer.gradients_at(layer.positions()))
        sizes *= self.gradient_weight
        return sizes + np.abs(layer.weights)


class TaylorPruner(ScorePruner):
    """Drop the connections whose removal changes the loss least, to first order.

    To first order, the loss changes by ``-w * g`` if a weight ``w`` with the gradient
    ``g`` is set to 0.

    Parameters
    ----------
    scope : {"layer", "network"}, default="layer"
        One ranking for each layer, or one over all layers.

    Notes
    -----
    The score is ``|w g|``; the paper's is its square, which ranks the same. The
    gradient is that of the mean loss of the samples in ``layer.values``, without the
    penalty on the weights.

    References
    ----------
    Molchanov et al., "Importance estimation for neural network pruning", CVPR 2019,
    equation 8; before training, this is the sensitivity of Lee et al., "SNIP:
    single-shot network pruning based on connection sensitivity", ICLR 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, TaylorPruner
    >>> layer = Layer(np.array([0, 2]), np.arange(2), np.array([-0.1, 0.2]), n_in=2)
    >>> values, deltas = np.array([[[50.0], [1.0]]]), np.array([[[1.0]]])
    >>> layer = layer._replace(values=values, deltas=deltas)
    >>> TaylorPruner().scores(layer)
    array([5. , 0.2])
    """

    needs = frozenset({"values", "deltas"})

    def scores(self, layer: Layer) -> np.ndarray:
        """Return ``|w g|`` of each connection.

        Complexity: O(n_connections * samples).
        """
        products = layer.gradients_at(layer.positions())
        products *= layer.weights
        return np.abs(products, out=products)
