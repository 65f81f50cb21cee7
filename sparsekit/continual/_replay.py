"""Estimators that learn old rows again with new ones."""

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from scipy import sparse
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    RegressorMixin,
    clone,
)
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from sparsekit._sklearn_compat import (
    HasMethods,
    Interval,
    StrOptions,
    _check_sample_weight,
    _fit_context,
)
from sparsekit.continual._buffer import STRATEGIES, ReplayBuffer

_PARAMETERS = """estimator : object
        Has `partial_fit`, and takes `sample_weight` if weights are given. It is cloned.
    buffer_size : int, default=500
        Rows that are kept at most.
    strategy : {"reservoir", "class_balanced"}, default="reservoir"
        Which rows are kept, see :class:`ReplayBuffer`.
    replay_fraction : float in [0, 1), default=0.5
        Share of kept rows in what the estimator learns from in a call of `partial_fit`:
        with 0.5 as many kept rows as new ones, as far as there are. 0 replays nothing.
    random_state : int, RandomState instance or None, default=None
        Of the buffer; the estimator has its own.

    Attributes
    ----------
    estimator_ : object
        The estimator that learns.
    buffer_ : ReplayBuffer
        The rows that are kept. They hold values of the data: to store the estimator is
        to store these.
    n_features_in_ : int"""


def _has(method):
    """Return a check that the estimator, fitted or not, has a method."""

    def check(self):
        getattr(getattr(self, "estimator_", self.estimator), method)
        return True

    return check


