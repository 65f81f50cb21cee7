"""Add connections where the loss would fall fastest."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._layer import Layer
from sparsekit.topology._selection import (
    mark_highest,
    n_candidates,
    n_free_after,
    random_free_positions,
)
from sparsekit.topology._validation import check_count, check_number


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
        return positions[mark_highest(sizes, count, rng)]

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        check_number(self, "candidates", 1, or_none=True)
        check_count(self, "n_batches")

    def _gradients(self, layer, positions):
        """Return what the candidates are judged by; a sum ranks them as a mean does."""
        return layer.gradients_at(positions)


class MomentumGrower(GradientGrower):
    """Add connections where the momentum of the gradient is largest in size.

    Sparse networks from scratch (SNFS) keep the momentum of every weight, absent ones
    included, in a dense array, and add connections where it is largest. Here nothing
    is kept for connections that do not exist. Instead the gradient at the candidates
    is taken on `n_batches` batches, and the momentum starts from zero there:
    m <- decay * m + gradient, batch by batch.

    That differs from the paper in four ways: the batches all meet the weights as they
    are now, where a running momentum mixes gradients at weights of the past; older
    batches than these do not count (with the defaults the paper's average gives them
    0.9**8 = 43 % of its weight); candidates are sampled; and layers keep their number
    of connections, which the paper redistributes between layers by momentum.

    Parameters
    ----------
    decay : float, default=0.9
        Weight of a batch relative to the next one, in [0, 1]: 1 is a plain mean.
    n_batches : int, default=8
        Batches over which the trainer takes the gradient. Each has an equal share of
        the tiles of `values` and `deltas`, the oldest first; where the shares are not
        whole numbers, the oldest batches have a tile more than the others.
    candidates : float or None, default=3.0
        Candidates for each connection to add; see :class:`GradientGrower`.

    References
    ----------
    Dettmers and Zettlemoyer, "Sparse networks from scratch: faster training without
    losing performance", arXiv 1907.04840, 2019, section 3 and algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, MomentumGrower
    >>> layer = Layer(np.array([0, 1, 1]), np.array([0]), np.ones(1), n_in=2)
    >>> values = np.array([[[1.0], [2.0]], [[1.0], [-2.0]]])  # two batches of a tile
    >>> layer = layer._replace(values=values, deltas=np.full((2, 2, 1), 0.5))
    >>> dropped = np.array([False])
    >>> grower = MomentumGrower(decay=0.9, n_batches=2)
    >>> grower.select(layer, dropped, 1, np.random.default_rng(0))
    array([2])
    """

    def __init__(
        self,
        decay: float = 0.9,
        n_batches: int = 8,
        candidates: float | None = 3.0,
    ):
        super().__init__(candidates=candidates, n_batches=n_batches)
        self.decay = decay

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        super().check_parameters()
        check_number(self, "decay", 0, 1)

    def _gradients(self, layer, positions):
        """Return the momentum at the candidates."""
        shares = (np.array_split(part, self.n_batches) for part in layer.probed())
        momentum = np.zeros(positions.size)
        for values, deltas in zip(*shares, strict=True):
            batch = layer._replace(values=values, deltas=deltas)
            momentum = self.decay * momentum + batch.gradients_at(positions)
        return momentum
