"""Grower by gradient that keeps the fan-in constant."""

from typing import ClassVar

import numpy as np

from sparsekit.kernels.sampling import draw_per_group
from sparsekit.kernels.wiring import free_positions
from sparsekit.topology._contract import AT_LEAST_1, FLAG, Number
from sparsekit.topology._layer import Layer
from sparsekit.topology._selection import mark_highest, n_candidates
from sparsekit.topology.growers._base import BaseGrower


class FanInGrower(BaseGrower):
    """Add connections by gradient such that all neurons have the same fan-in.

    Structured RigL (SRigL) keeps the fan-in of a layer constant. Here every output
    neuron is filled up to the same number of connections, at those of its free
    positions where the gradient of the loss is largest in magnitude. If that number is
    not whole, the neurons with the largest remaining gradients get one connection more.
    A neuron that has more connections already keeps them, and the others get fewer.

    The gradient is computed at candidates drawn uniformly within each row, as
    :class:`GradientGrower` does within the layer. The paper also ablates whole neurons,
    which is the task of :class:`AblationPruner`, and ``fill_idle=False`` lets them be.

    Parameters
    ----------
    candidates : float or None, default=3.0
        Candidates in a row for each connection that it gets, at least 1. None or
        infinity means all free positions.
    n_batches : int, default=1
        Number of batches on which the gradient is computed.
    fill_idle : bool, default=True
        Whether hidden neurons that keep no connection get new ones; without, they do so
        only where the others are full.

    Notes
    -----
    Complexity: O(n_connections + n_out log n_in + c log c + c * samples) for c
    candidates.

    References
    ----------
    Lasby et al., "Dynamic sparse training with structured sparsity", ICLR 2024,
    section 3.1.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import FanInGrower, Layer
    >>> layer = Layer(np.array([0, 2, 2]), np.array([0, 1]), np.ones(2), n_in=3)
    >>> layer = layer._replace(
    ...     values=np.array([[[1.0], [2.0], [3.0]]]), deltas=np.array([[[9.0], [0.1]]])
    ... )
    >>> dropped = np.array([True, False])
    >>> grower = FanInGrower(candidates=None)
    >>> grower.select(layer, dropped, 3, np.random.default_rng(0))
    array([2, 4, 5])
    """

    needs = frozenset({"values", "deltas", "number", "n_layers"})

    _allowed: ClassVar[dict] = {
        "candidates": Number(1, or_none=True),
        "n_batches": AT_LEAST_1,
        "fill_idle": FLAG,
    }

    def __init__(
        self,
        candidates: float | None = 3.0,
        n_batches: int = 1,
        fill_idle: bool = True,
    ):
        self.candidates = candidates
        self.n_batches = n_batches
        self.fill_idle = fill_idle

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        self.check_parameters()
        n_kept = _n_kept_per_row(layer.indptr, dropped)
        n_new, may_get_more = self._n_new(layer, n_kept, count)
        n_free = layer.n_in - n_kept
        sizes = n_candidates(self.candidates, n_new + may_get_more, n_free)
        seed = rng.integers(2**64, dtype=np.uint64)
        positions = free_positions(
            layer.indptr,
            layer.indices,
            layer.n_in,
            dropped,
            draw_per_group(seed, n_free, sizes),
        )
        gradients = np.abs(layer.gradients_at(positions))
        ranks = _ranks_within_rows(gradients, sizes)
        rows = np.repeat(np.arange(layer.n_out), sizes)
        chosen = ranks < n_new[rows]
        next_best = np.flatnonzero((ranks == n_new[rows]) & may_get_more[rows])
        n_more = count - int(n_new.sum())
        chosen[next_best[mark_highest(gradients[next_best], n_more, rng)]] = True
        return positions[chosen]

    def _n_new(self, layer, n_kept, count):
        """Return the new connections of each row, and which of them may get one more.

        They are those of `_n_new_per_row`, within the rows that take part.
        """
        takes_part = np.ones(n_kept.size, dtype=bool)
        if not self.fill_idle and not layer.is_output:
            has_some = n_kept > 0
            if (layer.n_in - n_kept[has_some]).sum() >= count:
                takes_part = has_some
        n_new = np.zeros_like(n_kept)
        may_get_more = np.zeros_like(takes_part)
        if count:
            n_new[takes_part], may_get_more[takes_part] = _n_new_per_row(
                n_kept[takes_part], layer.n_in, count
            )
        return n_new, may_get_more


def _n_kept_per_row(indptr, dropped):
    """Return the number of connections of each row that are kept."""
    n_kept_before = np.concatenate([[0], np.cumsum(~dropped)])
    return np.diff(n_kept_before[indptr])


def _n_new_per_row(n_kept, n_in, count):
    """Divide new connections among rows so that the fan-ins are as equal as possible.

    Returns
    -------
    n_new : ndarray of int64
        New connections of each row; together at most `count`.
    may_get_more : ndarray of bool
        Rows of which some get one more: there are more such rows than connections.
    """
    total = int(n_kept.sum()) + count
    low, high = 0, n_in
    while low < high:
        level = (low + high + 1) // 2
        if np.maximum(n_kept, level).sum() <= total:
            low = level
        else:
            high = level - 1
    n_new = np.maximum(low - n_kept, 0)
    if n_new.sum() == count:
        return n_new, np.zeros(n_kept.size, dtype=bool)
    return n_new, n_kept <= low


def _ranks_within_rows(sizes_of_gradients, row_sizes):
    """Return the rank of each candidate within its row, the largest gradient first."""
    rows = np.repeat(np.arange(row_sizes.size), row_sizes)
    order = np.lexsort((-sizes_of_gradients, rows))
    starts = np.cumsum(row_sizes) - row_sizes
    ranks = np.empty(rows.size, dtype=np.int64)
    ranks[order] = np.arange(rows.size) - starts[rows]
    return ranks
