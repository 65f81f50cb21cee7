"""Drop the connections that matter least to both of the neurons that they join."""

import numpy as np

from sparsekit.topology._layer import Layer
from sparsekit.topology._score_pruner import ScorePruner


class RelativeImportancePruner(ScorePruner):
    """Drop the connections that carry the smallest share of their neurons' weights.

    A small weight is important if it is among the few of its input or output neuron;
    ranking by size alone would cut such neurons off.

    Parameters
    ----------
    scope : {"layer", "network"}, default="layer"
        One ranking for each layer, or one over all layers.

    References
    ----------
    Zhang et al., "Plug-and-play: an efficient post-training pruning method for large
    language models", ICLR 2024, equation 2; as the removal rule of sparse training in
    Zhang et al., "Brain network science modelling of sparse neural networks enables
    transformers and LLMs to perform as fully connected", NeurIPS 2025
    (arXiv:2501.19107).

    Examples
    --------
    The smallest weight is all that the first output neuron has:

    >>> import numpy as np
    >>> from sparsekit.topology import Layer, RelativeImportancePruner
    >>> weights = np.array([1.0, 2.0, 6.0])
    >>> layer = Layer(np.array([0, 1, 3]), np.array([0, 0, 1]), weights, n_in=2)
    >>> RelativeImportancePruner().scores(layer).round(2)
    array([1.33, 0.92, 1.75])
    """

    def scores(self, layer: Layer) -> np.ndarray:
        """Return ``|w| / (sum over its row) + |w| / (sum over its column)``.

        A connection of weight 0 has the score 0. Complexity: O(n_connections + n_in +
        n_out).
        """
        sizes = np.abs(layer.weights).astype(np.float64, copy=False)
        columns = np.bincount(layer.indices, weights=sizes, minlength=layer.n_in)
        fan_in = np.diff(layer.indptr)
        rows = np.add.reduceat(sizes, layer.indptr[:-1][fan_in > 0])
        shares = _divide(sizes, np.repeat(rows, fan_in[fan_in > 0]))
        shares += _divide(sizes, columns[layer.indices])
        return shares


def _divide(sizes, sums):
    """Return the quotients; 0 where both are 0."""
    return np.divide(sizes, sums, out=np.zeros_like(sizes), where=sums > 0)
