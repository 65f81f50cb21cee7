"""What the estimators share: validation, training, the fitted state."""

from abc import ABCMeta, abstractmethod
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_array, check_consistent_length, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from sparsekit._layout import canonical
from sparsekit._sklearn_compat import _check_sample_weight, _fit_context
from sparsekit.network import (
    LOSSES,
    Optimizer,
    OptimizerState,
    Protection,
    SparseNetwork,
    Trainer,
    activation_table,
    raw_outputs,
    take_targets,
    thread_count,
)
from sparsekit.neural_network._beginning import (
    chosen_network,
    connection_counts,
    first_network,
    may_have,
)
from sparsekit.neural_network._checks import (
    refuse_missing,
    refuse_words,
    unchanged_on_error,
)
from sparsekit.neural_network._consolidation import ConsolidationMixin
from sparsekit.neural_network._fit_loop import FitLoop, Validation
from sparsekit.neural_network._importance import StrengthMixin
from sparsekit.neural_network._inputs import learn_inputs, warn_about_empty_columns
from sparsekit.neural_network._missing import (
    check_missing,
    holes_of,
    indicator_features,
    prepare,
)
from sparsekit.neural_network._recording import FitRecorder, recording_of
from sparsekit.neural_network._resumption import restore
from sparsekit.neural_network._sample_selection import selection_of
from sparsekit.neural_network._strategies import n_rewirings, strategies_of
from sparsekit.neural_network._warnings import warn_user


