"""Regression: scaled targets, squared error."""

from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.metaestimators import available_if

from sparsekit._layout import scaled_back
from sparsekit._sklearn_compat import _fit_context
from sparsekit.network import value_targets
from sparsekit.neural_network._base import BaseSparseMLP
from sparsekit.neural_network._checks import learns_in_pieces


class BaseSparseMLPRegressor(MultiOutputMixin, RegressorMixin, BaseSparseMLP):
    """Base of the regressors."""

    @available_if(learns_in_pieces)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None, sample_ids=None):
        """Train for one epoch on some rows, going on from the present network.

        From the second call on, an estimator that rewires does so first. Location and
        scale of the target are those of the first call. The learning rate is
        `learning_rate_init` in every call; only "invscaling", which counts samples,
        goes on.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets of the rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.
        sample_ids : array-like of shape (n_samples,), default=None
            Identities of the samples, integers or strings, no two alike; None for a row
            without one. With them what `record` notes goes on from call to call:
            `record_` is about all samples with an identity so far, in the order in
            which they first came, and its ``index`` holds the identities. They change
            nothing in training.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            For input that does not fit, before anything is trained.
        """
        return self._partial_fit(X, y, sample_weight, sample_ids)

    def _encode(self, y, sample_weight, first, classes=None, partial=False):
        flat, y = y.ndim == 1, _columns(y)
        if first:
            self._flat = flat
            self.out_activation_ = "identity"
            self.n_outputs_ = y.shape[1]
            self._learn_target(y, sample_weight)
        return self._scaled(y, sample_weight)

    def _learn_target(self, y, sample_weight):
        self._target_shift = np.zeros(y.shape[1])
        self._target_scale = np.ones(y.shape[1])
        if self.standardize:
            self._target_shift = np.average(y, axis=0, weights=sample_weight)
            # What cannot be squared has no spread that could be told.
            with np.errstate(over="ignore"):
                spread = np.average(
                    (y - self._target_shift) ** 2, axis=0, weights=sample_weight
                )
                # What is left of the variance of a constant target is rounding.
                rounding = (np.finfo(np.float64).eps * self._target_shift) ** 2
            varies = (spread > rounding) & np.isfinite(spread)
            self._target_scale = np.where(varies, np.sqrt(spread), 1.0)

    def _scaled(self, y, sample_weight=None):
        if y.shape[1] != self.n_outputs_:
            raise ValueError(
                f"y has {y.shape[1]} outputs; it must have the {self.n_outputs_} of "
                "the first call."
            )
        scaled = (y - self._target_shift) / self._target_scale
        return value_targets(scaled, sample_weight, self.dtype)

    def _encode_held_out(self, y):
        return self._scaled(_columns(y))

    def _score_outputs(self, outputs, targets):
        weight = targets.sample_weight if targets.sample_weight.size else None
        # A network that diverges gets here before its loss is found infinite.
        if not np.isfinite(outputs).all():
            return np.nan
        with np.errstate(over="ignore", invalid="ignore"):
            return r2_score(targets.values, outputs, sample_weight=weight)

    def predict(self, X: Any) -> np.ndarray:
        """Predict the targets of samples.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            In the units of `y`, with as many dimensions.

        Notes
        -----
        Single precision where X and the weights have it, unless targets are too large
        or too small for it.
        """
        outputs = self._raw_outputs(X)
        values = scaled_back(outputs, self._target_shift, self._target_scale)
        return values[:, 0] if self._flat else values


def _columns(y):
    """Return `y` with one column per output."""
    if issparse(y):
        raise TypeError("A sparse y is not supported in regression; give an array.")
    y = np.asarray(y)
    try:
        y = y.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"y of a regression must be numbers: {error}. For classes, there is a "
            "classifier of the same kind."
        ) from error
    return y[:, np.newaxis] if y.ndim == 1 else y
