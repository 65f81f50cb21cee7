"""Selection of features by what a sparse network keeps connected to."""

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
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


class QuickSelector(DocLinkMixin, SelectorMixin, MetaEstimatorMixin, BaseEstimator):
    """Select the features that a sparse network reads most strongly.

    A network that rewires itself moves its connections to the inputs that help. The
    strength of an input is the sum of the absolute weights of its connections, and the
    strongest are selected (QuickSelection [1]_). One network is trained, whatever the
    number of features.

    Parameters
    ----------
    estimator : object
        A network of sparsekit, or any estimator that has `feature_importances_` once it
        is fitted. It is cloned.
    n_features_to_select : int, float in (0, 1] or None, default=None
        Number or share of the features. None means half, rounded down, but at least 1.

    Attributes
    ----------
    estimator_ : object
        The fitted estimator.
    strengths_ : ndarray of shape (n_features,)
        Its `feature_importances_`.
    support_ : ndarray of bool, shape (n_features,)
        Which features are selected; of equally strong ones the first.
    n_features_ : int
        Number of selected features.
    n_features_in_ : int
        Number of features seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, where all of them are strings.

    See Also
    --------
    sklearn.feature_selection.SelectFromModel : Selects by a threshold.

    Notes
    -----
    The paper trains a denoising autoencoder, which needs no labels; here the network
    learns `y`, and selects what `y` depends on. Weights compare where features have one
    scale, so leave the network's ``standardize=True``; a larger `alpha` takes the
    weights of useless features nearer to zero.

    References
    ----------
    .. [1] Atashgahi, Sokar, van der Lee, Mocanu, Mocanu, Veldhuis and Pechenizkiy,
       "Quick and robust feature selection: the strength of energy-efficient sparse
       training for autoencoders", Machine Learning 111, 2022 (arXiv 2012.00560).

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import QuickSelector
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 50))
    >>> y = X[:, 3] + X[:, 7] > 0
    >>> net = SETMLPClassifier(alpha=1.0, batch_size=20, random_state=0)
    >>> net = net.set_params(early_stopping=True, n_iter_no_change=10)
    >>> selector = QuickSelector(net, 2).fit(X, y)
    >>> selector.get_support(indices=True)
    array([3, 7])
    """

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
        AttributeError
            If the fitted estimator has no `feature_importances_`.
        """
        validate_data(self, X, skip_check_array=True)
        given = routed(self, sample_weight=sample_weight, **fit_params).estimator.fit
        self.estimator_ = clone(self.estimator).fit(X, y, **given)
        self.strengths_ = np.asarray(self.estimator_.feature_importances_)
        self.n_features_in_ = self.strengths_.size
        count = self._count()
        strongest = np.argsort(-self.strengths_, kind="stable")[:count]
        self.support_ = np.zeros(self.n_features_in_, dtype=bool)
        self.support_[strongest] = True
        self.n_features_ = count
        return self

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
