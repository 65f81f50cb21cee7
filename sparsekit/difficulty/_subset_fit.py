"""Estimators that train on the rows that a selector keeps."""

from typing import ClassVar

from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    RegressorMixin,
    clone,
)
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import UNUSED
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sparsekit._utils._estimators import (
    DocLinkMixin,
    fit_router,
    routed,
    unchanged_on_error,
)
from sparsekit._utils._sklearn_compat import (
    HasMethods,
    _check_method_params,
    _check_sample_weight,
    _estimator_has,
)

# Metadata that is not about the rows of X, though it may have as many.
_OTHER_ROWS = {"X_val", "y_val"}


class _SubsetFit(DocLinkMixin, MetaEstimatorMixin, BaseEstimator):
    """What the two estimators share."""

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "estimator": [HasMethods(["fit", "predict"])],
        "selector": [HasMethods(["fit_resample"])],
    }

    def __init__(self, estimator, selector) -> None:
        self.estimator = estimator
        self.selector = selector

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        tags.target_tags = inner.target_tags
        tags.classifier_tags = inner.classifier_tags
        tags.regressor_tags = inner.regressor_tags
        return tags

    # Only handed on: what is requested, the inner estimators say.
    __metadata_request__fit: ClassVar[dict] = {"sample_weight": UNUSED}

    def get_metadata_routing(self):
        """Return who gets the metadata of `fit`.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
            Routes `fit` to those of the estimator and of the selector.
        """
        return fit_router(self, estimator=self.estimator, selector=self.selector)

    @unchanged_on_error
    def fit(self, X, y, sample_weight=None, **fit_params):
        """Select rows and fit the estimator to them.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        y : array-like of shape (n_samples,)
            Classes or targets of the rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples; those of the kept rows go to the estimator.
        **fit_params : dict
            What else the estimator's `fit` takes; of what has as many rows as X, it
            gets the kept ones. `X_val` and `y_val` are rows of their own, which it gets
            all. With scikit-learn's metadata routing both the estimator and the
            selector get what they request by `set_fit_request`.

        Returns
        -------
        self : object
            The estimator itself.
        """
        self._validate_params()
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X)
        given = routed(self, sample_weight=sample_weight, **fit_params)
        self.selector_ = clone(self.selector)
        kept = self.selector_.fit_resample(X, y, **given.selector.fit)
        rows = self.selector_.sample_indices_
        mine = given.estimator.fit
        whole = {name: mine[name] for name in mine if name in _OTHER_ROWS}
        mine = _check_method_params(X, mine, rows) | whole
        self.estimator_ = clone(self.estimator).fit(*kept, **mine)
        return self

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimator_")

    @property
    def sample_indices_(self):
        """Rows that the estimator was fitted to."""
        return self.selector_.sample_indices_

    @property
    def n_features_in_(self):
        """Number of features seen in `fit`."""
        return self.estimator_.n_features_in_

    @property
    def feature_names_in_(self):
        """Names of the features seen in `fit`, where all of them are texts."""
        return self.estimator_.feature_names_in_

    def predict(self, X):
        """Predict with the fitted estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples,)
            What is predicted for each row.
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)


class SubsetFitClassifier(ClassifierMixin, _SubsetFit):
    """Classifier that is fitted to the rows that a selector keeps.

    scikit-learn's pipelines have no steps that drop rows; this meta-estimator does in
    them what `fit_resample` does in the pipelines of imbalanced-learn.

    Parameters
    ----------
    estimator : classifier
        A clone is fitted.
    selector : object with `fit_resample` and `sample_indices_`
        For instance a :class:`HardSampleSelector`; a clone is fitted.

    Attributes
    ----------
    estimator_ : classifier
    selector_ : object
    sample_indices_ : ndarray of int
        Rows that the classifier was fitted to.
    classes_ : ndarray
        Classes among these rows.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import HardSampleSelector, SubsetFitClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(tol=0.01, random_state=0)
    >>> selector = HardSampleSelector(net, keep_fraction=0.4, random_state=0)
    >>> forest = SubsetFitClassifier(RandomForestClassifier(random_state=0), selector)
    >>> bool(forest.fit(X, y).score(X, y) > 0.9)
    True
    """

    @property
    def classes_(self):
        """Classes among the rows that the classifier was fitted to."""
        return self.estimator_.classes_

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X):
        """Estimate probabilities with the fitted classifier.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, with a column for each of `classes_`.
        """
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X):
        """Return the decision function of the fitted classifier.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            Values that rise with the probability of a class.
        """
        check_is_fitted(self)
        return self.estimator_.decision_function(X)


class SubsetFitRegressor(RegressorMixin, _SubsetFit):
    """Regressor that is fitted to the rows that a selector keeps.

    Parameters
    ----------
    estimator : regressor
        A clone is fitted.
    selector : object with `fit_resample` and `sample_indices_`
        For instance a :class:`HardSampleSelector`; a clone is fitted.

    Attributes
    ----------
    estimator_ : regressor
    selector_ : object
    sample_indices_ : ndarray of int
        Rows that the regressor was fitted to.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from sparsekit import SETMLPRegressor
    >>> from sparsekit.difficulty import HardSampleSelector, SubsetFitRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> net = SETMLPRegressor(early_stopping=True, random_state=0)
    >>> selector = HardSampleSelector(net, keep_fraction=0.5, random_state=0)
    >>> len(SubsetFitRegressor(Ridge(), selector).fit(X, y).sample_indices_)
    221
    """
