"""What selectors of features by a network share."""

from abc import ABCMeta, abstractmethod
from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import UNUSED
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
    RealNotInt,
    _fit_context,
)


class BaseNetworkSelector(
    DocLinkMixin,
    SelectorMixin,
    MetaEstimatorMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """Base class of selectors that train a network and rank its inputs."""

    _parameter_constraints: ClassVar[dict] = {
        "estimator": [HasMethods(["fit"])],
        "n_features_to_select": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
            None,
        ],
    }

    def __init__(self, estimator, n_features_to_select=None) -> None:
        self.estimator = estimator
        self.n_features_to_select = n_features_to_select

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags.allow_nan = inner.input_tags.allow_nan
        tags.input_tags.sparse = inner.input_tags.sparse
        tags.target_tags.required = inner.target_tags.required
        return tags

    # Only handed on: what is requested, the estimator says.
    __metadata_request__fit: ClassVar[dict] = {"sample_weight": UNUSED}

    def get_metadata_routing(self):
        """Return who gets the metadata of `fit`.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
            Routes `fit` to that of the estimator.
        """
        return fit_router(self, estimator=self.estimator)

    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None, sample_weight=None, **fit_params):
        """Train the estimator and select.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        y : array-like, default=None
            What the estimator takes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.
        **fit_params : dict
            What else the estimator's `fit` takes, for instance `X_val` and `y_val`.
            With scikit-learn's metadata routing it gets what it requests by
            `set_fit_request`.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            If more features are to be selected than there are.
        TypeError or AttributeError
            If the estimator is not one that this selector can rank features by.
        """
        validate_data(self, X, skip_check_array=True)
        given = routed(self, sample_weight=sample_weight, **fit_params).estimator.fit
        # An X without columns is refused by the estimator.
        count = self._count() if hasattr(self, "n_features_in_") else 1
        self.estimator_, self.strengths_ = self._trained(X, y, given, count)
        strongest = np.argsort(-self.strengths_, kind="stable")[:count]
        self.support_ = np.zeros(self.n_features_in_, dtype=bool)
        self.support_[strongest] = True
        self.n_features_ = count
        return self

    @abstractmethod
    def _trained(self, X, y, given, count):
        """Return a trained clone of the estimator, and the strength of each feature."""

    def transform(self, X):
        """Return the selected features.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_selected)
            These columns of X.
        """
        return super().transform(sound(X))

    def inverse_transform(self, X):
        """Put the selected features back among columns of zeros.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_selected)
            What `transform` returns.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features)
            Zero in the columns that were not selected.
        """
        return super().inverse_transform(sound(X))

    def _count(self):
        wanted, n_features = self.n_features_to_select, self.n_features_in_
        if wanted is None:
            return max(1, n_features // 2)
        if not isinstance(wanted, Integral):
            return max(1, int(wanted * n_features))
        if wanted > n_features:
            raise ValueError(
                f"n_features_to_select={wanted} is more than the {n_features} features "
                "of X."
            )
        return int(wanted)

    def _get_support_mask(self):
        check_is_fitted(self)
        return self.support_
