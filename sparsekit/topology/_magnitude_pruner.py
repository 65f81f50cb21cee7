"""Drop the connections with the smallest weights."""

import numpy as np

from sparsekit.topology._layer import Layer
from sparsekit.topology._score_pruner import ScorePruner


class MagnitudePruner(ScorePruner):
    """Drop the connections with the smallest weights, whatever their sign.

    Parameters
    ----------
    scope : {"layer", "network"}, default="layer"
        One ranking for each layer, or one over all layers, where layers with small
        weights lose most.

    See Also
    --------
    SETPruner : Ranks positive and negative weights separately.

    References
    ----------
    Han et al., "Learning both weights and connections for efficient neural networks",
    NeurIPS 2015; as the drop criterion of sparse training in Evci et al., "Rigging the
    lottery", ICML 2020, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, MagnitudePruner
    >>> weights = np.array([0.5, -0.1, 0.2, -3.0])
    >>> layer = Layer(np.array([0, 4]), np.arange(4), weights, n_in=9)
    >>> MagnitudePruner().select(layer, 0.5, np.random.default_rng(0))
    array([False,  True,  True, False])
    """

    def scores(self, layer: Layer) -> np.ndarray:
        """Return ``|w|`` of each connection. Complexity: O(n_connections)."""
        return np.abs(layer.weights)
