"""Sparse networks for whole tables: encoding, choosing a setting, fitting members."""

from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.metrics import check_scoring, get_scorer_names
from sklearn.pipeline import make_pipeline
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sparsekit._utils._estimators import DocLinkMixin, unchanged_on_error
from sparsekit._utils._sklearn_compat import (
    HasMethods,
    Interval,
    StrOptions,
    _check_sample_weight,
    _fit_context,
)
from sparsekit._utils._splitting import parted
from sparsekit._utils._validation import refuse_unknown
from sparsekit.tabular._columns import checked_frame
from sparsekit.tabular._importance import MAX_ROWS, sensitivity_shares
from sparsekit.tabular._in_pieces import trained_on
from sparsekit.tabular._piecewise import PiecewiseLinearEncoder
from sparsekit.tabular._settings import (
    ALPHA,
    BATCH_SIZE,
    HELD_OUT,
    MAX_OUTPUTS,
    MAX_TRIED,
    MIN_BINS,
    MIN_HELD_OUT,
    SETTINGS,
)
from sparsekit.tabular._table_encoder import TableEncoder
from sparsekit.tabular._tasks import fitted_in_tasks

# What a setting says unless a parameter of that name does.
_OF_SETTINGS = ("hidden_layer_sizes", "dropout", "learning_rate_init", "max_iter")

_AUTO = StrOptions({"auto"})
_COUNT = Interval(Integral, 1, None, closed="left")


