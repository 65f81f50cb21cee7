"""The rewirings of one fit: when they are due, how many connections, what is noted."""

import time

import numpy as np

from sparsekit._answers import density_at, fraction_at
from sparsekit.network import degree_statistics, moved_with_connections, probe
from sparsekit.neural_network._beginning import final_number
from sparsekit.neural_network._missing import input_rates
from sparsekit.topology import Exploration, needs_of

# partial_fit has no end: rewirings that no schedule ends go on beyond `max_iter`.
_NEVER_DONE = np.nextafter(1.0, 0.0)


class Rewirings:
    """Rewires the network of a trainer by the strategies of an estimator.

    Parameters
    ----------
    estimator : BaseSparseMLP
        Its `_rewiring` holds what outlasts a fit: the clock since the last rewiring,
        what was explored, signs and initial parameters where a strategy asks for them.
    trainer : Trainer
    strategies : Strategies
    """

    def __init__(self, estimator, trainer, strategies) -> None:
        self.estimator = estimator
        self.trainer = trainer
        self.strategies = strategies
        self.goal = final_number(strategies, trainer.network.sizes)
        self.kept = estimator._rewiring = dict(estimator._rewiring)
        self.needs = needs_of(
            strategies.pruner, strategies.grower, strategies.redistribution
        )
        self.progress = 0.0
        self._epoch_start, self._epoch_share = 0.0, 0.0
        self.exploration = None
        if strategies.rewires:
            self._begin()

    def _begin(self):
        network, exact = self.trainer.network, "explored" in self.needs
        state = self.kept.get("exploration")
        self.exploration = Exploration(network.sizes, exact=exact, state=state)
        if state is None:
            self.exploration.see_layers(network.layers())
        if "signs" in self.needs and "signs" not in self.kept:
            self._note_signs()
        if self.strategies.rewind and "initial_weights" not in self.kept:
            self.kept["initial_weights"] = network.weights.copy()
            self.kept["initial_biases"] = network.biases.copy()

    @property
    def by_steps(self):
        """Whether the schedule counts steps rather than epochs."""
        return self.strategies.rewires and self.strategies.schedule.unit == "steps"

    @property
    def due(self):
        """Whether a rewiring is due before training goes on."""
        if not self.strategies.rewires:
            return False
        if self.kept["clock"] < self.strategies.schedule.every:
            return False
        return self._fraction() > 0 or self._total() != self._n_connections

    @property
    def settled(self):
        """Whether the network has the number of connections that it shall have."""
        return self._n_connections == self.goal

    @property
    def _n_connections(self):
        return self.trainer.network.weights.size

    def _fraction(self):
        initial = self.strategies.prune_fraction
        return fraction_at(self.strategies.schedule, initial, self.progress)

    def _total(self):
        density = self.strategies.density_schedule
        if density is None:
            return self.goal
        sizes = self.trainer.network.sizes
        positions = int(np.dot(sizes[:-1], sizes[1:]))
        wanted = density_at(density, self.goal / positions, self.progress)
        return max(self.goal, round(wanted * positions))

    def rows_until_due(self, n_left):
        """Return how many of an epoch's `n_left` rows come before the next rewiring."""
        if not self.by_steps:
            return n_left
        steps = max(1, self.strategies.schedule.every - self.kept["clock"])
        return min(n_left, steps * self.trainer.batch_size)

    def begin_epoch(self, done, share):
        """Tell the share of training done, and that of the epoch that begins."""
        self._epoch_start, self._epoch_share = done, share
        self.progress = min(done, _NEVER_DONE)

    def trained(self, n_rows, done_rows, all_rows):
        """Tell that training took `n_rows` more rows of the epoch."""
        share = done_rows / all_rows
        n_steps = -(-n_rows // self.trainer.batch_size)
        self.kept["n_steps"] += n_steps
        done = self._epoch_start + share * self._epoch_share
        self.progress = min(done, _NEVER_DONE)
        if self.by_steps:
            self.kept["clock"] += n_steps
        elif done_rows == all_rows:
            self.kept["clock"] += 1

    def rewire(self):
        """Rewire all layers; return the number of new connections."""
        return self._rewire(self._fraction(), self._total())

    def finish(self):
        """Drop what a density schedule has not come to."""
        if not self.settled:
            self._rewire(0.0, self.goal)

    def _rewire(self, fraction, total):
        begin = time.perf_counter()
        estimator, trainer = self.estimator, self.trainer
        change = trainer.rewire(
            self.strategies.pruner,
            self.strategies.grower,
            fraction,
            estimator._generator,
            facts=self._facts(),
            total=total,
            redistribution=self.strategies.redistribution,
        )
        self.kept["clock"] = 0
        if self.strategies.rewind:
            self._rewind(change)
        if "signs" in self.needs:
            self._note_signs()
        self._record(change, time.perf_counter() - begin)
        return int(change.n_grown.sum())

    def _facts(self):
        network = self.trainer.network
        facts = {}
        if "input_rates" in self.needs:
            rates = input_rates(self.estimator._inputs)
            facts["input_rates"] = [rates, *[None] * (network.n_layers - 1)]
        if self.needs & {"values", "deltas"}:
            facts["values"], facts["deltas"] = probe(
                self.trainer, self.strategies.n_batches, self.estimator._generator
            )
        if "signs" in self.needs:
            layers = range(1, network.n_layers + 1)
            signs = self.kept["signs"]
            facts["signs"] = [signs[network.connections(n)] for n in layers]
        if "explored" in self.needs:
            facts["explored"] = self.exploration.positions()
        return facts

    def _note_signs(self):
        """Note the sign of each weight; that of a zero, a new connection, is drawn."""
        signs = np.sign(self.trainer.network.weights)
        fresh = np.flatnonzero(signs == 0)
        signs[fresh] = 2 * self.estimator._generator.integers(2, size=fresh.size) - 1
        self.kept["signs"] = signs

    def _rewind(self, change):
        """Set the surviving weights, and all biases, back to where they began."""
        network = self.trainer.network
        is_new = [
            np.isin(layer.positions(), grown, assume_unique=True)
            for layer, grown in zip(network.layers(), change.grown, strict=True)
        ]
        self.kept["initial_weights"] = moved_with_connections(
            self.kept["initial_weights"], change.dropped, np.concatenate(is_new)
        )
        free = np.ones(network.weights.size, dtype=bool)
        if self.trainer.protection is not None:
            free = ~np.concatenate(self.trainer.protection.masks(network))
        network.weights[free] = self.kept["initial_weights"][free]
        network.biases[:] = self.kept["initial_biases"]
        self.trainer.go_back(network)

    def _record(self, change, seconds):
        """Note one row for each layer."""
        estimator, network = self.estimator, self.trainer.network
        per_layer = zip(
            change.n_dropped.tolist(),
            change.n_grown.tolist(),
            degree_statistics(network),
            strict=True,
        )
        rows = []
        for layer, (dropped, grown, degrees) in enumerate(per_layer, 1):
            mine = network.connections(layer)
            rows.append(
                {
                    "epoch": estimator._n_epochs,
                    "step": self.kept["n_steps"],
                    "layer": layer,
                    "n_connections": mine.stop - mine.start,
                    "n_dropped": dropped,
                    "n_grown": grown,
                    "exploration_rate": np.nan,
                    **degrees,
                    "seconds": seconds,
                }
            )

        def note_rates(rates):
            for row, rate in zip(rows, rates.tolist(), strict=True):
                row["exploration_rate"] = rate

        self.exploration.see(change.grown, note_rates)
        estimator.rewiring_history_ += rows

    def went_back(self, kept=None):
        """Tell that an earlier network was put in place.

        Parameters
        ----------
        kept : dict or None, default=None
            A copy of `kept` from the time of that network, where there is one.
        """
        if kept is not None and "initial_weights" in kept:
            self.kept["initial_weights"] = kept["initial_weights"]
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
