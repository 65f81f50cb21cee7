"""How hard rows are for an estimator."""

import numpy as np
from sklearn.base import is_classifier

# With room for the sum over as many rows as memory holds.
_TOO_LARGE_TO_SQUARE = 1e140


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
        residual = estimator.predict(X).reshape(target.shape) - target
        largest = np.abs(residual).max(initial=0.0)
        if largest > _TOO_LARGE_TO_SQUARE:
            residual = residual / largest  # only ratios of errors count
        error = (residual**2).mean(axis=1)
        return -np.expm1(-error / (2.0 * max(error.mean(), np.finfo(float).tiny)))
    if not hasattr(estimator, "predict_proba"):
        return _row_means((estimator.predict(X) != y).astype(float))
    chances = estimator.predict_proba(X)
    if y.ndim > 1:
        return _row_means(np.abs(chances - y))
    classes = estimator.classes_
    unknown = np.setdiff1d(y, classes)
    if unknown.size:
        raise ValueError(
            f"y contains classes {unknown.tolist()} that are not in `classes_`, "
            f"{classes.tolist()}."
        )
    return 1.0 - chances[np.arange(len(y)), np.searchsorted(classes, y)]


def _row_means(values):
    return values.reshape(len(values), -1).mean(axis=1)
