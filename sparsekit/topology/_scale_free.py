"""A few neurons with very many connections: preferential attachment."""

from collections.abc import Mapping

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.kernels.topologies import attach_preferentially
from sparsekit.topology._initial import rows_of


class ScaleFree(BaseEstimator):
    """Let neurons arrive in random order and prefer those with many connections.

    Each of the ``n_in + n_out`` neurons brings its share of the connections. It links
    to neurons of the other level that are there already, chosen one after another with
    a probability proportional to 1 + their number of connections. Early neurons become
    hubs: of a level the share of the neurons with k connections falls about as k to the
    power ``-(1 + (n_in + n_out) / n_other)``, where `n_other` is the size of the other
    level. That is -3, as in the graphs of Barabasi and Albert, for levels of one size;
    of two unequal levels the smaller one has the larger hubs.

    References
    ----------
    Barabasi and Albert, "Emergence of scaling in random networks", Science 286, 1999.
    Zhang et al., arXiv 2501.19107, appendix D, "bipartite scale-free model", draws such
    a graph of all neurons and then bends the connections within a level over to the
    other one. Here the levels differ from the start, so nothing is bent, and the number
    of connections is exact.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import ScaleFree
    >>> rng = np.random.default_rng(0)
    >>> indptr, indices = ScaleFree().draw(1000, 1000, 8000, rng)
    >>> np.diff(indptr).max() > 50
    np.True_
    """

    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, np.ndarray | None] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw the connections of a layer.

        Parameters
        ----------
        n_in, n_out : int
            Size of the layer.
        count : int
            Number of connections, at most ``n_in * n_out``.
        rng : numpy.random.Generator
        facts : mapping or None, default=None
            Not used.

        Returns
        -------
        indptr : ndarray of shape (n_out + 1,), int64
            Where the connections of each output neuron start and end.
        indices : ndarray of shape (count,)
            Sorted within each row, without duplicates. Complexity: O(count log count +
            n_in + n_out).
        """
        seed = rng.integers(2**64, dtype=np.uint64)
        arrivals = rng.permutation(n_in + n_out)
        positions = attach_preferentially(seed, arrivals, n_in, count)
        return rows_of(np.sort(positions), n_in, n_out)
