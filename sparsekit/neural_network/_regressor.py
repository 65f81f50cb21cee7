"""Regression: scaled targets, squared error."""

from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.metaestimators import available_if

from sparsekit._magnitudes import (
    LARGE_CONSTANT,
    LARGEST,
    TINIEST,
    in_units,
    scaled_back,
    units_of,
)
from sparsekit._sklearn_compat import _fit_context
from sparsekit._unchanged import unchanged_on_error
from sparsekit.network import value_targets
from sparsekit.neural_network._base import BaseSparseMLP
from sparsekit.neural_network._checks import learns_in_pieces


class BaseSparseMLPRegressor(MultiOutputMixin, RegressorMixin, BaseSparseMLP):
    """Base of the regressors."""

    @available_if(learns_in_pieces)
    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None, sample_ids=None):
        """Train for one epoch on some rows, going on from the present network.

        From the second call on, an estimator that rewires does so first. Location and
        scale of the target are those of the first call. The learning rate is
        `learning_rate_init` in every call; only "invscaling", which counts samples,
        goes on. Of what grows with every call, the last 250 calls are kept:
        `loss_curve_`, `history_` and `rewiring_history_` end at the present one;
        `n_iter_`, `t_` and `best_loss_` are of all calls.

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
        MemoryError
            If the connections take more memory than there is; it says how much.
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
            unit = units_of(y)
            y = in_units(y, unit)
            mean = np.average(y, axis=0, weights=sample_weight)
            spread = np.average((y - mean) ** 2, axis=0, weights=sample_weight)
            # What is left of the variance of a constant target is rounding.
            rounding = (np.finfo(np.float64).eps * mean) ** 2
            with np.errstate(over="ignore"):
                scale = np.minimum(np.sqrt(spread) * unit, LARGEST)
                self._target_shift = np.clip(mean * unit, -LARGEST, LARGEST)
            varies = (spread > rounding) & (scale >= TINIEST)
            # Rounding in the mean of a large constant must not look like an error.
            constant = np.maximum(np.abs(self._target_shift) / LARGE_CONSTANT, 1.0)
            self._target_scale = np.where(varies, scale, constant)

    def _scaled(self, y, sample_weight=None):
        if y.shape[1] != self.n_outputs_:
            raise ValueError(
                f"y has {y.shape[1]} outputs; it must have the {self.n_outputs_} of "
                "the first call."
            )
        # By halves: the distance of two numbers may be twice the largest of all.
        with np.errstate(over="ignore"):
            halves = (0.5 * y - 0.5 * self._target_shift) / self._target_scale
            targets = value_targets(2.0 * halves, sample_weight, self.dtype)
        beyond = ~np.isfinite(targets.values)
        if beyond.any():
            row, column = np.unravel_index(beyond.argmax(), beyond.shape)
            raise ValueError(
                f"y has the value {y[row, column]:.6g} in row {row}, output {column}; "
                f"divided by the scale {self._target_scale[column]:.6g} it lies beyond "
                f"the numbers of dtype={self.dtype!r}. Rescale y, or fit with "
                "standardize=True or dtype='float64'."
            )
        return targets

    def _encode_held_out(self, y):
        return self._scaled(_columns(y))

    def _score_outputs(self, outputs, targets):
        weight = targets.sample_weight if targets.sample_weight.size else None
        with np.errstate(over="ignore", invalid="ignore"):
            return r2_score(targets.values, outputs, sample_weight=weight)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the coefficient of determination, R2, of predictions.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets of the rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        float
            R2, the mean over the outputs; at most 1.
        """
        predicted, y = _columns(self.predict(X)), _columns(y)
        # R2 knows no units, and numbers of any size have squares in their own.
        units = units_of(y)
        with np.errstate(over="ignore"):
            return r2_score(
                in_units(y, units),
                in_units(predicted, units),
                sample_weight=sample_weight,
            )

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

        Raises
        ------
        ValueError
            For input that does not fit, and for a row so far from all training rows
            that what is predicted is beyond all numbers.

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
