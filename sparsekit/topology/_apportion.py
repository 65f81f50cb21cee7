"""Whole numbers in proportion to weights, within bounds, that have a given sum."""

import numpy as np

from sparsekit.topology._selection import mark_lowest


def apportion(
    weights: np.ndarray, total: int, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Divide `total` in proportion to `weights`, within bounds, in whole numbers.

    The quota of layer `l` is ``min(max(level * weights[l], lower[l]), upper[l])`` with
    the one level at which the quotas sum to `total`; it is rounded down, and those with
    the largest remainders get one more, of equal ones the first.

    Parameters
    ----------
    weights : array-like of shape (n_layers,)
        Not negative. Where all layers with a positive weight are full, the rest goes to
        the others in proportion to their `upper`.
    total : int
        Between the sums of `lower` and of `upper`.
    lower, upper : array-like of shape (n_layers,), int
        The least and the most that each layer can get.

    Returns
    -------
    ndarray of shape (n_layers,), int64
        Sums to `total`. Complexity: O(n_layers ** 2).

    Examples
    --------
    >>> apportion([5, 3, 2], 7, lower=[0, 0, 0], upper=[9, 2, 9])
    array([4, 2, 1])
    """
    weights = np.asarray(weights, dtype=np.float64)
    lower = np.asarray(lower, dtype=np.int64)
    upper = np.asarray(upper, dtype=np.int64)
    weighs = weights > 0
    if np.where(weighs, upper, lower).sum() < total:
        weights = np.where(weighs, 0.0, upper)
        lower = np.where(weighs, upper, lower)
    quotas = np.clip(_level(weights, total, lower, upper) * weights, lower, upper)
    counts = np.floor(quotas).astype(np.int64)
    n_more = total - int(counts.sum())
    # Rounded, so that of equal remainders the first is the largest on every machine.
    remainders = np.round(quotas - counts, 6)
    return counts + mark_lowest(-remainders, n_more)


def _level(weights, total, lower, upper):
    """Return the level at which the bounded quotas sum to `total`.

    Their sum is piecewise linear in the level, with corners where a quota reaches one
    of its bounds.
    """
    weighs = weights > 0
    bounds = np.concatenate([lower[weighs], upper[weighs]])
    corners = np.sort(bounds / np.tile(weights[weighs], 2))
    sums = np.clip(corners[:, np.newaxis] * weights, lower, upper).sum(axis=1)
    return np.interp(total, sums, corners) if corners.size else 0.0
