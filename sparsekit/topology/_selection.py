"""Choices among many: the lowest or the highest scores."""

import math

import numpy as np

from sparsekit.topology._positions import sample_distinct


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
