"""Choices among many: the lowest or highest scores, random numbers, free positions."""

import math

import numpy as np

from sparsekit.kernels.sampling import draw_distinct
from sparsekit.kernels.wiring import free_positions
from sparsekit.topology._layer import Layer


def mark_lowest(scores: np.ndarray, count: int) -> np.ndarray:
    """Mark the `count` lowest scores; of equal ones the first, and NaN last.

    Parameters
    ----------
    scores : ndarray of shape (n,)
    count : int
        At most n.

    Returns
    -------
    ndarray of bool, shape (n,)
        Complexity: O(n). The result depends on the scores only, not on how numpy
        partitions them on this machine.

    Examples
    --------
    >>> import numpy as np
    >>> mark_lowest(np.array([3, 1, 2, 2, 2]), 3)
    array([False,  True,  True,  True, False])
    """
    if count == 0:
        return np.zeros(scores.size, dtype=bool)
    limit = np.partition(scores, count - 1)[count - 1]
    if np.isnan(limit):
        ties = np.isnan(scores)
        marked = ~ties
    else:
        ties = scores == limit
        marked = scores < limit
    n_more = count - np.count_nonzero(marked)
    marked[np.flatnonzero(ties)[:n_more]] = True
    return marked


def mark_highest(
    scores: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Mark the `count` highest scores; ties are broken at random, and NaN is last.

    The first of equal scores would not do: many gradients are zero at once where
    neurons are silent.

    Returns
    -------
    ndarray of bool, shape (len(scores),)
        Complexity: O(len(scores)).
    """
    if count == 0:
        return np.zeros(scores.size, dtype=bool)
    scores = np.where(np.isnan(scores), -np.inf, scores)
    limit = np.partition(scores, scores.size - count)[scores.size - count]
    marked = scores > limit
    ties = np.flatnonzero(scores == limit)
    n_more = count - int(np.count_nonzero(marked))
    marked[ties[sample_distinct(ties.size, n_more, rng)]] = True
    return marked


def sample_distinct(population: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `size` distinct integers from ``range(population)``, sorted.

    Every subset has the same probability. Above half of the population the complement
    is drawn. Time and memory are O(size), whatever the population;
    ``Generator.choice`` may allocate all of it.

    Parameters
    ----------
    population : int
    size : int
        At most `population`.
    rng : numpy.random.Generator
        Gives the seed of the compiled loop that draws.

    Returns
    -------
    ndarray of shape (size,), int64
    """
    if 2 * size > population:
        absent = sample_distinct(population, population - size, rng)
        present = np.ones(population, dtype=bool)
        present[absent] = False
        return np.flatnonzero(present)
    seed = rng.integers(2**64, dtype=np.uint64)
    return draw_distinct(seed, population, size)


def n_free_after(layer: Layer, dropped: np.ndarray) -> int:
    """Return how many positions are free once connections are dropped."""
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
    """Return the number of candidates for `count` new connections.

    Parameters
    ----------
    candidates : float or None
        Candidates for each new connection, at least 1; None for all.
    count, n_free : int or ndarray of int
        New connections, and free positions.
    """
    if candidates is None or candidates == math.inf:
        return n_free
    return np.minimum(np.ceil(candidates * np.asarray(count)).astype(np.int64), n_free)
