"""How hard rows are for an estimator, and mixtures of hard, easy and random rows."""

import numpy as np
from sklearn.base import is_classifier


def difficulty_of(estimator, X, y):
    """Return how far the predictions of a fitted estimator are from the targets.

    For a classifier one minus the probability of the label (the mean over label
    indicators), or, where it gives no probabilities, 1 for a wrong prediction; for a
    regressor the squared error.
    """
    if not is_classifier(estimator):
        return _row_means((estimator.predict(X) - y) ** 2)
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


def extremes(difficulty, age, n_hard, n_easy):
    """Return the hardest rows and the easiest of the others, each in order of age.

    Parameters
    ----------
    difficulty : ndarray of shape (n_rows,)
        Rows with NaN come after all others, on either side.
    age : ndarray of shape (n_rows,)
        Of equally hard rows the one with the smaller number is preferred.
    n_hard, n_easy : int
    """
    rows = np.argsort(age, kind="stable")
    unknown = np.isnan(difficulty)
    hardest = rows[
        np.argsort(np.where(unknown, np.inf, -difficulty)[rows], kind="stable")
    ]
    hard = np.isin(rows, hardest[:n_hard])
    rest = rows[~hard]
    easiest = rest[
        np.argsort(np.where(unknown, np.inf, difficulty)[rest], kind="stable")
    ]
    return rows[hard], rest[np.isin(rest, easiest[:n_easy])]
