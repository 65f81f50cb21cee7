"""Sparse networks for whole tables: encoding, choosing a setting, fitting members."""

from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.metrics import check_scoring
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.utils import check_random_state

from sparsekit._sklearn_compat import (
    HasMethods,
    Interval,
    StrOptions,
    _check_sample_weight,
    _fit_context,
)
from sparsekit._unchanged import unchanged_on_error
from sparsekit.tabular._columns import checked_frame
from sparsekit.tabular._importance import MAX_ROWS, sensitivity_shares
from sparsekit.tabular._in_pieces import trained_on
from sparsekit.tabular._piecewise import PiecewiseLinearEncoder
from sparsekit.tabular._settings import (
    BATCH_SIZE,
    HELD_OUT,
    MAX_ITER,
    MIN_HELD_OUT,
    SETTINGS,
)
from sparsekit.tabular._table_encoder import TableEncoder
from sparsekit.tabular._tasks import fitted_in_tasks

_AUTO = StrOptions({"auto"})
_COUNT = Interval(Integral, 1, None, closed="left")


class BaseSparseTabular(BaseEstimator):
    """Base of the estimators for tables; not for direct use."""

    _parameter_constraints: ClassVar[dict] = {
        "n_members": [_COUNT],
        "sparsity": [_AUTO, Interval(Real, 0, 1, closed="left")],
        "hidden_layer_sizes": [_AUTO, _COUNT, "array-like"],
        "encoding": [
            StrOptions({"piecewise", "standard"}),
            HasMethods(["fit", "transform"]),
        ],
        "categorical_features": [StrOptions({"from_dtype"}), "array-like"],
        "max_categories": [_COUNT],
        "max_iter": [_AUTO, _COUNT],
        "batch_size": [_AUTO, _COUNT],
        "learning_rate_init": [_AUTO, Interval(Real, 0, None, closed="neither")],
        "dropout": [_AUTO, Interval(Real, 0, 1, closed="left")],
        "method": [str],
        "early_stopping": [_AUTO, "boolean"],
        "scoring": [str, callable, None],
        "network": [HasMethods(["fit", "predict"]), None],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "BaseSparseTabular":
        """Encode a table, choose a setting, and fit the members.

        Parameters
        ----------
        X : {DataFrame, array-like} of shape (n_samples, n_features)
            A table of pandas or polars, or numbers; NaN, None, NaT or ``pandas.NA``
            where a value is missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            For a column that cannot be read, with its name, and for targets and weights
            that the networks refuse.

        Notes
        -----
        Time: O(n_members * max_iter * n_samples * connections), and four fifths of the
        time of one network for each setting that is tried.
        """
        frame, y, sample_weight = self._checked_rows(X, y, sample_weight, reset=True)
        rng = check_random_state(self.random_state)
        seeds = rng.randint(np.iinfo(np.int32).max, size=self.n_members + 1)
        read = self._reader().fit(frame, y)
        values = np.asarray(read.transform(frame))
        settings = self._settings()
        split = self._held_out_rows(y, settings, int(seeds[-1]))
        n_tried = 0 if split is None else len(settings)
        context = self._init_callback_context(max_subtasks=n_tried + self.n_members)
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        seed = int(seeds[-1])
        setting = self._chosen(settings, split, values, y, sample_weight, seed, context)
        steps, self.members_ = self._fitted(
            setting, values, y, sample_weight, seeds[: self.n_members], context
        )
        self.encoder_ = make_pipeline(read, *steps)
        self.setting_ = setting.name
        self._learn_target()
        self.feature_importances_ = self._importances(values, rng)
        context.call_on_fit_task_end(
            estimator=self, reconstruction_attributes={}, X=X, y=y
        )
        return self

    def _partial_fit(self, X, y, sample_weight, given):
        """Train every member for an epoch, see `partial_fit`."""
        first = not hasattr(self, "members_")
        frame, y, sample_weight = self._checked_rows(X, y, sample_weight, reset=first)
        rng = check_random_state(self.random_state)
        if first:
            seeds = rng.randint(np.iinfo(np.int32).max, size=self.n_members + 1)
            setting = self._settings()[0]
            read = self._reader().fit(frame, y)
            steps, _ = self._bins(setting, np.asarray(read.transform(frame)), y)
            members = [self._network(setting, seed) for seed in seeds[:-1].tolist()]
            self.encoder_ = make_pipeline(read, *steps)
            self.setting_, self.held_out_scores_ = setting.name, {}
        else:
            members = self.members_
        if sample_weight is not None:
            given = given | {"sample_weight": sample_weight}
        values = np.asarray(self.encoder_[0].transform(frame))
        inputs = self._binned(values)
        # Nobody chose a batch that is larger than a chunk.
        rows = min(BATCH_SIZE, len(frame))
        batch = {"batch_size": rows} if self.batch_size == "auto" else {}
        self.members_ = trained_on(members, inputs, y, given, self.n_jobs, batch)
        self._learn_target()
        self.feature_importances_ = self._importances(values, rng)
        return self

    def _checked_rows(self, X, y, sample_weight, reset):
        frame = checked_frame(self, X, reset=reset)
        y = self._checked_target(y, len(frame))
        if sample_weight is not None:
            sample_weight = _check_sample_weight(
                sample_weight, frame, dtype=np.float64, ensure_non_negative=True
            )
        return frame, y, sample_weight

    def _learn_target(self):
        """Take over from the members what is known about the target."""

    def _reader(self):
        """Return what makes numbers of a table."""
        if not isinstance(self.encoding, str):
            return clone(self.encoding)
        return TableEncoder(
            categorical_features=self.categorical_features,
            max_categories=self.max_categories,
        )

    def _settings(self):
        """Return the settings to choose between: those that parameters leave open."""
        fixed = {
            name: value
            for name in ("hidden_layer_sizes", "dropout", "learning_rate_init")
            if not isinstance(value := getattr(self, name), str)
        }
        if "hidden_layer_sizes" in fixed:
            fixed["hidden_layer_sizes"] = tuple(np.ravel(fixed["hidden_layer_sizes"]))
        if self.encoding != "piecewise":
            fixed |= {"strategy": None, "n_bins": 0}
        settings = [replace(setting, **fixed) for setting in SETTINGS]
        # Settings that differ in their names only are one.
        distinct = {replace(s, name=""): s for s in reversed(settings)}
        return list(distinct.values())[::-1]

    def _held_out_rows(self, y, settings, seed):
        """Return the rows to choose a setting by, and the others; or None."""
        n_held_out = int(HELD_OUT * len(y))
        if (
            len(settings) == 1
            or self.early_stopping is False
            or n_held_out < MIN_HELD_OUT
        ):
            return None
        return train_test_split(
            np.arange(len(y)),
            test_size=n_held_out,
            random_state=seed,
            stratify=self._strata(y),
        )

    def _chosen(self, settings, split, values, y, sample_weight, seed, context):
        """Return the setting whose network predicts rows best that it did not see."""
        self.held_out_scores_ = {}
        if split is None:
            return settings[0]
        rows, held_out = split
        weights = [
            None if sample_weight is None else sample_weight[part] for part in split
        ]
        score = self._scorer()
        for setting in settings:
            steps, members = self._fitted(
                setting, values[rows], y[rows], weights[0], [seed], context, "setting"
            )
            model = make_pipeline(*steps, *members)
            of_weights = {} if weights[1] is None else {"sample_weight": weights[1]}
            self.held_out_scores_[setting.name] = float(
                score(model, values[held_out], y[held_out], **of_weights)
            )
        best = int(np.argmax(list(self.held_out_scores_.values())))
        return settings[best]

    def _scorer(self):
        default = self._default_scoring
        return check_scoring(self, default if self.scoring is None else self.scoring)

    def _fitted(self, setting, values, y, sample_weight, seeds, context, task="member"):
        """Return fitted steps that make bins, and a fitted network for each seed."""
        steps, values = self._bins(setting, values, y)
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        networks = [self._network(setting, int(seed)) for seed in seeds]
        return steps, fitted_in_tasks(self, context, task, networks, values, y, weights)

    def _bins(self, setting, values, y):
        """Return fitted steps that make bins, and what they make of values."""
        if setting.strategy is None:
            return [], values
        encoder = PiecewiseLinearEncoder(
            setting.n_bins, strategy=setting.strategy, target_type=self._target_type
        )
        values = encoder.fit_transform(values, y)
        return [encoder], values

    def _prototype(self):
        """Return the network that members are made like."""
        return self._default_network() if self.network is None else self.network

    def _network(self, setting, seed):
        """Return a network to fit."""
        network = clone(self._prototype())
        given = {
            "hidden_layer_sizes": setting.hidden_layer_sizes,
            "sparsity": self.sparsity,
            "dropout": setting.dropout,
            "learning_rate_init": setting.learning_rate_init,
            "learning_rate": "cosine",
            "batch_size": BATCH_SIZE if self.batch_size == "auto" else self.batch_size,
            "max_iter": MAX_ITER if self.max_iter == "auto" else self.max_iter,
            "n_iter_no_change": np.inf,
            "early_stopping": self.early_stopping is True,
            "random_state": seed,
            "verbose": self.verbose,
        }
        return network.set_params(**given, **self._more_parameters())

    def _more_parameters(self):
        """Return parameters of the networks that only some estimators have."""
        return {}

    def _inputs(self, X):
        return self.encoder_.transform(checked_frame(self, X, reset=False))

    def _binned(self, values):
        """Return what members see of rows that the first step has encoded."""
        for _, step in self.encoder_.steps[1:]:
            values = step.transform(values)
        return values

    def _importances(self, values, rng):
        """Return how much predictions depend on each column; NaN if not known."""
        read = self.encoder_[0]
        if not isinstance(read, TableEncoder):
            return np.full(self.n_features_in_, np.nan)
        rows = rng.permutation(len(values))[:MAX_ROWS]

        def predict(values):
            return self._mean(self._binned(values), self._response)

        columns = read.column_of_outputs_
        return sensitivity_shares(
            predict, values[rows], columns, self.n_features_in_, rng
        )
