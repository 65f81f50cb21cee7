"""Drop the connections without which the error changes least."""

import numpy as np

from sparsekit.topology._layer import Layer
from sparsekit.topology._score_pruner import ScorePruner


class TaylorPruner(ScorePruner):
    """Drop the connections without which the error would change least.

    To first order, the error changes by ``-w * g`` if a weight ``w`` with the gradient
    ``g`` becomes 0.

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
