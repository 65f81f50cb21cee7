"""What the replaying classifier and regressor share."""

from contextlib import ExitStack
from inspect import signature
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.utils import check_random_state, column_or_1d, get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from sparsekit._utils._arrays import admitted
from sparsekit._utils._estimators import (
    DocLinkMixin,
    restored_on_error,
    unchanged_on_error,
)
from sparsekit._utils._sklearn_compat import (
    HasMethods,
    Interval,
    StrOptions,
    _check_sample_weight,
    _fit_context,
)
from sparsekit._utils._validation import check_sample_ids, refuse_unknown
from sparsekit.continual._buffer import BUFFER_STRATEGIES, ReplayBuffer
from sparsekit.continual._difficulty import difficulty_of


class BaseReplay(DocLinkMixin, MetaEstimatorMixin, BaseEstimator):
    """An estimator, and a buffer of rows that it learns again; not for direct use."""

    _parameter_constraints: ClassVar[dict] = {
        "estimator": [HasMethods(["partial_fit", "predict"])],
        "buffer_size": [Interval(Integral, 1, None, closed="left")],
        "strategy": [StrOptions(set(BUFFER_STRATEGIES))],
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

    @unchanged_on_error
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
        with ExitStack() as stack:
            stack.enter_context(restored_on_error(self, self._modified()))
            if not first:
                stack.enter_context(restored_on_error(self.buffer_))
            return self._take(X, y, sample_weight, sample_ids, first, **known)

    def _modified(self):
        """Return the names of the attributes that a call of `partial_fit` modifies."""
        learn = getattr(getattr(self, "estimator_", None), "partial_fit", None)
        # To copy a network would take as long as some of its calls.
        return () if getattr(learn, "leaves_unchanged", False) else ("estimator_",)

    def _take(self, X, y, sample_weight, sample_ids, first, **known):
        """Learn rows, and keep some of them."""
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
        # The estimator learns last: what fails before has not taught it anything.
        self.buffer_.add(X, y, sample_weight, difficulty, sample_ids)
        self.estimator_.partial_fit(mixed_X, mixed_y, **known, **given)
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
        refuse_unknown(y)
        X, y = validate_data(
            self,
            admitted(X),
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
            self,
            admitted(X),
            reset=False,
            accept_sparse="csr",
            ensure_all_finite=False,
        )
        return getattr(self.estimator_, method)(X)


def _weights(sample_weight):
    """Return the argument of a fit; estimators need not take one that is None."""
    return {} if sample_weight is None else {"sample_weight": sample_weight}
