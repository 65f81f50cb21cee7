"""How columns of tables become numbers: formulas that encoders and predictors share."""

import numpy as np

# Distances of numbers below it are finite.
LARGE = 1e300


def ramps(values, edges):
    """Return where a value stands in each bin: 0 below it, 1 above, linear within.

    Parameters
    ----------
    values : ndarray of shape (n_samples,), float64
    edges : ndarray of shape (n_edges,)
        Increasing.

    Returns
    -------
    ndarray of shape (n_samples, max(n_edges - 1, 0))
        NaN where the value is missing.
    """
    if edges.size < 2:
        return np.empty((values.size, 0))
    low, high = edges[:-1], edges[1:]
    # Halves of large edges, whose distance may be larger than any number; those of the
    # smallest would be zero.
    part = np.where(np.maximum(np.abs(low), np.abs(high)) > LARGE, 0.5, 1.0)
    inside = np.clip(values[:, np.newaxis], low, high)
    return (part * inside - part * low) / (part * high - part * low)


def halves(edges):
    """Return half of where each bin begins, and half of its width.

    Halves, since the distance of two large numbers may be larger than any.
    """
    return 0.5 * edges[:-1], 0.5 * edges[1:] - 0.5 * edges[:-1]


def n_indicators(n_groups):
    """Return how many outputs tell groups of values apart: one for two groups."""
    return n_groups if n_groups > 2 else 1


def indicators(codes, n_groups):
    """Return an output for each group of values, one for two groups.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,), float64
        Number of the group that each value belongs to, NaN where it is missing.
    n_groups : int

    Returns
    -------
    ndarray of shape (n_samples, n_indicators(n_groups))
    """
    codes = codes[:, np.newaxis]
    found = (codes == np.arange(n_indicators(n_groups))).astype(np.float64)
    return np.where(np.isnan(codes), np.nan, found)
