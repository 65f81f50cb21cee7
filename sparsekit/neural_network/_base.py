"""What the estimators share: fitting, in one go and in pieces."""

import math
from abc import ABCMeta, abstractmethod
from dataclasses import replace
from numbers import Integral
from typing import Self

import numpy as np
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sparsekit._utils._estimators import unchanged_on_error
from sparsekit._utils._sklearn_compat import _check_sample_weight, _fit_context
from sparsekit._utils._validation import check_sample_ids
from sparsekit.network import (
    LOSSES,
    Optimizer,
    OptimizerState,
    Trainer,
    activation_table,
    connection_importance,
    has_velocity,
    moderate,
    n_samples_of,
    take_targets,
    thread_count,
    value_targets,
)
from sparsekit.neural_network._checks import (
    dropout_rates,
    refuse_lbfgs,
    rows_per_batch,
    validate_parameters,
)
from sparsekit.neural_network._fitted_network import FittedNetwork
from sparsekit.neural_network._protection import check_options, with_more_protected
from sparsekit.neural_network.parameters._methods import n_rewirings, strategies_of
from sparsekit.neural_network.training._connection_counts import may_have
from sparsekit.neural_network.training._fit_loop import FitLoop, PreparedFit
from sparsekit.neural_network.training._initial_network import (
    chosen_network,
    first_network,
    warn_if_starving,
)
from sparsekit.neural_network.training._inputs import (
    check_expectation,
    indicator_features,
    learn_inputs,
    lie_far,
    warn_about_empty_columns,
)
from sparsekit.neural_network.training._records_by_id import recorder_of
from sparsekit.neural_network.training._resumption import restore
from sparsekit.neural_network.training._sample_selection import selection_of
from sparsekit.neural_network.training._validation import hold_out


