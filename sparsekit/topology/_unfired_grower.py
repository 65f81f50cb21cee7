"""Explore: add connections where none has ever been."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._layer import Layer
from sparsekit.topology._sampling import sample_distinct


class UnfiredGrower(BaseEstimator):
    """Add connections at random positions that never had one.

    While such positions are left, none is tried twice, so that training explores as
    many of them as it can. When too few are left, all of these get a connection and
    the rest goes to free positions that had one before, drawn at random, too.

    References
    ----------
    Liu et al., "Do we actually need dense over-parameterization? In-time
    over-parameterization in sparse training", ICML 2021; the growth is called
    "random unfired" in the authors' code.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, UnfiredGrower
    >>> layer = Layer(np.array([0, 1, 1]), np.array([0]), np.ones(1), n_in=3)
    >>> layer = layer._replace(explored=np.array([0, 1, 3]))
    >>> dropped = np.array([False])
    >>> UnfiredGrower().select(layer, dropped, 3, np.random.default_rng(0))
    array([2, 4, 5])
    """

    needs = frozenset({"explored"})

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the positions of new connections.

        Parameters
        ----------
        layer : Layer
            Its `explored` includes the positions of the present connections.
        dropped : ndarray of bool, shape (n_connections,)
            Connections that are going.
        count : int
            Number of connections to add, at most as many as positions are free.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of shape (count,), int64
            Positions ``row * n_in + column``, sorted and distinct. Complexity:
            O(explored + count log explored).

        Raises
        ------
        ValueError
            If `layer.explored` is not known.
        """
        explored = layer.explored
        if explored is None:
            raise ValueError(
                "UnfiredGrower asks which positions ever had a connection; "
                "layer.explored does not tell."
            )
        n_unfired = layer.n_in * layer.n_out - explored.size
        ranks = sample_distinct(n_unfired, min(count, n_unfired), rng)
        # Before an explored position lie as many unfired ones as its number exceeds
        # its own rank.
        unfired_before = explored - np.arange(explored.size)
        unfired = ranks + np.searchsorted(unfired_before, ranks, side="right")
        if count <= n_unfired:
            return unfired
        fired = np.ones(explored.size, dtype=bool)
        fired[np.searchsorted(explored, layer.positions()[~dropped])] = False
        free = explored[fired]
        again = free[sample_distinct(free.size, count - n_unfired, rng)]
        return np.sort(np.concatenate([unfired, again]))
