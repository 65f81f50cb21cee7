"""Free positions to choose from, and the choice of those with the largest scores."""

import math

import numpy as np

from sparsekit.kernels.wiring import free_positions
from sparsekit.topology._layer import Layer
from sparsekit.topology._sampling import sample_distinct


def n_free_after(layer: Layer, dropped: np.ndarray) -> int:
    """Return how many positions no surviving connection has."""
    return layer.n_free + int(np.count_nonzero(dropped))


def random_free_positions(
    layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw `count` distinct free positions, uniformly; sorted.

    The positions of the dropped connections are free, too. Complexity:
    O(n_connections + count).
    """
    ranks = sample_distinct(n_free_after(layer, dropped), count, rng)
    return free_positions(layer.indptr, layer.indices, layer.n_in, dropped, ranks)


def n_candidates(candidates: float | None, count: int | np.ndarray, n_free):
    """Return how many candidates there are for `count` new connections.

    Parameters
    ----------
    candidates : float or None
        Candidates for each new connection, at least 1; None stands for all.
    count, n_free : int or ndarray of int
        New connections, and free positions.
    """
    if candidates is None or candidates == math.inf:
        return n_free
    return np.minimum(np.ceil(candidates * np.asarray(count)).astype(np.int64), n_free)


def largest(scores: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Tell which `count` of the scores are the largest.

    Of equal scores at the margin those that `rng` draws are taken, and not always the
    first: many gradients are zero at once where neurons are silent. NaN is taken last.

    Returns
    -------
    ndarray of bool, shape (len(scores),)
        Complexity: O(len(scores)).
    """
    if count == 0:
        return np.zeros(scores.size, dtype=bool)
    scores = np.where(np.isnan(scores), -np.inf, scores)
    margin = np.partition(scores, scores.size - count)[scores.size - count]
    chosen = scores > margin
    ties = np.flatnonzero(scores == margin)
    missing = count - int(np.count_nonzero(chosen))
    chosen[ties[sample_distinct(ties.size, missing, rng)]] = True
    return chosen
