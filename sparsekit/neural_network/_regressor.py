"""Regression: scaled targets, losses, predictions in their units."""

from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.metaestimators import available_if

from sparsekit._utils._estimators import unchanged_on_error
from sparsekit._utils._exact_moments import ExactMoments
from sparsekit._utils._magnitudes import (
    LARGE_CONSTANT,
    LARGEST,
    TINIEST,
    from_logarithms,
    in_units,
    scaled_back,
    units_of,
)
from sparsekit._utils._sklearn_compat import _fit_context
from sparsekit.network import LOSSES, OF_LOGARITHMS, value_targets
from sparsekit.neural_network._base import BaseSparseMLP
from sparsekit.neural_network._checks import check_one_kind, learns_in_pieces


class BaseSparseMLPRegressor(MultiOutputMixin, RegressorMixin, BaseSparseMLP):
    """Base of the regressors."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = self.loss in OF_LOGARITHMS
        return tags

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
            self.out_activation_ = self._wanted_activation()
            self.n_outputs_ = y.shape[1]
            self._learn_target(y, sample_weight)
        return self._scaled(y, sample_weight)

    def _wanted_activation(self):
        return "exp" if self.loss in OF_LOGARITHMS else "identity"

    def _check_loss(self):
        """Refuse a loss without its level, or of outputs of another meaning."""
        if self.loss == "quantile" and self.quantile is None:
            raise ValueError(
                "loss='quantile' needs the level to estimate, in (0, 1): "
                "quantile=0.9 for instance; got quantile=None."
            )
        if self._wanted_activation() != self.out_activation_:
            raise ValueError(
                f"loss={self.loss!r} does not describe the fitted network, whose "
                f"outputs have the activation {self.out_activation_!r}; this loss "
                f"needs {self._wanted_activation()!r}."
            )

    def _loss(self):
        loss = LOSSES[self.loss]
        if self.loss == "quantile":
            loss = loss._replace(level=float(self.quantile))
        return loss

    def _learn_target(self, y, sample_weight):
        if self.loss in OF_LOGARITHMS:
            self._refuse_not_positive(y)
        unit = units_of(y)
        y = in_units(y, unit)
        mean = np.average(y, axis=0, weights=sample_weight)
        spread = np.average((y - mean) ** 2, axis=0, weights=sample_weight)
        self._learn_scale(mean, spread, unit)

    def _learn_scale(self, mean, spread, unit):
        """Learn location and scale from mean and variance of targets in their units."""
        self._target_shift = np.zeros(mean.size)
        self._target_scale = np.ones(mean.size)
        if self.loss in OF_LOGARITHMS:
            mean = mean * unit
            if not (mean > 0).all():
                raise ValueError(
                    f"loss={self.loss!r} needs targets of a positive sum; the mean of "
                    f"output {(mean > 0).argmin()} of y is 0."
                )
            if self.standardize:
                self._target_scale = np.clip(mean, TINIEST, LARGEST)
        elif self.standardize:
            # What is left of the variance of a constant target is rounding.
            rounding = (np.finfo(np.float64).eps * mean) ** 2
            with np.errstate(over="ignore"):
                scale = np.minimum(np.sqrt(spread) * unit, LARGEST)
                self._target_shift = np.clip(mean * unit, -LARGEST, LARGEST)
            varies = (spread > rounding) & (scale >= TINIEST)
            # Rounding in the mean of a large constant must not look like an error.
            constant = np.maximum(np.abs(self._target_shift) / LARGE_CONSTANT, 1.0)
            self._target_scale = np.where(varies, scale, constant)

    def _facts_of_targets(self, y):
        if self.loss in OF_LOGARITHMS:
            self._refuse_not_positive(_columns(y))
        columns = _columns(y)
        moments = ExactMoments(columns.shape[1]).add(columns)
        return {"kind": y.shape[1:], "moments": moments}

    def _learn_targets(self, facts):
        check_one_kind(facts)
        moments = ExactMoments(facts[0]["moments"].n_missing.size)
        for one in facts:
            moments.merge(one["moments"])
        found = moments.moments()
        self._flat = facts[0]["kind"] == ()
        self.out_activation_ = self._wanted_activation()
        self.n_outputs_ = found["mean"].size
        self._learn_scale(found["mean"], found["var"], found["unit"])

    def _scaled(self, y, sample_weight=None):
        self._check_loss()
        if y.shape[1] != self.n_outputs_:
            raise ValueError(
                f"y has {y.shape[1]} outputs; it must have the {self.n_outputs_} of "
                "the first call."
            )
        if self.out_activation_ == "exp":
            self._refuse_not_positive(y)
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
        if self.loss == "gamma":
            self._refuse_not_positive(targets.values, y)
        return targets

    def _refuse_not_positive(self, values, y=None):
        """Raise for values, which stand for `y`, whose logarithm is no mean's."""
        below = values <= 0 if self.loss == "gamma" else values < 0
        if not below.any():
            return
        row, column = np.unravel_index(below.argmax(), below.shape)
        what = f"y has the value {values[row, column]:.6g}"
        if y is not None:
            what = (
                f"y has the value {y[row, column]:.6g}, which is 0 in dtype="
                f"{self.dtype!r} once divided by {self._target_scale[column]:.6g},"
            )
        needed = "above 0" if self.loss == "gamma" else "at least 0"
        raise ValueError(
            f"{what} in row {row}, output {column}; with loss={self.loss!r} targets "
            f"must be {needed}."
        )

    def _validate_params(self):
        if isinstance(self.hidden_layer_sizes, str):
            raise ValueError(
                "hidden_layer_sizes, the first parameter, must be an integer or a "
                f"sequence of integers, got {self.hidden_layer_sizes!r}. Other than in "
                "scikit-learn's MLPRegressor, loss is keyword only: give it as "
                "loss='poisson' for instance."
            )
        super()._validate_params()

    def _encode_held_out(self, y):
        return self._scaled(_columns(y))

    def _score_outputs(self, outputs, targets):
        weight = targets.sample_weight if targets.sample_weight.size else None
        with np.errstate(over="ignore", invalid="ignore"):
            if self.out_activation_ == "exp":
                outputs = np.exp(outputs)
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
            In the units of `y`, with as many dimensions: means, medians or quantiles,
            by `loss`.

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
        if self.out_activation_ == "exp":
            values = from_logarithms(outputs, self._target_scale)
        else:
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
