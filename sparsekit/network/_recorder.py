"""Notes about the training samples, taken while the network trains and rewires."""

import numpy as np

from sparsekit.kernels import records
from sparsekit.kernels._structs import Record
from sparsekit.network._inference import blank_record, evaluate
from sparsekit.network._samples import n_samples_of, take_samples, take_targets

_COUNTS = {
    "n_seen": records.N_SEEN,
    "n_correct": records.N_CORRECT,
    "n_forgotten": records.N_FORGOTTEN,
    "first_learned": records.FIRST_LEARNED,
    "last_wrong": records.LAST_WRONG,
}
_MEANS = {
    "confidence_mean": records.CONFIDENCE,
    "loss_mean": records.LOSS,
    "margin_mean": records.MARGIN,
    "error_mean": records.ERROR,
}
_LATEST = {
    "all_losses": records.LATEST_LOSS,
    "all_margins": records.LATEST_MARGIN,
    "all_errors": records.LATEST_ERROR,
}

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


def notes_by_name(counts, correct, means, early):
    """Return the notes of a record by name, without those of single epochs."""
    notes = {}
    for name, column in _COUNTS.items():
        notes[name] = counts[:, column].copy()
    notes["correct"] = correct.copy()
    n_seen = counts[:, records.N_SEEN]
    unseen = n_seen == 0
    for name, column in _MEANS.items():
        notes[name] = means[:, column].copy()
        notes[name][unseen] = np.nan
    # Rounding may leave less than nothing of a sum of squares.
    squares = np.maximum(means[:, records.SQUARES], 0.0)
    variance = squares / np.maximum(n_seen, 1)
    notes["confidence_std"] = np.sqrt(variance)
    notes["confidence_std"][unseen] = np.nan
    notes["early_errors"] = early.copy()
    return notes


class SampleRecorder:
    """Takes notes of the training samples of one fit.

    Parameters
    ----------
    n_samples : int
        Training rows.
    after_epochs : bool, default=False
        Whether to evaluate all samples after each epoch, which costs a forward pass,
        rather than to note each as it comes, before the step that it takes part in.
    tolerance : float, default=0.5
        Largest error of a number that counts as correct.
    keep_all : bool, default=False
        Whether to keep the notes of every epoch: 13 bytes per sample and epoch.
    rewirings : RewiringRecorder or None, default=None
        Takes notes around rewirings.
    """

    def __init__(
        self,
        n_samples,
        *,
        after_epochs=False,
        tolerance=0.5,
        keep_all=False,
        rewirings=None,
    ):
        self.after_epochs = after_epochs
        self.rewirings = rewirings
        self.record = blank_record(n_samples, tolerance, keep_all)
        self.history = [] if keep_all else None

    @property
    def notes_of_training(self):
        """What the compiled epoch writes to; None if it shall not."""
        return None if self.after_epochs else self.record

    def end_epoch(self, trainer):
        """Take the notes that belong to the end of an epoch."""
        if self.after_epochs:
            samples, targets = trainer.samples, trainer.targets
            evaluate(trainer, trainer.network, samples, targets, self.record)
        if self.history is not None:
            latest = self.record.latest.copy()
            unseen = np.isnan(latest[:, records.LATEST_LOSS])
            correct = np.where(unseen, np.int8(-1), self.record.correct)
            self.history.append((correct, latest))
            self.record.latest[:] = np.nan
        if self.rewirings is not None:
            self.rewirings.n_epochs += 1

    def before_rewiring(self, trainer):
        """Take the notes that belong to the time before a rewiring."""
        if self.rewirings is not None:
            self.rewirings.before(trainer)

    def after_rewiring(self, trainer, change):
        """Take notes of what a rewiring did."""
        if self.rewirings is not None:
            self.rewirings.after(trainer, change)

    def finish(self, trainer):
        """Take the notes that belong to the end of training."""
        if self.rewirings is not None:
            self.rewirings.finish(trainer)

    def to_dict(self, rows=None, n_rows=None):
        """Return the notes by name, aligned with the rows of the data.

        Parameters
        ----------
        rows : ndarray of int64 or None
            Which rows of the data were trained on; None for all.
        n_rows : int or None
            Rows of the data. What was not trained on has counts of zero and NaN.

        Returns
        -------
        dict of str to ndarray
        """
        notes = notes_by_name(*self.record[1:5])
        if self.history is not None:
            n_samples = notes["n_seen"].size
            correct = [correct for correct, _ in self.history]
            latest = [latest for _, latest in self.history]
            notes["all_correct"] = np.array(correct, dtype=np.int8).reshape(
                -1, n_samples
            )
            for name, column in _LATEST.items():
                values = np.array([part[:, column] for part in latest], np.float32)
                notes[name] = values.reshape(-1, n_samples)
        if rows is not None:
            notes = {
                # Notes of every epoch have a row for each epoch.
                name: spread(values, rows, n_rows, axis=int(name.startswith("all_")))
                for name, values in notes.items()
            }
        return notes

    def state(self):
        """Return a copy of everything noted, as plain values."""
        arrays = [part.copy() for part in self.record[1:]]
        history = None if self.history is None else list(self.history)
        rewirings = None if self.rewirings is None else self.rewirings.state()
        return {"record": arrays, "history": history, "rewirings": rewirings}

    def restore(self, state):
        """Go on from what `state` returned."""
        noted = state if isinstance(state, dict) else {}
        check_alike(self.record[1:], noted.get("record"))
        arrays = [part.copy() for part in noted["record"]]
        self.record = Record(self.record.tolerance, *arrays)
        if self.history is not None:
            epochs = noted.get("history")
            for epoch in epochs if isinstance(epochs, list) else [None]:
                check_alike((self.record.correct, self.record.latest), epoch)
            self.history = [tuple(epoch) for epoch in epochs]
        if self.rewirings is not None:
            self.rewirings.restore(noted.get("rewirings"))


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
        pruned = before.with_connections(~change.plan.dropped)
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
        for number, n_dropped in enumerate(change.plan.n_dropped.tolist(), start=1):
            mine = network.connections(number)
            n_mine = mine.stop - mine.start
            chosen = self.rng.choice(n_mine, n_dropped, replace=False)
            dropped[mine.start + chosen] = True
        return dropped

    def _evaluate(self, network, trainer):
        """Return which samples are right, and the loss of each."""
        record = blank_record(self.rows.size, self.tolerance, keep_latest=True)
        evaluate(trainer, network, self.samples, self.targets, record)
        return record.correct, record.latest[:, records.LATEST_LOSS]

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


def check_alike(own, others):
    """Raise ValueError unless `others` are arrays like `own`, one by one."""
    are_several = isinstance(others, list | tuple) and len(others) == len(own)
    if not are_several or any(
        not isinstance(theirs, np.ndarray)
        or (mine.shape, mine.dtype) != (theirs.shape, theirs.dtype)
        for mine, theirs in zip(own, others, strict=True)
    ):
        raise ValueError("The record in the checkpoint is of other rows.")


def spread(values, rows, n_rows, axis=0):
    """Return what belongs to some rows among all rows.

    Rows without a value have NaN, 0 as a count, and -1 as the answer to a question.
    """
    shape = list(values.shape)
    shape[axis] = n_rows
    blank = np.nan if values.dtype.kind == "f" else 0
    out = np.full(shape, -1 if values.dtype == np.int8 else blank, dtype=values.dtype)
    out[(slice(None),) * axis + (rows,)] = values
    return out
