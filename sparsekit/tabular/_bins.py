"""Bins of one column of numbers: where they begin and end."""

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

# Rows that a leaf of a tree of bins has at least: fewer, and bins follow noise.
MIN_LEAF = 10
MIN_LEAF_SHARE = 0.005


def bin_edges(values, n_bins, strategy="quantile", y=None, classify=False):
    """Return the edges of the bins of a column.

    Parameters
    ----------
    values : ndarray of shape (n_samples,), float64
        NaN where a value is missing.
    n_bins : int
        Bins at most.
    strategy : {"quantile", "tree"}, default="quantile"
        "quantile": equally many values in each bin. "tree": the thresholds of a
        decision tree that predicts `y` from the column.
    y : ndarray of shape (n_samples,) or None, default=None
        Target, for trees.
    classify : bool, default=False
        Whether `y` holds classes.

    Returns
    -------
    ndarray of shape (n_edges,)
        Increasing, from the smallest value to the largest. Two values make one bin, a
        constant column or one without values makes none (no edges). Where there are
        fewer distinct values than bins, they are the edges. Complexity: O(n log n).
    """
    observed = ~np.isnan(values)
    values = values[observed]
    distinct = np.unique(values)
    if distinct.size < 2:
        return np.empty(0)
    if distinct.size <= n_bins + 1:
        return distinct
    if strategy == "quantile":
        # A quantile between two values would be rounded; values themselves are exact.
        shares = np.linspace(0.0, 1.0, n_bins + 1)
        return np.unique(np.quantile(values, shares, method="closest_observation"))
    make = DecisionTreeClassifier if classify else DecisionTreeRegressor
    tree = make(
        max_leaf_nodes=n_bins,
        min_samples_leaf=max(MIN_LEAF, int(MIN_LEAF_SHARE * values.size)),
        random_state=0,
    )
    # Ranks, not values: trees compare in single precision.
    tree.fit(np.searchsorted(distinct, values)[:, np.newaxis], y[observed])
    inner = tree.tree_.threshold[tree.tree_.feature >= 0]
    return distinct[np.unique(np.r_[0, np.ceil(inner), distinct.size - 1].astype(int))]