class _BaseReplay(MetaEstimatorMixin, BaseEstimator):
    """What both estimators share; not for direct use."""

    _parameter_constraints: ClassVar[dict] = {
        "estimator": [HasMethods(["partial_fit", "predict"])],
        "buffer_size": [Interval(Integral, 1, None, closed="left")],
        "strategy": [StrOptions(set(STRATEGIES))],
        "replay_fraction": [Interval(Real, 0, 1, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator,
        *,
        buffer_size=500,
        strategy="reservoir",
        replay_fraction=0.5,
        random_state=None,
    ):
        self.estimator = estimator
        self.buffer_size = buffer_size
        self.strategy = strategy
        self.replay_fraction = replay_fraction
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags.sparse = inner.input_tags.sparse
        tags.input_tags.allow_nan = inner.input_tags.allow_nan
        tags.target_tags = inner.target_tags
        tags.classifier_tags = inner.classifier_tags
        tags.regressor_tags = inner.regressor_tags
        return tags

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None):
        """Fit the estimator anew, and begin to keep rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self : object
        """
        X, y, sample_weight = self._check(X, y, sample_weight, reset=True)
        self._start()
        self._weighted = sample_weight is not None
        self.estimator_.fit(X, y, **_weights(sample_weight))
        self.buffer_.add(X, y, sample_weight)
        return self

    @_fit_context(prefer_skip_nested_validation=False)
    def _learn(self, X, y, sample_weight, **known):
        first = not hasattr(self, "estimator_")
        X, y, sample_weight = self._check(X, y, sample_weight, reset=first)
        if first:
            self._start()
        self._weighted |= sample_weight is not None
        mixed_X, mixed_y, weights = self._mixed(X, y, sample_weight)
        self.estimator_.partial_fit(mixed_X, mixed_y, **known, **_weights(weights))
        self.buffer_.add(X, y, sample_weight)
        return self

    def _mixed(self, X, y, sample_weight):
        """Return new rows followed by kept ones."""
        fraction = self.replay_fraction
        n_replayed = round(fraction / (1.0 - fraction) * len(y))
        if not len(self.buffer_) or n_replayed == 0:
            return X, y, sample_weight
        kept_X, kept_y, kept_weight = self.buffer_.sample(n_replayed)
        stack = sparse.vstack if sparse.issparse(X) else np.concatenate
        if not self._weighted:
            weights = None
        else:
            new = np.ones(len(y)) if sample_weight is None else sample_weight
            weights = np.concatenate([new, kept_weight])
        return stack([X, kept_X]), np.concatenate([y, kept_y]), weights

    def _check(self, X, y, sample_weight, reset):
        if sparse.issparse(y):
            raise TypeError("A sparse y cannot be kept for replay; give an array.")
        X, y = validate_data(
            self,
            X,
            y,
            reset=reset,
            accept_sparse="csr",
            multi_output=True,
            dtype=(np.float64, np.float32),
            ensure_all_finite=(
                "allow-nan" if get_tags(self.estimator).input_tags.allow_nan else True
            ),
        )
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X)
        return X, y, sample_weight

    def _start(self):
        self.estimator_ = clone(self.estimator)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        self.buffer_ = ReplayBuffer(self.buffer_size, self.strategy, seed)
        self._weighted = False

    def predict(self, X):
        """Predict with the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        return self._ask("predict", X)

    def _ask(self, method, X):
        check_is_fitted(self)
        X = validate_data(
            self, X, reset=False, accept_sparse="csr", ensure_all_finite=False
        )
        return getattr(self.estimator_, method)(X)


def _weights(sample_weight):
    """Return the argument of a fit; estimators need not take one that is None."""
    return {} if sample_weight is None else {"sample_weight": sample_weight}


class ReplayClassifier(ClassifierMixin, _BaseReplay):
    """Classifier that learns rows it has kept again with each batch of new ones.

    Trained on one task, or one part of a stream, after another, a network forgets. A
    bounded sample of the old rows, mixed with the new ones, is the plainest remedy, and
    hard to beat (experience replay [1]_).

    Parameters
    ----------
    {parameters}
    classes_ : ndarray of shape (n_classes,)

    References
    ----------
    .. [1] Chaudhry et al., "On tiny episodic memories in continual learning", 2019,
       arXiv 1902.10486.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import SGDClassifier
    >>> from sparsekit.continual import ReplayClassifier
    >>> X, y = load_iris(return_X_y=True)  # sorted by class
    >>> plain = SGDClassifier(random_state=0)
    >>> replay = ReplayClassifier(plain, buffer_size=30, random_state=0)
    >>> for start in range(0, 150, 10):
    ...     rows = slice(start, start + 10)
    ...     _ = plain.partial_fit(X[rows], y[rows], classes=[0, 1, 2])
    ...     _ = replay.partial_fit(X[rows], y[rows], classes=[0, 1, 2])
    >>> replay.score(X, y) > plain.score(X, y)
    True
    """

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Learn new rows together with kept ones, and offer the new ones to the buffer.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Dense or sparse, the same in all calls.
        y : array-like of shape (n_samples,)
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever come; needed in the first call.
        sample_weight : array-like of shape (n_samples,), default=None
            Kept with the rows; None means 1.

        Returns
        -------
        self : object
        """
        known = {} if classes is None else {"classes": classes}
        return self._learn(X, y, sample_weight, **known)

    @property
    def classes_(self):
        """Class labels."""
        return self.estimator_.classes_

    @available_if(_has("predict_proba"))
    def predict_proba(self, X):
        """Estimate probabilities with the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return self._ask("predict_proba", X)

    @available_if(_has("decision_function"))
    def decision_function(self, X):
        """Return the decision function of the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
        """
        return self._ask("decision_function", X)


class ReplayRegressor(RegressorMixin, _BaseReplay):
    """Regressor that learns rows it has kept again with each batch of new ones.

    See :class:`ReplayClassifier`. The strategy is "reservoir", since there are no
    classes.

    Parameters
    ----------
    {parameters}

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sparsekit import SETMLPRegressor
    >>> from sparsekit.continual import ReplayRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> replay = ReplayRegressor(SETMLPRegressor(random_state=0), random_state=0)
    >>> replay.partial_fit(X[:50], y[:50]).partial_fit(X[50:], y[50:]).predict(X).shape
    (442,)
    """

    _parameter_constraints: ClassVar[dict] = {
        **_BaseReplay._parameter_constraints,
        "strategy": [StrOptions({"reservoir"})],
    }

    def partial_fit(self, X, y, sample_weight=None):
        """Learn new rows together with kept ones, and offer the new ones to the buffer.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Dense or sparse, the same in all calls.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None
            Kept with the rows; None means 1.

        Returns
        -------
        self : object
        """
        return self._learn(X, y, sample_weight)


for _class in (ReplayClassifier, ReplayRegressor):
    _class.__doc__ = (_class.__doc__ or "").replace("{parameters}", _PARAMETERS)