class BaseSparseMLP(
    ConsolidationMixin,
    StrengthMixin,
    CallbackSupportMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """Base of classifiers and regressors; not for direct use."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = self.missing != "raise"
        return tags

    @property
    def _wanted_sparsity(self):
        return getattr(self, "sparsity", 0.0)

    @property
    def _method_name(self):
        """Name of a method in `RECIPES`."""
        return self.method

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_network")

    @abstractmethod
    def _encode(self, y, sample_weight, first, classes=None, partial=False):
        """Learn about `y` if `first`; return the targets.

        With `partial`, `y` need not hold all classes.
        """

    @abstractmethod
    def _encode_held_out(self, y):
        """Return the targets of validation rows."""

    @abstractmethod
    def _score_outputs(self, outputs, targets):
        """Return accuracy or R2 of raw outputs."""

    @property
    def coefs_(self):
        """Weight matrix of each layer, CSR of shape (n_in, n_out)."""
        return self._fitted_network("coefs_").coefs()

    @property
    def intercepts_(self):
        """Biases of each layer."""
        return self._fitted_network("intercepts_").intercepts()

    @property
    def n_connections_(self):
        """Number of connections over all layers."""
        return int(self._fitted_network("n_connections_").weights.size)

    @property
    def sparsity_(self):
        """Share of absent connections over all layers."""
        network = self._fitted_network("sparsity_")
        positions = int(np.dot(network.sizes[:-1], network.sizes[1:]))
        return 1.0 - network.weights.size / positions

    @property
    def n_layers_(self):
        """Number of levels of neurons, inputs and outputs included."""
        return int(self._fitted_network("n_layers_").sizes.size)

    @property
    def indicator_features_(self):
        """Features whose missing values are an input of their own."""
        self._fitted_network("indicator_features_")
        return self._inputs["indicators"].copy()

    def _fitted_network(self, attribute):
        # An AttributeError, so that hasattr tells whether the estimator is fitted.
        if not hasattr(self, "_network"):
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {attribute!r} "
                "before fit"
            )
        return SparseNetwork(**self._network)

    def _check_X(self, X, y="no_validation", reset=False):
        """Return canonical X, or canonical X and y."""
        refuse_words(X)
        checked = validate_data(
            self,
            X,
            y,
            accept_sparse="csr",
            dtype=(np.float64, np.float32),
            ensure_all_finite="allow-nan",
            reset=reset,
            **({} if isinstance(y, str) else {"multi_output": True}),
        )
        X, y = (checked, None) if isinstance(y, str) else checked
        if self.missing == "raise":
            refuse_missing(X)
        return canonical(X) if y is None else (canonical(X), y)

    def _check_weights(self, sample_weight, X):
        if sample_weight is None:
            return None
        return _check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )

    def _level_sizes(self, n_features):
        """Return the neurons per level."""
        sizes = self.hidden_layer_sizes
        sizes = [sizes] if isinstance(sizes, Integral) else list(sizes)
        if not all(isinstance(n, Integral) and n > 0 for n in sizes):
            raise ValueError(
                f"hidden_layer_sizes must be integers > 0, got {sizes} instead."
            )
        return [n_features, *(int(n) for n in sizes), self.n_outputs_]

    def _rows_per_batch(self, n_samples):
        if self.batch_size == "auto":
            return min(200, n_samples)
        if self.batch_size > n_samples:
            warn_user(
                f"batch_size={self.batch_size} is larger than the number of training "
                f"rows, {n_samples}, and is clipped to it."
            )
        return min(self.batch_size, n_samples)

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, X_val=None, y_val=None):
        """Fit the network.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            NaN where a value is missing. Sparse input is read as CSR.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets: classes or label indicators for a classifier, numbers for a
            regressor.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.
        X_val, y_val : array-like, default=None
            Rows to compute `validation_scores_` from after every epoch; with
            ``early_stopping=True`` they decide when to stop.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            For input that does not fit, before anything is trained.

        Notes
        -----
        Time per epoch: O(n_samples * connections). Memory beside the prepared inputs:
        O(connections + batch_size * neurons).
        """
        first = not (self.warm_start and hasattr(self, "_network"))
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val must be given together.")
        with unchanged_on_error(self):
            trainer, held_out = self._prepare_fit(
                X, y, sample_weight, X_val, y_val, first
            )
        return self._run_fit(trainer, held_out, X, y, sample_weight, first)

    def _run_fit(self, trainer, held_out, X, y, sample_weight, first, state=None):
        """Train; with `state`, go on from there."""
        # Callbacks get what the user gave: a table keeps the names of its columns.
        data = {"X": X, "y": y}
        if sample_weight is not None:
            data["metadata"] = {"sample_weight": sample_weight}
        strategies = strategies_of(self)
        n_tasks = self.max_iter + n_rewirings(strategies, self.max_iter, first)
        context = self._init_callback_context(max_subtasks=n_tasks)
        goal = int(connection_counts(self, trainer.network.sizes).sum())
        loop = FitLoop(self, trainer, strategies, goal, held_out, context, data)
        if state is not None:
            restore(loop, state)
        context.call_on_fit_task_begin(estimator=self, **data)
        loop.run(self.max_iter)
        context.call_on_fit_task_end(
            estimator=self, reconstruction_attributes=loop.fitted_attributes, **data
        )
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def _resume(self, X, y, sample_weight, X_val, y_val):
        """Go on with the fit of a checkpoint, see `_checkpoint.resume`."""
        state = self._training
        self._generator.bit_generator.state = state["generator_at_start"]
        trainer, held_out = self._prepare_fit(
            X, y, sample_weight, X_val, y_val, first=False, resuming=True
        )
        return self._run_fit(trainer, held_out, X, y, sample_weight, False, state)

    def _prepare_fit(self, X, y, sample_weight, X_val, y_val, first, resuming=False):
        """Check everything, build what is new; return trainer and held-out rows."""
        given = X
        X, y = self._check_X(X, y, reset=first)
        sample_weight = self._check_weights(sample_weight, X)
        if first:
            self._seed()
        targets = self._encode(y, sample_weight, first)
        self._generator_at_start = self._generator.bit_generator.state
        n_rows = X.shape[0]
        rows, held_out = self._split(X, targets, X_val, y_val)
        if rows is not None:
            X, targets = X[rows], take_targets(targets, rows)
        if first:
            self._start(X, targets)
        elif not resuming:
            self._check_same_network()
        trainer = (
            self._first_trainer(X, targets) if first else self._trainer(X, targets)
        )
        if held_out is not None:
            held_out = Validation(self._samples(held_out.samples), held_out.targets)
        self._record_samples(trainer, given, n_rows, rows)
        self.n_iter_ = 0
        return trainer, held_out

    def _partial_fit(self, X, y, sample_weight, classes=None):
        with unchanged_on_error(self):
            trainer = self._prepare_partial_fit(X, y, sample_weight, classes)
        goal = int(connection_counts(self, trainer.network.sizes).sum())
        FitLoop(self, trainer, strategies_of(self), goal).run(max_iter=1)
        return self

    def _prepare_partial_fit(self, X, y, sample_weight, classes):
        """Check everything, build what is new; return the trainer."""
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True.")
        first = not hasattr(self, "_network")
        given = X
        X, y = self._check_X(X, y, reset=first)
        sample_weight = self._check_weights(sample_weight, X)
        if first:
            self._seed()
        targets = self._encode(y, sample_weight, first, classes, partial=True)
        if first:
            self._start(X, targets, partial=True)
            self.n_iter_ = 0
        else:
            self._check_same_network()
            self._inputs = learn_inputs(
                X, self.standardize, sample_weight, self._inputs
            )
        make_trainer = self._first_trainer if first else self._trainer
        trainer = make_trainer(X, targets)
        self._record_samples(trainer, given, X.shape[0])
        return trainer

    def _record_samples(self, trainer, X, n_rows, rows=None):
        """Let the trainer take the notes that `record` asks for."""
        selection_of(self.sample_selection)  # raises before anything is trained
        recording = recording_of(self.record)
        if recording is not None:
            loss = self.out_activation_
            trainer.recorder = FitRecorder(recording, trainer, loss, X, n_rows, rows)

    def _seed(self):
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        self._generator = np.random.default_rng(seed)

    def _split(self, X, targets, X_val, y_val):
        """Return the training rows (None for all) and what is held out of training."""
        if X_val is not None:
            X_val = self._check_X(X_val)
            y_val = check_array(
                y_val,
                accept_sparse="csr",
                ensure_2d=False,
                dtype=None,
                input_name="y_val",
            )
            check_consistent_length(X_val, y_val)
            return None, Validation(X_val, self._encode_held_out(y_val))
        if not self.early_stopping:
            return None, None
        rows, held = train_test_split(
            np.arange(X.shape[0]),
            test_size=self.validation_fraction,
            random_state=int(self._generator.integers(np.iinfo(np.int32).max)),
            stratify=self._strata(targets),
        )
        if held.size < 2:
            raise ValueError(
                "The validation set is too small: increase validation_fraction="
                f"{self.validation_fraction} or give more rows than {X.shape[0]}."
            )
        held_targets = take_targets(targets, held)
        if held_targets.sample_weight.size and not held_targets.sample_weight.any():
            raise ValueError(
                f"All {held.size} validation rows that early_stopping=True put aside "
                "have a weight of 0, so they have no score. Increase "
                f"validation_fraction={self.validation_fraction}, drop the rows of "
                "weight 0, or give X_val and y_val."
            )
        return rows, Validation(X[held], held_targets)

    def _strata(self, targets):
        """Return the classes that a validation split should keep in proportion."""
        return None

    def _start(self, X, targets, partial=False):
        """Build the network and everything that grows while it trains."""
        check_missing(self.missing, self.missing_scaling, self.activation)
        weights = targets.sample_weight if targets.sample_weight.size else None
        inputs = learn_inputs(X, self.standardize, weights)
        inputs["indicators"] = indicator_features(
            self.missing, inputs, all_features=partial
        )
        self._inputs = inputs
        sizes = self._level_sizes(X.shape[1] + inputs["indicators"].size)
        warn_about_empty_columns(self._inputs, getattr(self, "feature_names_in_", None))
        network = first_network(self, X, sizes)
        self._made_with = self._input_parameters()
        self._rewiring = {"clock": 0, "n_steps": 0}
        self.release()
        self._network = network.to_dict()
        self._optimizer = OptimizerState.zeros(network, self.solver).to_dict()
        self.loss_curve_ = []
        self.validation_scores_ = []
        self.history_ = []
        self.rewiring_history_ = []
        self.t_ = 0

    def _first_trainer(self, X, targets):
        """Return a trainer of the network as it begins."""
        trainer = self._trainer(X, targets)
        network = chosen_network(self, trainer)
        if network is None:
            return trainer
        self._network = network.to_dict()
        self._optimizer = OptimizerState.zeros(network, self.solver).to_dict()
        return self._trainer(X, targets)

    def _trainer(self, X, targets):
        """Return a trainer that goes on from the fitted state."""
        network = SparseNetwork(**_writable(self._network))
        state = OptimizerState(**_writable(self._optimizer))
        if (self.solver == "sgd") != (state.weight_second.size == 0):
            state = OptimizerState.zeros(network, self.solver)
        protection = getattr(self, "_protection", None)
        return Trainer(
            network,
            state,
            Optimizer(
                self.solver,
                self.alpha,
                self.momentum,
                self.nesterovs_momentum,
                self.beta_1,
                self.beta_2,
                self.epsilon,
            ),
            self._samples(X),
            targets,
            loss=LOSSES[self.out_activation_],
            batch_size=self._rows_per_batch(X.shape[0]),
            holes=self._holes(),
            dropout=self.dropout,
            input_dropout=self.input_dropout,
            n_values=self.n_features_in_,
            noise_seed=int(self._generator.integers(np.iinfo(np.int32).max)),
            protection=None if protection is None else Protection(**protection),
            n_threads=thread_count(self.n_jobs),
        )

    def _input_parameters(self):
        """Return the parameters that say what the first layer makes of its inputs."""
        missing = "absent" if self.missing == "raise" else self.missing
        return {
            "standardize": self.standardize,
            "missing": missing,
            "missing_scaling": self.missing_scaling,
        }

    def _holes(self):
        """Return what the first layer makes of NaN."""
        dtype = self._network["weights"].dtype
        return holes_of(**self._made_with, inputs=self._inputs, dtype=dtype)

    def _samples(self, X):
        """Return validated X as the network takes it."""
        dtype = self._network["weights"].dtype
        keep_missing = self._holes() is not None
        return prepare(X, self._inputs, dtype, keep_missing=keep_missing)

    def _check_same_network(self):
        """Refuse to go on from a network that the parameters do not describe."""
        network = SparseNetwork(**self._network)
        n_inputs = self.n_features_in_ + self._inputs["indicators"].size
        sizes = self._level_sizes(n_inputs)
        kinds, slopes = activation_table(
            self.activation, self.negative_slope, len(sizes) - 2
        )
        same = (
            self._input_parameters() == self._made_with
            and sizes == network.sizes.tolist()
            and self.dtype == network.dtype
            and np.array_equal(kinds, network.kinds)
            and np.array_equal(slopes.astype(network.dtype), network.slopes)
            and may_have(self, sizes, network.weights.size)
        )
        if not same:
            names = ("hidden_layer_sizes", "sparsity", "activation", "negative_slope")
            given = {name: getattr(self, name, None) for name in names}
            given |= {"dtype": self.dtype} | self._input_parameters()
            raise ValueError(
                f"{_listed(given)} must be those of the fitted network to go on from "
                f"it. It has levels of {network.sizes.tolist()} neurons, "
                f"{network.weights.size} connections, weights of type {network.dtype} "
                f"and {_listed(self._made_with)}; use warm_start=False to start anew."
            )

    def _keep(self, trainer):
        """Store what a trainer has made."""
        self._network = trainer.network.to_dict()
        self._optimizer = trainer.state.to_dict()

    def _raw_outputs(self, X):
        """Return W x + b of the output level, shape (n_samples, n_outputs)."""
        check_is_fitted(self)
        X = self._check_X(X)
        network = SparseNetwork(**self._network)
        n_threads = thread_count(self.n_jobs)
        return raw_outputs(network, self._samples(X), n_threads, self._holes())


def _listed(parameters):
    return ", ".join(f"{name}={value}" for name, value in parameters.items())


def _writable(state):
    """Copy the arrays that are read-only, as those of a memory-mapped file are."""
    return {
        name: value.copy()
        if isinstance(value, np.ndarray) and not value.flags.writeable
        else value
        for name, value in state.items()
    }
