"""Test, then train: evaluation on a stream."""

import copy
from collections.abc import Callable
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.signal import lfilter
from sklearn.base import is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_consistent_length
from sklearn.utils.multiclass import unique_labels
from sklearn.utils.validation import check_is_fitted

from sparsekit._utils._arrays import sound
from sparsekit._utils._validation import refuse_unknown

if TYPE_CHECKING:
    from pandas import DataFrame

# Sums of squared errors up to this stay finite over any number of rows.
LARGEST_ERROR = 1e290


def prequential_scores(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    batch_size: int = 32,
    classes: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    metric: Callable[[np.ndarray, np.ndarray], ArrayLike] | None = None,
    window: int = 500,
    fading: float = 0.995,
    drift_detector: Any = None,
    on_drift: Callable[..., Any] | None = None,
    copy_estimator: bool = True,
) -> "DataFrame":
    """Evaluate an estimator on a stream: test on each batch, then train on it.

    Every row is predicted before it is learned, so that all rows serve as test rows
    (prequential evaluation, Gama et al. [1]_).

    Parameters
    ----------
    estimator : object
        Has `partial_fit` and `predict`. It may be fitted; if it is not, or is none of
        scikit-learn's kind, the first batch is learned without a test.
    X : {ndarray, CSR matrix} of shape (n_samples, n_features)
        Rows in the order of the stream.
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Classes or targets of the rows.
    batch_size : int, default=32
        Rows between two calls of `partial_fit`.
    classes : array-like, default=None
        Classes of a classifier; None means those in `y`.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights for training; scores do not depend on them.
    metric : callable, default=None
        ``metric(y_true, y_pred)`` returns a number for each row. None means 1 for a
        right class and 0 for a wrong one, and the squared error of a regressor.
    window : int, default=500
        Rows of the sliding window.
    fading : float in (0, 1], default=0.995
        Weight of a row relative to the next one in the faded mean.
    drift_detector : object, default=None
        Has ``update(value)`` and, afterwards, ``drift_detected``, as detectors of river
        do (``river.drift.ADWIN()``). It gets the number of each row in turn.
    on_drift : callable, default=None
        ``on_drift(estimator)``, called after the test and before the training on a
        batch in which drift was detected. It may change the estimator in place, or
        return another one.
    copy_estimator : bool, default=True
        Whether to work on copies of the estimator and the detector; False trains those
        that were given.

    Returns
    -------
    DataFrame
        A row for each tested batch: `n_seen`, rows up to its end; `score`, the mean
        over the batch; `mean`, over all tested rows so far; `windowed`, over the last
        `window` ones; `faded` [1]_, ``sum_i a^(t-i) s_i / sum_i a^(t-i)`` with a =
        `fading`; `drift`, whether drift was detected.

    Raises
    ------
    ValueError
        If a parameter is out of range, or lengths differ.
    TypeError
        If the estimator, the metric, the detector or `on_drift` is of another type.

    References
    ----------
    .. [1] Gama, Sebastiao and Rodrigues, "On evaluating stream learning algorithms",
       Machine Learning 90, 2013, sections 3.1 to 3.3.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sparsekit.continual import prequential_scores
    >>> X, y = load_digits(return_X_y=True)
    >>> scores = prequential_scores(GaussianNB(), X, y, batch_size=100)
    >>> bool(scores["windowed"].iloc[-1] > scores["score"].iloc[0])
    True
    """
    import pandas as pd

    X = sound(X).tocsr() if hasattr(X, "tocsr") else np.asarray(X)
    y = np.asarray(y)
    _check(X, y, sample_weight, batch_size, window, fading)
    _check_parts(estimator, metric, drift_detector, on_drift)
    if copy_estimator:
        estimator, drift_detector = copy.deepcopy((estimator, drift_detector))
    known = {}
    classifies = _is_of_sklearn(estimator) and is_classifier(estimator)
    if classifies:
        known["classes"] = unique_labels(y if classes is None else classes)
    if metric is None:
        metric = _is_right if classifies else _squared_error
    values, ends, drifts = [], [], []
    fitted = _is_fitted(estimator)
    for start in range(0, X.shape[0], batch_size):
        batch = slice(start, min(start + batch_size, X.shape[0]))
        if fitted:
            values.append(_values_of(metric, y[batch], estimator.predict(X[batch])))
            ends.append(batch.stop)
            drifts.append(_notice(drift_detector, values[-1]))
            if drifts[-1] and on_drift is not None:
                estimator = on_drift(estimator) or estimator
        weights = {}
        if sample_weight is not None:
            weights["sample_weight"] = np.asarray(sample_weight)[batch]
        estimator.partial_fit(X[batch], y[batch], **known, **weights)
        fitted = True
    table = _summary(values, window, fading)
    return pd.DataFrame({"n_seen": np.array(ends, dtype=int), **table, "drift": drifts})


