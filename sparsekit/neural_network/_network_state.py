"""The state of a network under training: how it starts, goes on and is kept."""

import math

import numpy as np

from sparsekit._magnitudes import largest_of
from sparsekit.network import (
    Optimizer,
    OptimizerState,
    Protection,
    SparseNetwork,
    Trainer,
    activation_table,
    thread_count,
)
from sparsekit.neural_network._beginning import (
    chosen_network,
    first_network,
    may_have,
    warn_if_starving,
)
from sparsekit.neural_network._inputs import learn_inputs, warn_about_empty_columns
from sparsekit.neural_network._missing import (
    check_missing,
    holes_of,
    indicator_features,
    prepare,
)


class NetworkStateMixin:
    """Makes trainers of the arrays that an estimator stores, and stores them again."""

    def _start(self, strategies, X, targets, partial=False):
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
        network = first_network(self, strategies, X, sizes)
        self._made_with = self._input_parameters()
        self._rewiring = {"clock": 0, "n_steps": 0}
        self.release()
        self._network = network.to_dict()
        self._optimizer = OptimizerState.zeros(network, self.solver).to_dict()
        self._best_loss = math.nan
        self.loss_curve_ = []
        self.validation_scores_ = []
        self.history_ = []
        self.rewiring_history_ = []
        self.t_ = 0

    def _first_trainer(self, strategies, X, targets):
        """Return a trainer of the network as it begins."""
        trainer = self._trainer(X, targets)
        network = chosen_network(self, strategies, trainer)
        if network is not None:
            self._network = network.to_dict()
            self._optimizer = OptimizerState.zeros(network, self.solver).to_dict()
            trainer = self._trainer(X, targets)
        warn_if_starving(trainer.network)
        return trainer

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
            loss=self._loss(),
            batch_size=self._rows_per_batch(X.shape[0]),
            missing_inputs=self._holes(),
            dropout=self.dropout,
            input_dropout=self.input_dropout,
            n_values=self.n_features_in_,
            noise_seed=int(self._generator.integers(np.iinfo(np.int32).max)),
            protection=None if protection is None else Protection(**protection),
            n_threads=thread_count(self.n_jobs),
        )

    def _trainer_of_copies(self, X, targets):
        """Return a trainer that leaves the fitted state as it is until it is kept."""
        self._network, self._optimizer = (
            copied(state) for state in (self._network, self._optimizer)
        )
        return self._trainer(X, targets)

    def _keep(self, trainer):
        """Store what a trainer has made."""
        self._network = trainer.network.to_dict()
        self._optimizer = trainer.state.to_dict()

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
        names = getattr(self, "feature_names_in_", None)
        return prepare(X, self._inputs, dtype, keep_missing=keep_missing, names=names)

    def _refuse_far_values(self, X):
        """Refuse rows that lie beyond the network's numbers, in the scale known so far.

        With them the scale would be theirs, in which all rows so far are one value.
        """
        inputs = self._inputs
        with np.errstate(over="ignore"):
            reach = (largest_of(X) + np.abs(inputs["shift"])) * inputs["scale"]
        if (reach > np.finfo(self._network["weights"].dtype).max).any():
            self._samples(X)

    def _check_same_network(self, strategies):
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
                f"and {_listed(self._made_with)}; use warm_start=False to start anew."
            )


def _listed(parameters):
    return ", ".join(f"{name}={value}" for name, value in parameters.items())


def copied(state):
    """Return a dict with copies of the arrays in it."""
    return {
        name: value.copy() if isinstance(value, np.ndarray) else value
        for name, value in state.items()
    }


def _writable(state):
    """Copy the arrays that are read-only, as those of a memory-mapped file are."""
    return {
        name: value.copy()
        if isinstance(value, np.ndarray) and not value.flags.writeable
        else value
        for name, value in state.items()
    }
