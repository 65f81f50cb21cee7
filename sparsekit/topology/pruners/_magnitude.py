"""Pruners by the magnitude of the weights."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.kernels.selection import NO_LIMIT, mark_smallest
from sparsekit.topology._layer import Layer
from sparsekit.topology.pruners._score import ScorePruner


class MagnitudePruner(ScorePruner):
    """Drop the weights of smallest magnitude.

    Parameters
    ----------
    scope : {"layer", "network"}, default="layer"
        One ranking for each layer, or one over all layers, in which layers with small
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


class SETPruner(BaseEstimator):
    """Drop the weights of smallest magnitude, separately for each sign.

    Of the positive weights the `fraction` nearest to zero is dropped, and the same
    fraction of the negative weights. Zero counts as positive, negative zero as
    negative.

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
            Not used.

        Returns
        -------
        ndarray of bool, shape (n_connections,)
            True where a connection is dropped. Complexity: O(n_connections).
        """
        dropped = np.empty(layer.weights.size, dtype=bool)
        bits = layer.weights.view(f"i{layer.weights.itemsize}")
        mark_smallest(bits, float(fraction), True, NO_LIMIT, dropped)
        return dropped


class LAMPPruner(ScorePruner):
    r"""Drop the weights of smallest magnitude relative to their layer (LAMP).

    The score of a weight is its square over the sum of the squares of all weights of
    the layer that are not smaller: layer-adaptive magnitude-based pruning. The largest
    weight of a layer has the score 1 and the smallest at most ``1 / n``, so that a
    ranking of the whole network leaves connections in every layer. By magnitude alone,
    a layer of small weights may lose all of them, such as the output layer of a small
    network.

    Parameters
    ----------
    scope : {"layer", "network"}, default="network"
        One ranking over all layers, or one for each layer, which is that by magnitude.

    Notes
    -----
    .. math:: s_u = \frac{w_u^2}{\sum_{v \geq u} w_v^2}

    for the weights of a layer in ascending order of magnitude; of equal weights the
    first counts as smaller. In a layer of zeros all scores are 0. Complexity:
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


class RelativeImportancePruner(ScorePruner):
    """Drop the weights that are smallest relative to the others of their neurons.

    A small weight is important if its input or output neuron has few others; ranking by
    magnitude alone would cut such neurons off.

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

        The score of a weight of 0 is 0. Complexity: O(n_connections + n_in +
        n_out).
        """
        sizes = np.abs(layer.weights).astype(np.float64, copy=False)
        columns = np.bincount(layer.indices, weights=sizes, minlength=layer.n_in)
        fan_in = np.diff(layer.indptr)
        rows = np.add.reduceat(sizes, layer.indptr[:-1][fan_in > 0])
        scores = _divide(sizes, np.repeat(rows, fan_in[fan_in > 0]))
        scores += _divide(sizes, columns[layer.indices])
        return scores


def _divide(sizes, sums):
    """Return the quotients; 0 where both are 0."""
    return np.divide(sizes, sums, out=np.zeros_like(sizes), where=sums > 0)
