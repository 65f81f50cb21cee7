"""The lowest of many scores, in linear time."""

import numpy as np


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
        equal = np.isnan(scores)
        marked = ~equal
    else:
        equal = scores == limit
        marked = scores < limit
    missing = count - np.count_nonzero(marked)
    marked[np.flatnonzero(equal)[:missing]] = True
    return marked