class BaseSparseMLP(CallbackSupportMixin, FittedNetwork, metaclass=ABCMeta):
    """Base of classifiers and regressors; not for direct use."""

    @property
    def _method_name(self):
        """Name of a method in `RECIPES`."""
        return self.method

    @abstractmethod
    def _encode(self, y, sample_weight, first, classes=None, partial=False):
        """Learn about `y` if `first`; return the targets.

        With `partial`, `y` need not hold all classes.
        """

    @abstractmethod
    def _encode_held_out(self, y):
        """Return the targets of validation rows."""

    @abstractmethod
    def _loss(self):
        """Return what is minimised, see `network.LOSSES`."""

    @abstractmethod
    def _score_outputs(self, outputs, targets):
        """Return accuracy or R2 of raw outputs."""

    def _strata(self, targets):
        """Return the classes that a validation split should keep in proportion."""
        return None

    def _validate_params(self):
        refuse_lbfgs(self.solver)
        super()._validate_params()

    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, X_val=None, y_val=None):
        """Fit the network; a new one unless ``warm_start=True``.

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
            Rows and targets, as X and y, to compute `validation_scores_` from after
            every epoch; nothing is learned from them. With ``early_stopping=True`` they
            decide when to stop, and no training rows are put aside.

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

        Warns
        -----
        sklearn.exceptions.ConvergenceWarning
            If `max_iter` epochs were not enough, or the loss left the finite numbers;
            those before the epoch in which it did are kept.
        UserWarning
            If less than a quarter of the hidden neurons of a new network have an input
            and an output, or if `sparsity` is set and the allocation makes another one.

        Notes
        -----
        Time per epoch: O(n_samples * connections). Memory beside the prepared inputs:
        O(connections + batch_size * neurons).
        """
        first = not (self.warm_start and hasattr(self, "_network"))
        if (X_val is None) != (y_val is None):
            absent = "X_val" if X_val is None else "y_val"
            raise ValueError(f"X_val and y_val must be given together; {absent}=None.")
        prepared = self._prepare_fit(X, y, sample_weight, X_val, y_val, first)
        return self._run_fit(prepared, X, y, sample_weight, first)

    def _run_fit(self, prepared, X, y, sample_weight, first, state=None):
        """Train; with `state`, go on from there."""
        # Callbacks get what the user gave: a table keeps the names of its columns.
        data = {"X": X, "y": y}
        if sample_weight is not None:
            data["metadata"] = {"sample_weight": sample_weight}
        n_between = n_rewirings(prepared.strategies, self.max_iter, first)
        context = self._init_callback_context(max_subtasks=self.max_iter + n_between)
        loop = FitLoop(self, prepared, context, data)
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
        """Go on with the fit of a checkpoint, see `checkpoint.resume`."""
        state = self._training
        self._generator.bit_generator.state = state["generator_at_start"]
        prepared = self._prepare_fit(
            X, y, sample_weight, X_val, y_val, first=False, resuming=True
        )
        return self._run_fit(prepared, X, y, sample_weight, False, state)

    def _prepare_fit(self, X, y, sample_weight, X_val, y_val, first, resuming=False):
        """Check everything, build what is new."""
        strategies = strategies_of(self)
        selection = self.sample_selection
        if selection is not None:
            selection = selection_of(selection)
        given = X
        X, y = self._check_X(X, y, reset=first)
        if sample_weight is not None:
            sample_weight = self._check_weights(sample_weight, X)
        if first:
            self._seed()
        targets = self._encode(y, sample_weight, first)
        generator_state = self._generator.bit_generator.state
        n_rows = X.shape[0]
        rows, held_out = hold_out(self, given, X, y, targets, X_val, y_val)
        if rows is not None:
            X, targets = X[rows], take_targets(targets, rows)
        if first:
            trainer = self._first_trainer(strategies, X, targets)
        else:
            if not resuming:
                self._check_same_network(strategies)
            trainer = self._trainer_of_copies(X, targets)
        if held_out is not None:
            held_out = replace(held_out, samples=self._samples(held_out.samples))
        if self.record is not None:
            trainer.recorder = recorder_of(self, trainer, given, n_rows, rows)
        self.n_iter_ = 0
        return PreparedFit(trainer, strategies, selection, held_out, generator_state)

    def _partial_fit(self, X, y, sample_weight, sample_ids, classes=None):
        validate_parameters(self)
        strategies = strategies_of(self)
        # The rows of a call are new to it, so that it selects none of them; but what
        # `fit` refuses is refused here, too.
        if self.sample_selection is not None:
            selection_of(self.sample_selection)
        if self.early_stopping:
            raise ValueError(
                "partial_fit does not support early_stopping=True: it has no rows to "
                "hold out. Set early_stopping=False, or use fit."
            )
        first = not hasattr(self, "_network")
        given = X
        X, y = self._check_X(X, y, reset=first)
        if sample_weight is not None:
            sample_weight = self._check_weights(sample_weight, X)
        if sample_ids is not None:
            sample_ids = check_sample_ids(sample_ids, X.shape[0])
        if first:
            self._seed()
        targets = self._encode(y, sample_weight, first, classes, partial=True)
        if first:
            trainer = self._first_trainer(strategies, X, targets, partial=True)
            self.n_iter_ = 0
        else:
            self._check_same_network(strategies)
            # With such rows the scale would be theirs, in which all so far are one.
            if lie_far(X, self._inputs, self._network.dtype):
                self._samples(X)
            self._inputs = learn_inputs(
                X, self.standardize, sample_weight, self._inputs
            )
            trainer = self._trainer_of_copies(X, targets, partial=True)
        if self.record is not None:
            n_rows = X.shape[0]
            trainer.recorder = recorder_of(self, trainer, given, n_rows, ids=sample_ids)
        FitLoop(self, PreparedFit(trainer, strategies)).run(max_iter=1)
        return self

    @unchanged_on_error
    def consolidate(
        self, X=None, y=None, *, fraction=0.5, importance="fisher", protect="gradient"
    ) -> Self:
        """Protect the connections that matter most on some rows.

        To be called after a task is learned and before the next one. What is protected
        stays protected, and each call adds a fraction of the connections that are still
        free, so that some are always left to learn with. A new `fit` releases all.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows of the task; not needed for "magnitude".
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Their targets; needed for "fisher" only.
        fraction : float in [0, 1], default=0.5
            Fraction of the free connections of each layer that become protected,
            rounded down: those of highest importance, and none whose importance is 0.
        importance : {"fisher", "mas", "magnitude"}, default="fisher"
            "fisher": mean square of the gradient of a row's loss, the diagonal of the
            empirical Fisher information (elastic weight consolidation [1]_). "mas":
            mean absolute gradient of half the squared norm of the outputs, which needs
            no targets (memory aware synapses [2]_). "magnitude": abs(w), as in
            PackNet [3]_.
        protect : {"gradient", "pruning"}, default="gradient"
            "pruning": no rewiring drops a protected connection. "gradient": the
            optimizer leaves their weights alone, too; they stay as they are to the
            bit. It holds for all protected connections, those of earlier calls
            included.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            If a parameter is not valid, or rows are missing.

        Notes
        -----
        Biases are never protected, and neither are location and scale of the features,
        which `partial_fit` keeps learning with ``standardize=True``: where features
        mean the same in all tasks, scale them beforehand. Complexity: O(n_samples *
        connections) time, O(connections + batch_size * neurons) memory.

        References
        ----------
        .. [1] Kirkpatrick et al., "Overcoming catastrophic forgetting in neural
           networks", PNAS 114, 2017. There a penalty holds the weights.
        .. [2] Aljundi, Babiloni, Elhoseiny, Rohrbach and Tuytelaars, "Memory aware
           synapses: learning what (not) to forget", ECCV 2018, equation 3.
        .. [3] Mallya and Lazebnik, "PackNet: adding multiple tasks to a single network
           by iterative pruning", CVPR 2018.
        """
        check_is_fitted(self)
        check_options(fraction, importance, protect)
        scores = self._importance_of_connections(X, y, importance)
        self._protection = with_more_protected(
            self._network,
            getattr(self, "_protection", None),
            scores,
            fraction,
            frozen=protect == "gradient",
        )
        return self

    def _importance_of_connections(self, X, y, importance):
        """Return a number for each connection of all layers."""
        if importance == "magnitude":
            return np.abs(self._network.weights)
        if X is None or (y is None and importance == "fisher"):
            needed = "X and y" if importance == "fisher" else "X"
            raise ValueError(f"importance={importance!r} needs rows: give {needed}.")
        if importance == "fisher":
            result = connection_importance(self._trainer_of(X, y), power=2)
        else:
            trainer = self._trainer_of(X)
            trainer.loss = LOSSES["squared_error"]
            result = connection_importance(trainer, power=1)
        if not np.isfinite(result).all():
            raise ValueError(
                f"importance={importance!r} of a connection is beyond all numbers: "
                "values of X or y lie very far from those of the training rows. Clip "
                "or transform them."
            )
        return result

    def _trainer_of(self, X, y=None, sample_weight=None):
        """Return a trainer on some rows, which later training takes no note of.

        Without `y` the targets are zeros.
        """
        validate_parameters(self)
        self._check_same_network(strategies_of(self))
        state = self._generator.bit_generator.state
        if y is None:
            X = self._check_X(X)
            zeros = np.zeros((X.shape[0], self.n_outputs_))
            targets = value_targets(zeros, None, self.dtype)
        else:
            X, y = self._check_X(X, y)
            if sample_weight is not None:
                sample_weight = self._check_weights(sample_weight, X)
            targets = self._encode(y, sample_weight, first=False, partial=True)
        trainer = self._trainer_of_copies(X, targets)
        self._generator.bit_generator.state = state
        return trainer

    def _seed(self):
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        self._generator = np.random.default_rng(seed)

    def _check_weights(self, sample_weight, X):
        return moderate(
            _check_sample_weight(
                sample_weight, X, dtype=np.float64, ensure_non_negative=True
            )
        )

    def _level_sizes(self, n_features):
        """Return the neurons per level."""
        sizes = self.hidden_layer_sizes
        sizes = [sizes] if isinstance(sizes, Integral) else list(sizes)
        for n in sizes:
            if not isinstance(n, Integral) or n <= 0:
                raise ValueError(
                    f"hidden_layer_sizes must be integers > 0, got {sizes} instead."
                )
        return [n_features, *map(int, sizes), self.n_outputs_]

    def _first_trainer(self, strategies, X, targets, partial=False, inputs=None):
        """Build a network, and return a trainer of it as it begins.

        With `inputs`, that is what is known of them; without, X tells.
        """
        if self.missing == "expected":
            check_expectation(self.missing_scaling, self.activation)
        if inputs is None:
            weights = targets.sample_weight if targets.sample_weight.size else None
            inputs = learn_inputs(X, self.standardize, weights)
        inputs["indicators"] = np.empty(0, dtype=np.int64)
        if self.missing == "indicator":
            inputs["indicators"] = indicator_features(inputs, all_features=partial)
        warn_about_empty_columns(inputs, getattr(self, "feature_names_in_", None))
        self._inputs = inputs
        self._input_config = self._input_parameters()
        samples = self._samples(X, np.dtype(self.dtype))
        sizes = self._level_sizes(X.shape[1] + inputs["indicators"].size)
        network = first_network(self, strategies, X, samples, sizes)
        self._rewiring = {"n_since_rewiring": 0, "n_steps": 0}
        self.__dict__.pop("_protection", None)
        self._best_loss = math.nan
        self.loss_curve_ = []
        self.validation_scores_ = []
        self.history_ = []
        self.rewiring_history_ = []
        self.t_ = 0
        state = OptimizerState.zeros(network, self.solver)
        trainer = self._trainer(network, state, samples, targets, partial)
        if hasattr(strategies.initial_topology, "keep"):
            chosen = chosen_network(self, strategies, trainer)
            state = OptimizerState.zeros(chosen, self.solver)
            trainer = self._trainer(chosen, state, samples, targets, partial)
        self._keep(trainer)
        warn_if_starving(trainer.network)
        return trainer

    def _trainer_of_copies(self, X, targets, partial=False):
        """Return a trainer that leaves the fitted state as it is until it is kept."""
        network = self._network.copy()
        # The solver may be another than that of the last call.
        if has_velocity(self.solver) == (self._optimizer.weight_second.size == 0):
            state = self._optimizer.copy()
        else:
            state = OptimizerState.zeros(network, self.solver)
        return self._trainer(network, state, self._samples(X), targets, partial)

    def _trainer(self, network, state, samples, targets, partial):
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
            samples,
            targets,
            loss=self._loss(),
            batch_size=rows_per_batch(self.batch_size, n_samples_of(samples), partial),
            missing_inputs=self._missing_inputs(network.dtype),
            dropout=dropout_rates(self.dropout, network.n_layers - 1),
            input_dropout=self.input_dropout,
            n_values=self.n_features_in_,
            noise_seed=int(self._generator.integers(np.iinfo(np.int32).max)),
            protection=getattr(self, "_protection", None),
            n_threads=thread_count(self.n_jobs),
        )

    def _keep(self, trainer):
        """Store what a trainer has made."""
        self._network, self._optimizer = trainer.network, trainer.state

    def _input_parameters(self):
        """Return the parameters that say what the first layer makes of its inputs."""
        missing = "absent" if self.missing == "raise" else self.missing
        return {
            "standardize": self.standardize,
            "missing": missing,
            "missing_scaling": self.missing_scaling,
        }

    def _check_same_network(self, strategies):
        """Refuse to go on from a network that the parameters do not describe."""
        network = self._network
        n_inputs = self.n_features_in_ + self._inputs["indicators"].size
        sizes = self._level_sizes(n_inputs)
        kinds, slopes = activation_table(
            self.activation, self.negative_slope, len(sizes) - 2
        )
        same = (
            self._input_parameters() == self._input_config
            and sizes == network.sizes.tolist()
            and self.dtype == network.dtype
            and np.array_equal(kinds, network.kinds)
            and np.array_equal(slopes.astype(network.dtype), network.slopes)
            and may_have(strategies, sizes, network.weights.size)
        )
        if not same:
            names = ("hidden_layer_sizes", "sparsity", "activation", "negative_slope")
            given = {name: getattr(self, name, None) for name in names}
            given |= {"dtype": self.dtype} | self._input_parameters()
            raise ValueError(
                f"{_listed(given)} must be those of the fitted network to go on from "
                f"it. It has levels of {network.sizes.tolist()} neurons, "
                f"{network.weights.size} connections, weights of type {network.dtype} "
                f"and {_listed(self._input_config)}; use warm_start=False to start "
                "anew."
            )


def _listed(parameters):
    return ", ".join(f"{name}={value}" for name, value in parameters.items())
