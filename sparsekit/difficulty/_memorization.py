"""Memorization: what a sample gains by being among the training rows."""

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.utils import check_random_state, indexable
from sklearn.utils.parallel import Parallel, delayed

from sparsekit._utils._arrays import sound
from sparsekit._utils._magnitudes import units_of
from sparsekit._utils._sklearn_compat import _safe_indexing
from sparsekit.difficulty._checks import check_fraction, check_models, labels_of
from sparsekit.difficulty._record import row_index

if TYPE_CHECKING:
    from pandas import DataFrame


def memorization_scores(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    n_models: int = 50,
    subset: float = 0.7,
    n_jobs: int | None = None,
    random_state: Any = None,
) -> "DataFrame":
    """How much better a sample is predicted by models that have seen it [1]_.

    Parameters
    ----------
    estimator : object
        Any classifier or regressor; clones are fitted.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Rows, NaN where a value is missing.
    y : array-like of shape (n_samples,)
        Classes or targets of the rows.
    n_models : int, default=50
        Fits, on random subsets. The paper takes thousands; the column
        `standard_error` tells what fewer give.
    subset : float in (0, 1), default=0.7
        Fraction of the rows in a subset.
    n_jobs : int or None, default=None
        Fits at a time.
    random_state : int, RandomState instance or None, default=None
        Seed of the subsets, and of clones that have a `random_state`.

    Returns
    -------
    DataFrame
        Indexed like X: ``score_in`` and ``score_out``, mean scores of the sample with
        models that were and were not fitted to it (whether the class is right, or
        minus the squared error over the variance of y); ``memorization``, their
        difference; ``standard_error`` of it; ``n_in``, number of models fitted to it.

    Raises
    ------
    ValueError
        If `subset` or `n_models` is out of range.

    References
    ----------
    .. [1] Feldman and Zhang, "What neural networks memorize and why: discovering the
       long tail via influence estimation", NeurIPS 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from sparsekit.difficulty import memorization_scores
    >>> X, y = load_iris(return_X_y=True)
    >>> y[7] = 2
    >>> scores = memorization_scores(DecisionTreeClassifier(), X, y, random_state=0)
    >>> float(scores["memorization"][7])
    1.0
    """
    import pandas as pd

    check_models("estimator", estimator, "fit", "predict", "get_params")
    check_fraction("subset", subset)
    if not isinstance(n_models, Integral) or n_models < 2:
        raise ValueError(f"n_models must be an integer >= 2, got {n_models!r}.")
    X, y = indexable(sound(X), sound(y, "y"))
    labels = labels_of(X, y)
    rng = check_random_state(random_state)
    n_rows = labels.shape[0]
    n_taken = min(n_rows - 1, max(1, round(subset * n_rows)))
    taken = np.zeros((n_models, n_rows), dtype=bool)
    seeds = rng.randint(np.iinfo(np.int32).max, size=n_models)
    for row in taken:
        row[rng.permutation(n_rows)[:n_taken]] = True
    scores = np.array(
        Parallel(n_jobs=n_jobs)(
            delayed(_scores_of)(estimator, X, y, np.flatnonzero(row), int(seed))
            for row, seed in zip(taken, seeds, strict=True)
        )
    )
    mean_in, variance_in = _moments(scores, taken)
    mean_out, variance_out = _moments(scores, ~taken)
    return pd.DataFrame(
        {
            "memorization": mean_in - mean_out,
            "standard_error": np.sqrt(variance_in + variance_out),
            "score_in": mean_in,
            "score_out": mean_out,
            "n_in": taken.sum(axis=0),
        },
        index=row_index(X, n_rows),
    )


def _scores_of(estimator, X, y, rows, seed):
    """Fit to some rows; return the score of every row."""
    model = _seeded(estimator, seed).fit(
        _safe_indexing(X, rows), _safe_indexing(y, rows)
    )
    predicted, labels = model.predict(X), np.asarray(y)
    if is_classifier(model):
        return (predicted == labels).astype(float)
    # A ratio of squares knows no units, and numbers of any size have squares in theirs.
    unit = units_of(labels.reshape(-1, 1).astype(np.float64))[0]
    predicted, labels = predicted / unit, labels / unit
    return -((predicted - labels) ** 2) / np.var(labels)


def _seeded(estimator, seed):
    """Return a clone with a seed, where it takes one."""
    model = clone(estimator)
    if "random_state" in model.get_params(deep=False):
        model.set_params(random_state=seed)
    return model


def _moments(scores, chosen):
    """Return mean and squared standard error of the chosen scores of each column."""
    count = chosen.sum(axis=0).astype(float)
    count[count == 0] = np.nan
    mean = np.where(chosen, scores, 0.0).sum(axis=0) / count
    squares = np.where(chosen, (scores - mean) ** 2, 0.0).sum(axis=0)
    return mean, squares / count**2
