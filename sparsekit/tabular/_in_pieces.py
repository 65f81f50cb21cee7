"""Learning in pieces: each call trains every member for an epoch."""

from copy import deepcopy

from joblib import Parallel, delayed
from sklearn.utils.metaestimators import available_if

from sparsekit._utils._estimators import unchanged_on_error
from sparsekit._utils._sklearn_compat import _fit_context


def members_learn(estimator):
    """Tell whether there is `partial_fit`, as the networks do."""
    if getattr(estimator, "strategy", None) == "cyclic":
        raise AttributeError(
            "partial_fit trains members apart from each other: it takes "
            "strategy='independent', got 'cyclic', whose members are one network at "
            "several times."
        )
    return hasattr(estimator._prototype(), "partial_fit")


class ClassesInPieces:
    """Gives classifiers with members `partial_fit`."""

    @available_if(members_learn)
    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train every member for one epoch on some rows.

        The first call makes the members; where a table is encoded, it learns the
        encoder from its rows, which should be a fair sample, and takes the first of the
        settings. Calls after `fit` go on from what it made.

        Parameters
        ----------
        X : {DataFrame, array-like} of shape (n_samples, n_features)
            Rows, as in `fit`.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Classes of the rows.
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever come; needed in the first call.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            For input that does not fit, and with ``early_stopping=True``. Nothing has
            changed then.
        AttributeError
            For an ensemble with ``strategy="cyclic"``.
        """
        given = {} if classes is None else {"classes": classes}
        return self._partial_fit(X, y, sample_weight, given)


class TargetsInPieces:
    """Gives regressors with members `partial_fit`."""

    @available_if(members_learn)
    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def partial_fit(self, X, y, sample_weight=None):
        """Train every member for one epoch on some rows.

        The first call makes the members; where a table is encoded, it learns the
        encoder from its rows, which should be a fair sample, and takes the first of the
        settings. Calls after `fit` go on from what it made.

        Parameters
        ----------
        X : {DataFrame, array-like} of shape (n_samples, n_features)
            Rows, as in `fit`.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets of the rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            For input that does not fit, and with ``early_stopping=True``. Nothing has
            changed then.
        AttributeError
            For an ensemble with ``strategy="cyclic"``.
        """
        return self._partial_fit(X, y, sample_weight, {})


def trained_on(members, X, y, given, n_jobs, parameters=None):
    """Return copies of members, with other `parameters`, after an epoch on some rows.

    Copies, so that all of them have learned or none has.
    """
    copies = [deepcopy(member).set_params(**(parameters or {})) for member in members]
    return Parallel(n_jobs=n_jobs)(
        delayed(_partially_fitted)(member, X, y, given) for member in copies
    )


def _partially_fitted(member, X, y, given):
    return member.partial_fit(X, y, **given)