class BaseSparseTabular(DocLinkMixin, BaseEstimator):
    """Base of the estimators for tables; not for direct use."""

    _parameter_constraints: ClassVar[dict] = {
        "n_members": [_COUNT],
        "sparsity": [_AUTO, Interval(Real, 0, 1, closed="left")],
        "hidden_layer_sizes": [_AUTO, _COUNT, "array-like"],
        "encoding": [
            StrOptions({"piecewise", "standard"}),
            HasMethods(["fit_transform", "transform"]),
        ],
        "categorical_features": [StrOptions({"from_dtype"}), "array-like"],
        "max_categories": [_COUNT],
        "max_iter": [_AUTO, _COUNT],
        "batch_size": [_AUTO, _COUNT],
        "learning_rate_init": [_AUTO, Interval(Real, 0, None, closed="neither")],
        "dropout": [_AUTO, Interval(Real, 0, 1, closed="left")],
        "method": [str],
        "early_stopping": [_AUTO, "boolean"],
        "scoring": [StrOptions(set(get_scorer_names())), callable, None],
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
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
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
        seeds = rng.randint(np.iinfo(np.int32).max, size=self.n_members + 1).tolist()
        read = self._reader()
        values = _array(read.fit_transform(frame, y))
        if not values.shape[1]:
            raise ValueError("No column of X holds a value to learn from.")
        settings = self._settings()
        split = self._held_out_rows(settings, y, sample_weight, seeds[-1])
        n_tried = 0 if split is None else len(settings)
        context = self._init_callback_context(max_subtasks=n_tried + self.n_members)
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        setting = self._chosen(
            settings, split, values, y, sample_weight, seeds[-1], context
        )
        steps, self.members_ = self._fitted(
            setting, values, y, sample_weight, seeds[: self.n_members], context
        )
        self.encoder_ = make_pipeline(read, *steps)
        self.setting_ = setting.name
        self._learn_target()
        self.feature_importances_ = self._importances(values, y, rng)
        context.call_on_fit_task_end(
            estimator=self, reconstruction_attributes={}, X=X, y=y
        )
        return self

    @property
    def n_iter_(self) -> int:
        """Epochs of the member that was trained longest."""
        check_is_fitted(self)
        return max(member.n_iter_ for member in self.members_)

    def _partial_fit(self, X, y, sample_weight, given):
        """Train every member for an epoch, see `partial_fit`."""
        self._validate_params()  # scikit-learn does so in the first call only
        first = not hasattr(self, "members_")
        frame, y, sample_weight = self._checked_rows(X, y, sample_weight, reset=first)
        rng = check_random_state(self.random_state)
        if first:
            seeds = rng.randint(np.iinfo(np.int32).max, size=self.n_members + 1)
            setting = self._settings()[0]
            read = self._reader()
            steps, _ = self._bins(setting, _array(read.fit_transform(frame, y)), y)
            members = [
                self._network(setting, seed, len(y)) for seed in seeds[:-1].tolist()
            ]
            self.encoder_ = make_pipeline(read, *steps)
            self.setting_, self.held_out_scores_ = setting.name, {}
        else:
            members = self.members_
        if sample_weight is not None:
            given = given | {"sample_weight": sample_weight}
        values = _array(self.encoder_[0].transform(frame))
        inputs = self._binned(values)
        # Nobody chose a batch that is larger than a chunk.
        rows = min(BATCH_SIZE, len(frame))
        batch = {"batch_size": rows} if self.batch_size == "auto" else {}
        self.members_ = trained_on(members, inputs, y, given, self.n_jobs, batch)
        self._learn_target()
        self.feature_importances_ = self._importances(values, y, rng)
        return self

    def _checked_rows(self, X, y, sample_weight, reset):
        """Return a table, targets and weights that were checked."""
        frame = checked_frame(self, X, reset=reset)
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is "
                "None."
            )
        refuse_unknown(y)
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
        encoder = TableEncoder(
            categorical_features=self.categorical_features,
            max_categories=self.max_categories,
        )
        return encoder.set_output(transform="default")

    def _settings(self):
        """Return the settings to choose between: those that parameters leave open."""
        fixed = {
            name: value
            for name in (
                "hidden_layer_sizes",
                "dropout",
                "learning_rate_init",
                "max_iter",
            )
            if not isinstance(value := getattr(self, name), str)
        }
        if "hidden_layer_sizes" in fixed:
            fixed["hidden_layer_sizes"] = tuple(np.ravel(fixed["hidden_layer_sizes"]))
        if self.encoding != "piecewise":
            fixed |= {"strategy": None, "n_bins": 0}
        if self.network is not None:
            fixed["beta_2"] = None  # its own, see `_network`
        settings = [replace(setting, **fixed) for setting in SETTINGS]
        # Settings that differ in their names only are one.
        distinct = {replace(s, name=""): s for s in reversed(settings)}
        return list(distinct.values())[::-1]

    def _held_out_rows(self, settings, y, sample_weight, seed):
        """Return the rows to learn from and those to choose a setting by; or None."""
        if len(settings) == 1 or np.unique(y).size == 1:
            return None
        rows = np.arange(len(y))
        if sample_weight is not None:
            rows = rows[sample_weight > 0]
        if not self.early_stopping or int(HELD_OUT * rows.size) < MIN_HELD_OUT:
            return None
        kept, held = (
            rows[part]
            for part in parted(rows.size, HELD_OUT, seed, self._strata(y[rows]))
        )
        # The only rows of their classes come last.
        return self._learnable(y, kept[-MAX_TRIED:], held)

    def _chosen(self, settings, split, values, y, sample_weight, seed, context):
        """Return the setting whose network predicts rows best that it did not see."""
        self.held_out_scores_ = {}
        if split is None:
            return settings[0]
        kept, held = split
        weights, of_held = (
            None if sample_weight is None else sample_weight[part] for part in split
        )
        for setting in settings:
            steps, members = self._fitted(
                setting, values[kept], y[kept], weights, [seed], context, "setting"
            )
            model = make_pipeline(*steps, *members)
            score = self._score(model, values[held], y[held], of_held)
            self.held_out_scores_[setting.name] = float(score)
        scores = np.array(list(self.held_out_scores_.values()))
        return settings[int(np.argmax(np.where(np.isnan(scores), -np.inf, scores)))]

    def _score(self, model, values, y, sample_weight):
        if self.scoring is None:
            return self._default_score(model, values, y, sample_weight)
        of_weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        return check_scoring(self, self.scoring)(model, values, y, **of_weights)

    def _fitted(self, setting, values, y, sample_weight, seeds, context, task="member"):
        """Return fitted steps that make bins, and a fitted network for each seed."""
        steps, values = self._bins(setting, values, y)
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        networks = [self._network(setting, seed, len(y)) for seed in seeds]
        return steps, fitted_in_tasks(self, context, task, networks, values, y, weights)

    def _bins(self, setting, values, y):
        """Return fitted steps that make bins, and what they make of values."""
        if setting.strategy is None:
            return [], values
        narrow = max(MIN_BINS, MAX_OUTPUTS // max(values.shape[1], 1))
        encoder = PiecewiseLinearEncoder(
            min(setting.n_bins, narrow),
            strategy=setting.strategy,
            target_type=self._target_type,
        ).set_output(transform="default")
        encoded = encoder.fit_transform(values, y)
        # Where all columns are constant there are no bins, and no more to learn than
        # the mean.
        return ([encoder], encoded) if encoded.shape[1] else ([], values)

    def _prototype(self):
        """Return the network that members are made like."""
        return self._default_network() if self.network is None else self.network

    def _network(self, setting, seed, n_rows):
        """Return a network to fit to so many rows."""
        network = clone(self._prototype())
        few = max(1, n_rows // 2)
        given = {
            "hidden_layer_sizes": setting.hidden_layer_sizes,
            "sparsity": self.sparsity,
            "dropout": setting.dropout,
            "learning_rate_init": setting.learning_rate_init,
            "learning_rate": "cosine",
            "batch_size": _first_given(self.batch_size, min(BATCH_SIZE, few)),
            "max_iter": setting.max_iter,
            "early_stopping": self._members_stop(),
            "random_state": seed,
            "verbose": self.verbose,
        }
        if self.network is None:
            given |= {"alpha": ALPHA, "beta_2": setting.beta_2}
        if self.sparsity == "auto" and not hasattr(network, "sparsity"):
            del given["sparsity"]  # that of a dense network
        if not self._members_stop():
            given["n_iter_no_change"] = np.inf
        return network.set_params(**given, **self._more_parameters())

    def _members_stop(self):
        return bool(self.early_stopping) and self.early_stopping != "auto"

    def _more_parameters(self):
        """Return parameters of the networks that only some estimators have."""
        return {}

    def _inputs(self, X):
        return _array(self.encoder_.transform(checked_frame(self, X, reset=False)))

    def _binned(self, values):
        """Return what members see of rows that the first step has encoded."""
        for _, step in self.encoder_.steps[1:]:
            values = step.transform(values)
        return values

    def _importances(self, values, y, rng):
        """Return how much predictions depend on each column; NaN if not known."""
        read = self.encoder_[0]
        if not isinstance(read, TableEncoder):
            return np.full(self.n_features_in_, np.nan)
        spread = self._spread(y)
        columns = read.column_of_outputs_
        values = self._binned(values[rng.permutation(len(values))[:MAX_ROWS]])
        for _, step in self.encoder_.steps[1:]:
            columns = np.repeat(columns, step.n_outputs_per_feature_)
        return sensitivity_shares(
            lambda inputs: self._mean(inputs, self._response) / spread,
            values,
            columns,
            self.n_features_in_,
            rng,
        )


def _first_given(value, default):
    return default if isinstance(value, str) else value


def _array(values):
    """Return what a transformer returned as an array without names, or as CSR."""
    return sparse.csr_array(values) if sparse.issparse(values) else np.asarray(values)
