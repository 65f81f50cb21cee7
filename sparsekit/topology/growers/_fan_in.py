"""Add connections so that all neurons end with the same number of inputs."""

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.kernels.sampling import draw_per_group
from sparsekit.kernels.wiring import free_positions
from sparsekit.topology._layer import Layer
from sparsekit.topology._selection import mark_highest, n_candidates
from sparsekit.topology._validation import check_count, check_number


class FanInGrower(BaseEstimator):
    """Add connections by gradient, so that all neurons have the same fan-in after it.

    Structured RigL (SRigL) keeps the fan-in of a layer constant. Here every output
    neuron is filled up to the same number of connections, with those of its free
    positions where the gradient of the loss is largest in size. Where that number is
    not whole, neurons with the largest gradient left get one connection more; a neuron
    whose survivors are more than its share keeps them, and the others share the rest.

    The gradient is computed at candidates drawn uniformly within each row, as
    :class:`GradientGrower` does within the layer. The paper also drops whole neurons
    ("ablation"): that is a pruner's work, and a grower fills such a neuron up again.

    Parameters
    ----------
    candidates : float or None, default=3.0
        Candidates in a row for each connection that it gets, at least 1. None and
        infinity stand for all free positions.
    n_batches : int, default=1
        Batches over which the trainer takes the gradient.

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
            O(n_connections + n_out log n_in + c log c + c * samples) for c candidates.

        Raises
        ------
        ValueError
            If a parameter is none of those allowed, or the gradient is not known.
        """
        self.check_parameters()
        survivors = _survivors_per_row(layer.indptr, dropped)
        shares, may_get_more = _shares(survivors, layer.n_in, count)
        free = layer.n_in - survivors
        sizes = n_candidates(self.candidates, shares + may_get_more, free)
        seed = rng.integers(2**64, dtype=np.uint64)
        positions = free_positions(
            layer.indptr,
            layer.indices,
            layer.n_in,
            dropped,
            draw_per_group(seed, free, sizes),
        )
        gradients = np.abs(layer.gradients_at(positions))
        ranks = _ranks_within_rows(gradients, sizes)
        rows = np.repeat(np.arange(layer.n_out), sizes)
        chosen = ranks < shares[rows]
        next_best = np.flatnonzero((ranks == shares[rows]) & may_get_more[rows])
        missing = count - int(shares.sum())
        chosen[next_best[mark_highest(gradients[next_best], missing, rng)]] = True
        return positions[chosen]

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        check_number(self, "candidates", 1, or_none=True)
        check_count(self, "n_batches")


def _survivors_per_row(indptr, dropped):
    """Return how many connections of each row survive."""
    survivors_before = np.concatenate([[0], np.cumsum(~dropped)])
    return np.diff(survivors_before[indptr])


def _shares(survivors, n_in, count):
    """Share new connections over rows so that all end as equal as they can.

    Returns
    -------
    shares : ndarray of int64
        New connections of each row; together at most `count`.
    may_get_more : ndarray of bool
        Rows of which some get one more: more rows than connections are missing.
    """
    total = int(survivors.sum()) + count
    low, high = 0, n_in
    while low < high:
        level = (low + high + 1) // 2
        if np.maximum(survivors, level).sum() <= total:
            low = level
        else:
            high = level - 1
    shares = np.maximum(low - survivors, 0)
    if shares.sum() == count:
        return shares, np.zeros(survivors.size, dtype=bool)
    return shares, survivors <= low


def _ranks_within_rows(sizes_of_gradients, row_sizes):
    """Return how many of its row's candidates come before each, the largest first."""
    rows = np.repeat(np.arange(row_sizes.size), row_sizes)
    order = np.lexsort((-sizes_of_gradients, rows))
    starts = np.cumsum(row_sizes) - row_sizes
    ranks = np.empty(rows.size, dtype=np.int64)
    ranks[order] = np.arange(rows.size) - starts[rows]
    return ranks
