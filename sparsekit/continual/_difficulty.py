"""How hard rows are for an estimator, and mixtures of hard, easy and random rows."""

import numpy as np
from sklearn.base import is_classifier


def difficulty_of(estimator, X, y):
    """Return how hard rows are for a fitted estimator, from 0 to 1.

    For a classifier one minus the probability of the label (the mean over label
    indicators), or, where it gives no probabilities, 1 for a wrong prediction; for a
    regressor ``1 - exp(-e / (2 m))`` with the squared error e and its mean m over the
    rows.
    """
    if not is_classifier(estimator):
        # One column of targets may be predicted as an array without columns.
        target = np.asarray(y, dtype=np.float64).reshape(len(y), -1)
        error = ((estimator.predict(X).reshape(target.shape) - target) ** 2).mean(
            axis=1
        )
        return -np.expm1(-error / (2.0 * max(error.mean(), np.finfo(float).tiny)))
    if not hasattr(estimator, "predict_proba"):
        return _row_means((estimator.predict(X) != y).astype(float))
    chances = estimator.predict_proba(X)
    if y.ndim > 1:
        return _row_means(np.abs(chances - y))
    return 1.0 - chances[np.arange(len(y)), np.searchsorted(estimator.classes_, y)]


def _row_means(values):
    return values.reshape(len(values), -1).mean(axis=1)


def shares_of(size):
    """Return how many random, hard and easy rows a mixture of `size` rows holds."""
    quarter = size // 4
    return size - 2 * quarter, quarter, quarter


def keys_of(difficulty, draws):
    """Return the keys of weighted sampling, ``log(u) / weight``; the largest are kept.

    Parameters
    ----------
    difficulty : ndarray of shape (n_rows,)
        From 0 to 1; NaN counts as 1/2.
    draws : ndarray of shape (n_rows, 2)
        Uniform random numbers u.

    Returns
    -------
    ndarray of shape (n_rows, 2)
        With the difficulty as weight, and with one minus it.
    """
    hard = np.where(np.isnan(difficulty), 0.5, np.clip(difficulty, 0.0, 1.0))
    weights = np.column_stack([hard, 1.0 - hard])
    # A weight of zero makes the key minus infinity: such rows come last.
    with np.errstate(divide="ignore"):
        return np.log1p(-draws) / weights


def hard_and_easy(keys, n_hard, n_easy):
    """Return the rows with the largest first keys, and of the others by second ones.

    Of equal keys that of the earlier row is preferred.
    """
    hard = np.argsort(-keys[:, 0], kind="stable")[:n_hard]
    others = np.setdiff1d(np.arange(len(keys)), hard)
    easy = others[np.argsort(-keys[others, 1], kind="stable")[:n_easy]]
    return np.sort(hard), np.sort(easy)
