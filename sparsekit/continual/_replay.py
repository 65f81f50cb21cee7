"""Estimators that learn old rows again with new ones."""

from inspect import signature
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
    is_classifier,
)
from sklearn.utils import check_random_state, column_or_1d, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from sparsekit._sample_ids import check_sample_ids
from sparsekit._sklearn_compat import (
    HasMethods,
    Interval,
    StrOptions,
    _check_sample_weight,
    _fit_context,
)
from sparsekit.continual._buffer import STRATEGIES, ReplayBuffer
from sparsekit.continual._difficulty import difficulty_of

_PARAMETERS = """estimator : object
        Has `partial_fit`, and takes `sample_weight` if weights are given. It is cloned.
    buffer_size : int, default=500
        Rows that are kept at most.
    strategy : {strategies}, default="reservoir"
        Which rows are kept, see :class:`ReplayBuffer`. "difficulty" costs a prediction
        of the new rows before a call learns them. It is one minus the probability of
        the label, 1 for a wrong prediction of a classifier without probabilities, and
        for a regressor ``1 - exp(-e / (2 m))`` with the squared error e of a row and
        its mean m over the call.
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
    ) -> None:
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
            Rows, NaN where a value is missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes or targets of the rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.

        Returns
        -------
        self : object
            The estimator itself.
        """
        X, y, sample_weight = self._check(X, y, sample_weight, reset=True)
        self._start()
        self._weighted = sample_weight is not None
        self.estimator_.fit(X, y, **_weights(sample_weight))
        self.buffer_.add(X, y, sample_weight, self._difficulty(X, y))
        return self

    @_fit_context(prefer_skip_nested_validation=False)
    def _learn(self, X, y, sample_weight, sample_ids, **known):
        first = not hasattr(self, "estimator_")
        X, y, sample_weight = self._check(X, y, sample_weight, reset=first)
        if sample_ids is not None:
            sample_ids = check_sample_ids(sample_ids, len(y))
        if first:
            self._start()
        self._weighted |= sample_weight is not None
        slots = self._slots_to_replay(len(y))
        mixed_X, mixed_y, weights = self._mixed(X, y, sample_weight, slots)
        difficulty = None if first else self._difficulty(X, y)
        given = _weights(weights) | self._ids(sample_ids, slots, len(y))
        self.estimator_.partial_fit(mixed_X, mixed_y, **known, **given)
        self.buffer_.add(X, y, sample_weight, difficulty, sample_ids)
        return self

    def _difficulty(self, X, y):
        """Return how hard rows are now; None where that does not matter."""
        wanted = self.strategy == "difficulty"
        return difficulty_of(self.estimator_, X, y) if wanted else None

    def _slots_to_replay(self, n_new):
        """Return where in the buffer the rows stand that are learned with new ones."""
        fraction = self.replay_fraction
        n_replayed = round(fraction / (1.0 - fraction) * n_new)
        if not len(self.buffer_) or n_replayed == 0:
            return np.empty(0, dtype=np.int64)
        return self.buffer_.draw_slots(n_replayed)

    def _mixed(self, X, y, sample_weight, slots):
        """Return new rows followed by kept ones."""
        if not slots.size:
            return X, y, sample_weight
        kept = self.buffer_
        stack = sparse.vstack if sparse.issparse(X) else np.concatenate
        weights = None
        if self._weighted:
            new = np.ones(len(y)) if sample_weight is None else sample_weight
            weights = np.concatenate([new, kept.sample_weight_[slots]])
        return stack([X, kept.X_[slots]]), np.concatenate([y, kept.y_[slots]]), weights

    def _ids(self, sample_ids, slots, n_new):
        """Return the identities of new and kept rows for an estimator that takes them.

        A stream may bring a sample again and again, and the buffer keep it more than
        once: it is noted once in a call.
        """
        kept = self.buffer_.sample_ids_[slots].tolist() if slots.size else []
        both = [None] * n_new if sample_ids is None else list(sample_ids)
        here = set(both)
        for name in kept:
            both.append(None if name in here else name)
            here.add(name)
        takes = "sample_ids" in signature(self.estimator_.partial_fit).parameters
        known = takes and any(name is not None for name in both)
        return {"sample_ids": both} if known else {}

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
        if is_classifier(self) and y.ndim > 1 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
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
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            What is predicted for each row.
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

    def partial_fit(self, X, y, classes=None, sample_weight=None, sample_ids=None):
        """Learn new rows together with kept ones, and offer the new ones to the buffer.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Dense or sparse, the same in all calls.
        y : array-like of shape (n_samples,)
            Classes or targets of the rows.
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever come; needed in the first call.
        sample_weight : array-like of shape (n_samples,), default=None
            Kept with the rows; None means 1.
        sample_ids : array-like of shape (n_samples,), default=None
            Identities of the rows, integers or strings, no two alike in a call; None
            for a row without one. They are kept with the rows and handed on to an
            estimator whose `partial_fit` takes them, as that of the networks does.

        Returns
        -------
        self : object
            The estimator itself.
        """
        known = {} if classes is None else {"classes": classes}
        return self._learn(X, y, sample_weight, sample_ids, **known)

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
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, with a column for each of `classes_`.
        """
        return self._ask("predict_proba", X)

    @available_if(_has("decision_function"))
    def decision_function(self, X):
        """Return the decision function of the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            Values that rise with the probability of a class.
        """
        return self._ask("decision_function", X)


class ReplayRegressor(RegressorMixin, _BaseReplay):
    """Regressor that learns rows it has kept again with each batch of new ones.

    See :class:`ReplayClassifier`; "class_balanced" is none of the strategies, since
    there are no classes.

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
        "strategy": [StrOptions(set(STRATEGIES) - {"class_balanced"})],
    }

    def partial_fit(self, X, y, sample_weight=None, sample_ids=None):
        """Learn new rows together with kept ones, and offer the new ones to the buffer.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Dense or sparse, the same in all calls.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes or targets of the rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Kept with the rows; None means 1.
        sample_ids : array-like of shape (n_samples,), default=None
            Identities of the rows, integers or strings, no two alike in a call; None
            for a row without one. They are kept with the rows and handed on to an
            estimator whose `partial_fit` takes them, as that of the networks does.

        Returns
        -------
        self : object
            The estimator itself.
        """
        return self._learn(X, y, sample_weight, sample_ids)


for _class in (ReplayClassifier, ReplayRegressor):
    _allowed = _class._parameter_constraints["strategy"][0].options
    _listed = ", ".join(f'"{name}"' for name in STRATEGIES if name in _allowed)
    _text = _PARAMETERS.replace("{strategies}", f"{{{_listed}}}")
    _class.__doc__ = (_class.__doc__ or "").replace("{parameters}", _text)
