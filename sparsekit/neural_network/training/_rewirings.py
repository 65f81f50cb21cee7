"""The rewirings of one fit: when they are due, how many connections, what is noted."""

import time

import numpy as np

from sparsekit.network import (
    Beginning,
    has_velocity,
    moved_with_connections,
    named_degrees,
    probe,
)
from sparsekit.neural_network.training._connection_counts import ConnectionCounts
from sparsekit.neural_network.training._inputs import input_rates, nonzero_rates
from sparsekit.topology import Exploration, copied_states, fraction_at, needs_of

# partial_fit has no end: rewirings that no schedule ends go on beyond `max_iter`.
_NEVER_DONE = np.nextafter(1.0, 0.0)


class Rewirings:
    """Rewires the network of a trainer by the strategies of an estimator.

    Parameters
    ----------
    estimator : BaseSparseMLP
        Its `_rewiring` holds what outlasts a fit: epochs or steps since the last
        rewiring, what was explored, signs and initial parameters where a strategy asks
        for them.
    trainer : Trainer
    strategies : Strategies

    Attributes
    ----------
    by_steps : bool
        Whether the schedule counts steps rather than epochs.
    """

    def __init__(self, estimator, trainer, strategies) -> None:
        self.estimator = estimator
        self.trainer = trainer
        self.strategies = strategies
        self.counts = ConnectionCounts(strategies, trainer.network.sizes)
        self.n_final = int(self.counts.final.sum())
        self.kept = estimator._rewiring = dict(estimator._rewiring)
        self.beginning = self._beginning()
        # Parts of a rewiring that note something, by name.
        self.noting = {}
        self.needs = needs_of(self.beginning)
        for name in ("pruner", "grower", "redistribution"):
            part = getattr(strategies, name)
            needs = needs_of(part)
            self.needs |= needs
            if "state" in needs:
                self.noting[name] = part
        self.records_births = getattr(estimator, "record_births", False)
        self.progress = 0.0
        self._epoch_start, self._epoch_length = 0.0, 0.0
        self.exploration = None
        self.by_steps = strategies.rewires and strategies.schedule.unit == "steps"
        if strategies.rewires:
            self._begin(trainer.network)

    def _beginning(self):
        """Return what new connections begin with; None for zero."""
        weights, moments = self.strategies.grow_init, self.strategies.growth_moments
        if weights == "zero" and moments != "layer_mean":
            return None
        return Beginning(
            weights,
            moments,
            self.trainer.optimizer,
            self.estimator.learning_rate_init,
            self.kept.get("dropped_weights"),
        )

    def _begin(self, network):
        self.trainer.state.count_steps(
            self.strategies.growth_moments == "per_connection_step"
            and not has_velocity(self.trainer.optimizer.solver)
        )
        if not self.records_births:
            self.kept.pop("births", None)
        elif "births" not in self.kept:
            self.kept["births"] = np.zeros(network.weights.size, dtype=np.int32)
            self.kept["n_rewirings"] = 0
        exact, state = "explored" in self.needs, self.kept.get("exploration")
        self.exploration = Exploration(network.sizes, exact=exact, state=state)
        if state is None:
            self.exploration.add_layers(network.layers())
        if "signs" in self.needs and "signs" not in self.kept:
            self._note_signs()
        if self.strategies.rewind and "initial_weights" not in self.kept:
            self.kept["initial_weights"] = network.weights.copy()
            self.kept["initial_biases"] = network.biases.copy()

    def wanted(self):
        """Return the rewiring that is due before training goes on, or None.

        Returns
        -------
        (float, ndarray of int) or None
            Fraction to replace, and connections of each layer afterwards.
        """
        strategies = self.strategies
        if not strategies.rewires:
            return None
        if self.kept["n_since_rewiring"] < strategies.schedule.every:
            return None
        initial = strategies.prune_fraction
        fraction = fraction_at(strategies.schedule, initial, self.progress)
        counts = self.counts.at(self.progress)
        if fraction > 0 or counts.sum() != self.trainer.network.weights.size:
            return fraction, counts
        return None

    @property
    def has_final_number(self):
        """Whether the network has as many connections as it shall have in the end."""
        return self.trainer.network.weights.size == self.n_final

    def rows_until_due(self, n_left):
        """Return how many of an epoch's `n_left` rows come before the next rewiring."""
        steps = max(1, self.strategies.schedule.every - self.kept["n_since_rewiring"])
        return min(n_left, steps * self.trainer.batch_size)

    def begin_epoch(self, progress, length):
        """Take note of the fraction of training done, and of that of the next epoch."""
        self._epoch_start, self._epoch_length = progress, length
        self.progress = min(progress, _NEVER_DONE)

    def trained(self, n_rows, done_rows, all_rows):
        """Take note of `n_rows` more rows of the epoch, which makes `done_rows`."""
        n_steps = -(-n_rows // self.trainer.batch_size)
        self.kept["n_steps"] += n_steps
        done = self._epoch_start + done_rows / all_rows * self._epoch_length
        self.progress = min(done, _NEVER_DONE)
        if self.by_steps:
            self.kept["n_since_rewiring"] += n_steps
        elif done_rows == all_rows:
            self.kept["n_since_rewiring"] += 1

    def finish(self):
        """Drop the connections that a density schedule has not come to drop."""
        if not self.has_final_number:
            self.rewire(0.0, self.counts.final)

    def rewire(self, fraction, counts):
        """Rewire all layers, see `wanted`; return how many connections moved."""
        begin = time.perf_counter()
        estimator, trainer = self.estimator, self.trainer
        states = self._states() if self.noting else None
        change = trainer.rewire(
            self.strategies.pruner,
            self.strategies.grower,
            fraction,
            estimator._generator,
            facts=self._facts() if self.needs else None,
            counts=counts,
            redistribution=self.strategies.redistribution,
            beginning=self.beginning,
            states=states,
        )
        if states:
            self._keep_states(states)
        self.kept["n_since_rewiring"] = 0
        if self.strategies.grow_init == "history":
            self.kept["dropped_weights"] = self.beginning.memory
        if self.records_births:
            self._note_births(change)
        if self.strategies.rewind:
            self._rewind(change)
        if "signs" in self.needs:
            self._note_signs()
        self._record(change, time.perf_counter() - begin)
        return change.plan.grown.size - sum(change.n_regrown.tolist())

    def _facts(self):
        network = self.trainer.network
        facts = {}
        if "input_rates" in self.needs:
            rates = input_rates(self.estimator._inputs)
            facts["input_rates"] = [rates, *[None] * (network.n_layers - 1)]
        if "nonzero_rates" in self.needs:
            rates = nonzero_rates(self.estimator._inputs)
            facts["nonzero_rates"] = [rates, *[None] * (network.n_layers - 1)]
        if self.needs & {"values", "deltas"}:
            facts["values"], facts["deltas"] = probe(
                self.trainer,
                self.strategies.n_batches(self.trainer.batch_size),
                self.estimator._generator,
            )
        if "signs" in self.needs:
            layers = range(1, network.n_layers + 1)
            signs = self.kept["signs"]
            facts["signs"] = [signs[network.connections(n)] for n in layers]
        if "explored" in self.needs:
            facts["explored"] = self.exploration.positions()
        now = {
            "progress": float(self.progress),
            "epoch": self.estimator._n_epochs,
            "step": self.kept["n_steps"],
            "n_layers": network.n_layers,
        }
        for name in self.needs & now.keys():
            facts[name] = [now[name]] * network.n_layers
        if "number" in self.needs:
            facts["number"] = range(1, network.n_layers + 1)
        return facts

    def _states(self):
        """Return copies of what parts noted about each layer, for them to write to.

        What another part noted in its place, before a parameter changed, is not theirs.
        """
        states = {}
        for name, part in self.noting.items():
            kept = self.kept.get("states", {}).get(name, {})
            of_layers = kept.get("layers") if _is_of(kept, part) else None
            if of_layers is None:
                of_layers = [{} for _ in range(self.trainer.network.n_layers)]
            states[name] = copied_states(part, of_layers)
        return states

    def _keep_states(self, states):
        """Keep what parts noted; copies, since copies of `kept` share its contents."""
        self.kept["states"] = {
            name: {
                "strategy": type(part).__name__,
                "layers": copied_states(part, states[name]),
            }
            for name, part in self.noting.items()
        }

    def _note_signs(self):
        """Note the sign of each weight; that of a zero, a new connection, is drawn."""
        signs = np.sign(self.trainer.network.weights)
        fresh = np.flatnonzero(signs == 0)
        signs[fresh] = 2 * self.estimator._generator.integers(2, size=fresh.size) - 1
        self.kept["signs"] = signs

    def _note_births(self, change):
        """Note in which rewiring each connection grew."""
        self.kept["n_rewirings"] += 1
        self.kept["births"] = moved_with_connections(
            self.kept["births"],
            change.plan.dropped,
            change.is_new(self.trainer.network),
            start=self.kept["n_rewirings"],
        )

    def _rewind(self, change):
        """Set the surviving weights, and all biases, back to where they began."""
        network = self.trainer.network
        self.kept["initial_weights"] = moved_with_connections(
            self.kept["initial_weights"],
            change.plan.dropped,
            change.is_new(network),
        )
        free = np.ones(network.weights.size, dtype=bool)
        if self.trainer.protection is not None:
            free = ~np.concatenate(self.trainer.protection.masks(network))
        network.weights[free] = self.kept["initial_weights"][free]
        network.biases[:] = self.kept["initial_biases"]
        self.trainer.go_back(network)

    def _record(self, change, seconds):
        """Note one row for each layer."""
        self.exploration.add(change.plan.grown, change.plan.ends)
        self.estimator.rewiring_history_ += rows_of_change(
            self.estimator,
            self.trainer.network,
            change,
            self.exploration.rates,
            self.kept["n_steps"],
            seconds,
        )

    def network_restored(self, kept=None):
        """Take note that an earlier network was put in place.

        Parameters
        ----------
        kept : dict or None, default=None
            From a copy of `kept` from the time of that network what there is.
        """
        noted = (
            "initial_weights",
            "births",
            "n_rewirings",
            "dropped_weights",
            "states",
        )
        for name in noted:
            if kept is not None and kept.get(name) is not None:
                self.kept[name] = kept[name]
        if "signs" in self.needs:
            self._note_signs()

    def keep(self):
        """Store what outlasts the fit."""
        if self.exploration is not None:
            self.kept["exploration"] = self.exploration.to_dict()

    def state(self):
        """Return a copy of what outlasts the fit, as it is now."""
        self.keep()
        # All arrays in it are replaced, not written to.
        return dict(self.kept)


def rows_of_change(estimator, network, change, rates, n_steps, seconds):
    """Return the rows of `rewiring_history_` about a change, one for each layer.

    Parameters
    ----------
    estimator : BaseSparseMLP
    network : SparseNetwork
        After the change.
    change : Change
    rates : ndarray of shape (n_layers,)
        Fraction of the positions that have ever been connected.
    n_steps : int
    seconds : float
    """
    per_layer = zip(
        network.counts,
        change.plan.n_dropped.tolist(),
        change.plan.n_grown.tolist(),
        change.n_regrown.tolist(),
        rates.tolist(),
        named_degrees(change.degrees),
        strict=True,
    )
    return [
        {
            "epoch": estimator._n_epochs,
            "step": n_steps,
            "layer": layer,
            "n_connections": count,
            "n_dropped": dropped,
            "n_grown": grown,
            "n_regrown": regrown,
            "exploration_rate": rate,
            **degrees,
            "seconds": seconds,
        }
        for layer, (count, dropped, grown, regrown, rate, degrees) in enumerate(
            per_layer, start=1
        )
    ]


def _is_of(kept, part):
    return kept.get("strategy") == type(part).__name__
