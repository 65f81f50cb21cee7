"""Add connections where the loss would fall fastest."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._candidates import (
    largest,
    n_candidates,
    n_free_after,
    random_free_positions,
)
from sparsekit.topology._layer import Layer
from sparsekit.topology._parameters import check_count, check_number


class GradientGrower(BaseEstimator):
    """Add connections where the gradient of the loss is largest in size.

    RigL looks at the gradient of every absent connection, a dense array. Here it is
    computed at *candidates* only, drawn uniformly from the free positions, as in guided
    stochastic exploration; with ``candidates=None`` all free positions are candidates,
    which is RigL exactly. Positions whose connection was just dropped are free: as in
    RigL, it may come back. Equal gradients are decided at random.

    Parameters
    ----------
    candidates : float or None, default=3.0
        Candidates for each connection to add, at least 1; with 1 the growth is random.
        None and infinity stand for all free positions, of which a layer of n_in x n_out
        neurons has nearly as many.
    n_batches : int, default=1
        Batches over which the trainer takes the gradient.

    References
    ----------
    Evci et al., "Rigging the lottery: making all tickets winners", ICML 2020,
    algorithm 1. Heddes et al., "Always-sparse training by growing connections with
    guided stochastic exploration", arXiv 2401.06898, 2024.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import GradientGrower, Layer
    >>> layer = Layer(np.array([0, 1, 1]), np.array([0]), np.ones(1), n_in=2)
    >>> layer = layer._replace(
    ...     values=np.array([[[1.0], [2.0]]]), deltas=np.array([[[0.1], [-3.0]]])
    ... )
    >>> dropped = np.array([False])
    >>> GradientGrower().select(layer, dropped, 1, np.random.default_rng(0))
    array([3])
    """

    needs = frozenset({"values", "deltas"})

    def __init__(self, candidates: float | None = 3.0, n_batches: int = 1):
        self.candidates = candidates
        self.n_batches = n_batches

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the positions of new connections.

        Parameters
        ----------
        layer : Layer
            With `values` and `deltas`.
        dropped : ndarray of bool, shape (n_connections,)
            Connections that are going.
        count : int
            Number of connections to add, at most as many as positions are free.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of shape (count,), int64
            Positions ``row * n_in + column``, sorted and distinct. Complexity:
            O(n_connections + candidates * count * samples).

        Raises
        ------
        ValueError
            If a parameter is none of those allowed, or the gradient is not known.
        """
        self.check_parameters()
        size = n_candidates(self.candidates, count, n_free_after(layer, dropped))
        positions = random_free_positions(layer, dropped, int(size), rng)
        sizes = np.abs(self._gradients(layer, positions))
        return positions[largest(sizes, count, rng)]

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        check_number(self, "candidates", 1, or_none=True)
        check_count(self, "n_batches")

    def _gradients(self, layer, positions):
        """Return what the candidates are judged by; a sum ranks them as a mean does."""
        return layer.gradients_at(positions)
