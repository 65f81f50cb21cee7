"""A selector of training rows by how hard they are for a network."""

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import check_random_state, get_tags, indexable
from sklearn.utils.validation import check_is_fitted, validate_data

from sparsekit._utils._arrays import sound
from sparsekit._utils._estimators import (
    DocLinkMixin,
    fit_router,
    routed,
    unchanged_on_error,
)
from sparsekit._utils._sklearn_compat import (
    HasMethods,
    Interval,
    StrOptions,
    _safe_indexing,
)
from sparsekit.difficulty._report import difficulty_report
from sparsekit.difficulty._select import SELECTION_STRATEGIES, select

# What a row is ranked by: a column of the report, and the sign that makes hard large.
RANKINGS = {
    "difficulty": ("difficulty", 1.0),
    "forgetting": ("n_forgotten", 1.0),
    "confidence": ("confidence", -1.0),
    "aum": ("aum", -1.0),
    "error": ("error", 1.0),
}


class HardSampleSelector(DocLinkMixin, MetaEstimatorMixin, BaseEstimator):
    """Select training rows by how hard they are for a network.

    Parameters
    ----------
    estimator : estimator
        A network of sparsekit; a clone is fitted to score the rows.
    by : {"difficulty", "forgetting", "confidence", "aum", "error", "random"}, \
default="difficulty"
        What the rows are ranked by: a column of :func:`difficulty_report`. "random"
        ranks by chance and fits nothing: the baseline.
    keep_fraction : float in (0, 1], default=0.5
        Fraction of the rows to select.
    strategy : {"stratified", "hardest", "easiest"}, default="stratified"
        "stratified" draws as evenly as it can from 50 ranges of the score, as in [1]_.
        The hardest rows alone, among which wrong labels gather, are worse than random
        ones where few are kept.
    drop_hardest : float in [0, 1), default=0.0
        Fraction of the rows, the hardest, that is never selected.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw.

    Attributes
    ----------
    scores_ : ndarray of shape (n_samples,)
        Large for hard rows; NaN for rows that the estimator held out of training. These
        are never selected.
    sample_indices_ : ndarray of int
        Rows selected, in ascending order.
    estimator_ : estimator
        The fitted clone; None with ``by="random"``.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where all of them are strings.

    References
    ----------
    .. [1] Zheng, Liu, Lai and Prakash, "Coverage-centric coreset selection for high
       pruning rates", ICLR 2023.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import HardSampleSelector
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(tol=0.01, random_state=0)
    >>> selector = HardSampleSelector(net, keep_fraction=0.4, random_state=0)
    >>> X_kept, y_kept = selector.fit_resample(X, y)
    >>> X_kept.shape
    (60, 4)
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "estimator": [HasMethods(["fit"])],
        "by": [StrOptions({*RANKINGS, "random"})],
        "keep_fraction": [Interval(Real, 0, 1, closed="right")],
        "strategy": [StrOptions(set(SELECTION_STRATEGIES))],
        "drop_hardest": [Interval(Real, 0, 1, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator,
        *,
        by="difficulty",
        keep_fraction=0.5,
        strategy="stratified",
        drop_hardest=0.0,
        random_state=None,
    ) -> None:
        self.estimator = estimator
        self.by = by
        self.keep_fraction = keep_fraction
        self.strategy = strategy
        self.drop_hardest = drop_hardest
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        if not hasattr(self.estimator, "__sklearn_tags__"):
            return tags  # `fit` says what is wrong with it
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        tags.target_tags = inner.target_tags
        return tags

    def get_metadata_routing(self):
        """Return who gets the metadata of `fit`.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
            Routes `fit` to that of the estimator.
        """
        return fit_router(self, estimator=self.estimator)

    @unchanged_on_error
    def fit(self, X, y, **fit_params):
        """Score the rows and select some of them.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes or targets of the rows.
        **fit_params : dict
            What else the estimator's `fit` takes, for instance `sample_weight`.
            With scikit-learn's metadata routing it gets what it requests by
            `set_fit_request`.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        TypeError
            If the estimator is none that takes notes of its training samples.
        """
        self._validate_params()
        X, y = indexable(sound(X), sound(y, "y"))
        rng = check_random_state(self.random_state)
        self.estimator_ = None
        if self.by == "random":
            self._check(X, y)
            self.scores_ = rng.uniform(size=len(np.asarray(y)))
        else:
            if not hasattr(self.estimator, "record"):
                raise TypeError(
                    "estimator must be a network, which has the parameter `record`, "
                    f"to rank rows by {self.by!r}; got {self.estimator!r} instead."
                )
            # The estimator looks at the values, and says what is wrong with them.
            validate_data(self, X, skip_check_array=True)
            self.estimator_ = clone(self.estimator)
            if self.estimator_.record is None:
                self.estimator_.set_params(record="presentation")
            given = routed(self, **fit_params)
            self.estimator_.fit(X, y, **given.estimator.fit)
            name, sign = RANKINGS[self.by]
            scores = difficulty_report(self.estimator_)[name].to_numpy()
            self.scores_ = sign * scores
        strategy = "hardest" if self.by == "random" else self.strategy
        self.sample_indices_ = select(
            self.scores_, self.keep_fraction, strategy, self.drop_hardest, rng
        )
        return self

    def _check(self, X, y):
        """Refuse what the estimator would, which is not fitted to chance."""
        tags = get_tags(self).input_tags
        validate_data(
            self,
            X,
            y,
            accept_sparse=tags.sparse,
            ensure_all_finite="allow-nan" if tags.allow_nan else True,
            multi_output=True,
        )

    def get_support(self):
        """Return which rows are selected.

        Returns
        -------
        ndarray of bool, shape (n_samples,)
            True for the selected rows.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the selector is not fitted.
        """
        check_is_fitted(self, "sample_indices_")
        support = np.zeros(self.scores_.size, dtype=bool)
        support[self.sample_indices_] = True
        return support

    @unchanged_on_error
    def fit_resample(self, X, y, **fit_params):
        """Fit and return the selected rows, as imbalanced-learn's pipelines expect.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes or targets of the rows.
        **fit_params : dict
            As in `fit`.

        Returns
        -------
        X, y : of the types given
            The selected rows, in their order.
        """
        rows = self.fit(X, y, **fit_params).sample_indices_
        X, y = indexable(sound(X), sound(y, "y"))
        return _safe_indexing(X, rows), _safe_indexing(y, rows)
