"""Growers by the gradient of the loss."""

from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import AT_LEAST_1, Number
from sparsekit.topology._layer import Layer
from sparsekit.topology._selection import mark_highest, n_candidates
from sparsekit.topology.growers._base import BaseGrower
from sparsekit.topology.growers._random import RandomGrower


class GradientGrower(BaseGrower):
    """Add connections where the gradient of the loss is largest in magnitude.

    RigL computes the gradient of every absent connection, a dense array. Here it is
    computed at *candidates* only, drawn uniformly from the free positions, as in guided
    stochastic exploration; with ``candidates=None`` all free positions are candidates,
    which is RigL exactly. As in RigL, a connection that was just dropped may grow
    again. Ties are broken at random.

    Parameters
    ----------
    candidates : float or None, default=3.0
        Candidates for each connection to add, at least 1; with 1 the growth is random.
        None or infinity means all free positions: nearly n_in x n_out of them.
    n_batches : int, default=1
        Number of batches on which the gradient is computed.

    Notes
    -----
    Complexity: O(n_connections + candidates * count * samples).

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

    _allowed: ClassVar[dict] = {
        "candidates": Number(1, or_none=True),
        "n_batches": AT_LEAST_1,
    }

    def __init__(self, candidates: float | None = 3.0, n_batches: int = 1):
        self.candidates = candidates
        self.n_batches = n_batches

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        self.check_parameters()
        n_free = layer.n_free + np.count_nonzero(dropped)
        size = int(n_candidates(self.candidates, count, n_free))
        positions = RandomGrower().select(layer, dropped, size, rng)
        sizes = np.abs(self._gradients(layer, positions))
        return positions[mark_highest(sizes, count, rng)]

    def _gradients(self, layer, positions):
        """Return the scores of the candidates; a sum ranks them as a mean does."""
        return layer.gradients_at(positions)


class MomentumGrower(GradientGrower):
    """Add connections where the momentum of the gradient is largest in magnitude.

    Sparse networks from scratch (SNFS) keep the momentum of every weight, absent ones
    included, in a dense array, and add connections where it is largest. Here nothing
    is stored for absent connections. Instead the gradient at the candidates is computed
    on `n_batches` batches, over which the momentum accumulates from zero:
    m <- decay * m + gradient.

    This differs from the paper in three ways: all batches are evaluated at the present
    weights, whereas a running momentum mixes gradients at past ones; earlier batches do
    not count (with the defaults they have 0.9**8 = 43 % of the weight in the paper's
    average); and candidates are sampled. The paper also redistributes connections
    between layers by momentum: see :class:`MomentumRedistribution`.

    Parameters
    ----------
    decay : float, default=0.9
        Weight of a batch relative to the next one, in [0, 1]: 1 is a plain mean.
    n_batches : int, default=8
        Number of batches on which the gradient is computed. The tiles of `values` and
        `deltas` are divided equally among them, the oldest first; if that leaves a
        remainder, the oldest batches have one tile more.
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

    _allowed: ClassVar[dict] = {**GradientGrower._allowed, "decay": Number(0, 1)}

    def __init__(
        self,
        decay: float = 0.9,
        n_batches: int = 8,
        candidates: float | None = 3.0,
    ):
        super().__init__(candidates=candidates, n_batches=n_batches)
        self.decay = decay

    def _gradients(self, layer, positions):
        """Return the momentum at the candidates."""
        batches = (np.array_split(part, self.n_batches) for part in layer.probed())
        momentum = np.zeros(positions.size)
        for values, deltas in zip(*batches, strict=True):
            batch = layer._replace(values=values, deltas=deltas)
            momentum = self.decay * momentum + batch.gradients_at(positions)
        return momentum
