"""What rewirings do to samples: evaluations before and after pruning and growth."""

import numpy as np

from sparsekit.kernels.records import LATEST_LOSS
from sparsekit.network._recorder import blank_record, check_alike, evaluate
from sparsekit.network._samples import n_samples_of, take_samples
from sparsekit.network._targets import take_targets

#: What lies between two evaluations around a rewiring.
CAUSES = ("gradient", "prune", "grow")
GRADIENT, PRUNE, GROW = range(3)

_PER_SAMPLE = (
    "n_forgotten",
    "n_learned",
    "loss_change",
    "n_null_forgotten",
    "null_loss_change",
    "lost_at",
)


class RewiringRecorder:
    """Evaluates samples around rewirings, to tell what made them forgotten.

    Three evaluations belong to a rewiring: before pruning, after it, and after growth.
    A sample that was right and is wrong in the next evaluation was forgotten by what
    lies between: gradient steps, pruning, or growth. Beside them stands a null model:
    instead of the connections that a layer dropped, as many random ones.

    Parameters
    ----------
    trainer : Trainer
    tolerance : float
    max_samples : int or None
        Evaluate that many random samples; None for all.
    seed : int
        Of these samples and of the null model.

    Notes
    -----
    A rewiring costs four forward passes over the samples and a copy of the network.
    """

    def __init__(self, trainer, tolerance, max_samples, seed):
        self.tolerance = tolerance
        self.rng = np.random.default_rng(seed)
        self._all = trainer.samples, trainer.targets
        n_samples = n_samples_of(trainer.samples)
        if max_samples is None or max_samples >= n_samples:
            self.rows = np.arange(n_samples)
            self.samples, self.targets = self._all
        else:
            chosen = self.rng.choice(n_samples, max_samples, replace=False)
            self._take(np.sort(chosen))
        n = self.rows.size
        self.correct = np.full(n, -1, dtype=np.int8)
        self.loss = np.full(n, np.nan, dtype=np.float32)
        self.n_forgotten = np.zeros((n, len(CAUSES)), dtype=np.int32)
        self.n_learned = np.zeros((n, len(CAUSES)), dtype=np.int32)
        self.loss_change = np.zeros((n, len(CAUSES)), dtype=np.float32)
        self.n_null_forgotten = np.zeros(n, dtype=np.int32)
        self.null_loss_change = np.zeros(n, dtype=np.float32)
        self.lost_at = np.zeros(n, dtype=np.int32)
        self.events = []
        self.n_epochs = 0
        self._before = None

    def _take(self, rows):
        samples, targets = self._all
        self.rows = rows
        self.samples = take_samples(samples, rows)
        self.targets = take_targets(targets, rows)

    def before(self, trainer):
        """Evaluate before a rewiring."""
        self._note(GRADIENT, *self._evaluate(trainer.network, trainer))
        self._before = trainer.network.copy()

    def after(self, trainer, change):
        """Evaluate what a rewiring did, step by step."""
        before, self._before = self._before, None
        event = {"epoch": self.n_epochs}
        at_random = before.with_connections(~self._random_drops(before, change))
        null = self._evaluate(at_random, trainer)
        lost = (self.correct == 1) & (null[0] == 0)
        self.n_null_forgotten += lost
        self.null_loss_change += null[1] - self.loss
        event["null_forgotten"] = int(lost.sum())
        pruned = before.with_connections(~change.dropped)
        after_pruning = self._evaluate(pruned, trainer)
        self.events.append(event)
        self._note(PRUNE, *after_pruning)
        self._note(GROW, *self._evaluate(trainer.network, trainer))

    def finish(self, trainer):
        """Evaluate after the last step of training."""
        if self.events:
            self._note(GRADIENT, *self._evaluate(trainer.network, trainer))

    def _random_drops(self, network, change):
        """Return as many random drops in each layer as the rewiring made."""
        dropped = np.zeros(network.weights.size, dtype=bool)
        for number, n_dropped in enumerate(change.n_dropped.tolist(), start=1):
            mine = network.connections(number)
            n_mine = mine.stop - mine.start
            chosen = self.rng.choice(n_mine, n_dropped, replace=False)
            dropped[mine.start + chosen] = True
        return dropped

    def _evaluate(self, network, trainer):
        """Return which samples are right, and the loss of each."""
        record = blank_record(self.rows.size, self.tolerance, keep_latest=True)
        evaluate(
            network,
            self.samples,
            self.targets,
            trainer.loss,
            record,
            holes=trainer.holes,
            n_threads=trainer.n_threads,
        )
        return record.correct, record.latest[:, LATEST_LOSS]

    def _note(self, cause, correct, loss):
        """Ascribe what has changed since the last evaluation to `cause`."""
        forgotten = (self.correct == 1) & (correct == 0)
        learned = (self.correct == 0) & (correct == 1)
        self.n_forgotten[:, cause] += forgotten
        self.n_learned[:, cause] += learned
        if not np.isnan(self.loss).all():
            self.loss_change[:, cause] += loss - self.loss
        if cause != GRADIENT:
            self.lost_at[forgotten] = len(self.events)
        self.lost_at[correct == 1] = 0
        self.correct, self.loss = correct, loss
        if self.events:
            name = CAUSES[cause]
            # What gradients do belongs to the rewiring that they follow.
            self.events[-1][f"{name}_forgotten"] = int(forgotten.sum())
            self.events[-1][f"{name}_learned"] = int(learned.sum())

    def to_dict(self, rows=None):
        """Return the notes by name.

        Parameters
        ----------
        rows : ndarray of int64 or None
            Which rows of the data were trained on; None for all.

        Returns
        -------
        dict of str to ndarray
            ``rows``, the rows of the data that were evaluated; an array for each of
            them, with a column per cause where there is more than one number; and
            ``events``, a dict of arrays with one value per rewiring.
        """
        notes = {name: getattr(self, name).copy() for name in _PER_SAMPLE}
        names = ["epoch", "null_forgotten"]
        names += [f"{c}_{what}" for c in CAUSES for what in ("forgotten", "learned")]
        events = {
            name: np.array([event.get(name, 0) for event in self.events], dtype=int)
            for name in names
        }
        taken = self.rows if rows is None else rows[self.rows]
        # Three around each rewiring, and the last one.
        n_evaluations = 3 * len(self.events) + 1 if self.events else 0
        return {
            "rows": taken.copy(),
            "n_evaluated": np.full(taken.size, n_evaluations, dtype=np.int32),
            "correct": self.correct.copy(),
            **notes,
            "events": events,
        }

    def state(self):
        """Return a copy of everything noted, as plain values."""
        names = ("rows", "correct", "loss", *_PER_SAMPLE)
        return {
            **{name: getattr(self, name).copy() for name in names},
            "events": [dict(event) for event in self.events],
            "n_epochs": self.n_epochs,
            "rng": self.rng.bit_generator.state,
        }

    def restore(self, state):
        """Go on from what `state` returned."""
        noted = state if isinstance(state, dict) else {}
        names = ("rows", "correct", "loss", *_PER_SAMPLE)
        own = [getattr(self, name) for name in names]
        check_alike(own, [noted.get(name) for name in names])
        n_samples = n_samples_of(self._all[0])
        if not ((noted["rows"] >= 0) & (noted["rows"] < n_samples)).all():
            raise ValueError("The record in the checkpoint is of other rows.")
        self._take(state["rows"].copy())
        for name in ("correct", "loss", *_PER_SAMPLE):
            setattr(self, name, state[name].copy())
        self.events = [dict(event) for event in state["events"]]
        self.n_epochs = state["n_epochs"]
        self.rng.bit_generator.state = state["rng"]
