"""Estimators that learn old rows again with new ones."""

from typing import ClassVar

from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.metaestimators import available_if

from sparsekit._utils._sklearn_compat import StrOptions, _estimator_has
from sparsekit.continual._base_replay import BaseReplay
from sparsekit.continual._buffer import BUFFER_STRATEGIES


class ReplayClassifier(ClassifierMixin, BaseReplay):
    """Classifier that learns rows it has kept again with each batch of new ones.

    Trained on one task, or one part of a stream, after another, a network forgets. A
    bounded sample of the old rows, mixed with the new ones, is the plainest remedy, and
    hard to beat (experience replay [1]_).

    Parameters
    ----------
    estimator : object
        Has `partial_fit`, and takes `sample_weight` if weights are given. It is cloned.
    buffer_size : int, default=500
        Rows that are kept at most.
    strategy : {"reservoir", "class_balanced", "difficulty"}, default="reservoir"
        Which rows are kept, see :class:`ReplayBuffer`. "difficulty" costs a prediction
        of the new rows before a call learns them: it is one minus the probability of
        the label, or 1 for a wrong prediction where there are no probabilities.
    replay_fraction : float in [0, 1), default=0.5
        Fraction of kept rows in what the estimator learns from in a call of
        `partial_fit`: with 0.5 as many kept rows as new ones, as far as there are. 0
        replays nothing.
    random_state : int, RandomState instance or None, default=None
        Of the buffer; the estimator has its own.

    Attributes
    ----------
    estimator_ : object
        The estimator that learns.
    buffer_ : ReplayBuffer
        The rows that are kept. They hold values of the data: to store the estimator is
        to store these.
    n_features_in_ : int
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

    @available_if(_estimator_has("predict_proba"))
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

    @available_if(_estimator_has("decision_function"))
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


class ReplayRegressor(RegressorMixin, BaseReplay):
    """Regressor that learns rows it has kept again with each batch of new ones.

    See :class:`ReplayClassifier`; "class_balanced" is none of the strategies, since
    there are no classes.

    Parameters
    ----------
    estimator : object
        Has `partial_fit`, and takes `sample_weight` if weights are given. It is cloned.
    buffer_size : int, default=500
        Rows that are kept at most.
    strategy : {"reservoir", "difficulty"}, default="reservoir"
        Which rows are kept, see :class:`ReplayBuffer`. "difficulty" costs a prediction
        of the new rows before a call learns them: it is ``1 - exp(-e / (2 m))`` with
        the squared error e of a row and its mean m over the call.
    replay_fraction : float in [0, 1), default=0.5
        Fraction of kept rows in what the estimator learns from in a call of
        `partial_fit`: with 0.5 as many kept rows as new ones, as far as there are. 0
        replays nothing.
    random_state : int, RandomState instance or None, default=None
        Of the buffer; the estimator has its own.

    Attributes
    ----------
    estimator_ : object
        The estimator that learns.
    buffer_ : ReplayBuffer
        The rows that are kept. They hold values of the data: to store the estimator is
        to store these.
    n_features_in_ : int

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
        **BaseReplay._parameter_constraints,
        "strategy": [StrOptions(set(BUFFER_STRATEGIES) - {"class_balanced"})],
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