def _check(X, y, sample_weight, batch_size, window, fading):
    check_consistent_length(X, y, sample_weight)
    refuse_unknown(y)
    for name, value in (("batch_size", batch_size), ("window", window)):
        if not isinstance(value, Integral) or value < 1:
            raise ValueError(f"{name} must be an integer > 0, got {value!r}.")
    if not isinstance(fading, Real) or not 0 < fading <= 1:
        raise ValueError(f"fading must be in (0, 1], got {fading!r}.")


def _check_parts(estimator, metric, drift_detector, on_drift):
    for method in ("partial_fit", "predict"):
        if isinstance(estimator, type) or not hasattr(estimator, method):
            raise TypeError(f"estimator must have {method}; {estimator!r} has none.")
    for name, value in (("metric", metric), ("on_drift", on_drift)):
        if value is not None and not callable(value):
            raise TypeError(f"{name} must be callable or None, got {value!r}.")
    if drift_detector is not None and not hasattr(drift_detector, "update"):
        raise TypeError(
            f"drift_detector must have update and drift_detected; {drift_detector!r} "
            "has none."
        )


def _is_of_sklearn(estimator):
    """Tell whether scikit-learn can be asked about an estimator."""
    return hasattr(estimator, "__sklearn_tags__") and hasattr(estimator, "fit")


def _is_fitted(estimator):
    if not _is_of_sklearn(estimator):
        return False
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return False
    return True


def _is_right(y_true, y_pred):
    return (y_true == y_pred).reshape(len(y_true), -1).all(axis=1)


def _squared_error(y_true, y_pred):
    with np.errstate(over="ignore"):
        errors = ((y_true - y_pred) ** 2).reshape(len(y_true), -1).mean(axis=1)
    if not (errors < LARGEST_ERROR).all():
        raise ValueError(
            f"a squared error of {errors.max():.3g} cannot be averaged over rows. "
            "Rescale y, or give a metric."
        )
    return errors


def _values_of(metric, y_true, y_pred):
    values = np.asarray(metric(y_true, y_pred), dtype=np.float64)
    if values.shape != (len(y_true),):
        raise ValueError(
            f"metric must return a number for each of the {len(y_true)} rows; the "
            f"shape of what it returned is {values.shape}."
        )
    return values


def _notice(detector, values):
    """Tell a drift detector the numbers of some rows; return whether it saw drift."""
    drifted = False
    if detector is not None:
        for value in values.tolist():
            detector.update(value)
            drifted |= bool(detector.drift_detected)
    return drifted


def _summary(values, window, fading):
    """Return the columns of means, at the end of each batch."""
    flat = np.concatenate([np.empty(0), *values])
    ends = np.cumsum([part.size for part in values], dtype=int)
    sums = np.concatenate([[0.0], np.cumsum(flat)])
    begins = np.maximum(ends - window, 0)
    # S_t = s_t + a S_{t-1}, and the same of ones for the number of rows.
    faded = lfilter([1.0], [1.0, -fading], flat)[ends - 1]
    rows = lfilter([1.0], [1.0, -fading], np.ones(flat.size))[ends - 1]
    return {
        "score": [part.mean() for part in values],
        "mean": sums[ends] / ends,
        "windowed": (sums[ends] - sums[begins]) / (ends - begins),
        "faded": faded / rows,
    }
