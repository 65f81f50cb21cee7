"""Notes about the training samples, taken while the network trains."""

import numpy as np

from sparsekit.kernels import records
from sparsekit.kernels._structs import Record
from sparsekit.kernels.outputs import note_outputs
from sparsekit.network._inference import raw_outputs

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


def blank_record(n_samples, tolerance, keep_latest):
    """Return a record without notes."""
    n_latest = n_samples if keep_latest else 0
    single = np.float32
    return Record(
        float(tolerance),
        np.zeros((n_samples, records.N_COUNTS), dtype=np.int32),
        np.full(n_samples, -1, dtype=np.int8),
        np.zeros((n_samples, records.N_MEANS), dtype=single),
        np.full((n_samples, len(records.EARLY)), np.nan, dtype=single),
        np.full((n_latest, records.N_LATEST), np.nan, dtype=single),
    )


def evaluate(network, samples, targets, loss, record, *, holes=None, n_threads=1):
    """Take notes of all samples as the network is, without dropout."""
    outputs = raw_outputs(network, samples, n_threads, holes)
    note_outputs(loss, targets, outputs, record)


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


class Recorder:
    """Takes no notes; what training calls where notes may be taken."""

    notes_of_training = None

    def end_epoch(self, trainer):
        """Take the notes that belong to the end of an epoch."""

    def before_rewiring(self, trainer):
        """Take the notes that belong to the time before a rewiring."""

    def after_rewiring(self, trainer, change):
        """Take notes of what a rewiring did."""

    def finish(self, trainer):
        """Take the notes that belong to the end of training."""

    def state(self):
        """Return a copy of everything noted, as plain values."""
        return None

    def restore(self, state):
        """Go on from what `state` returned."""


class SampleRecorder(Recorder):
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
        if self.after_epochs:
            evaluate(
                trainer.network,
                trainer.samples,
                trainer.targets,
                trainer.loss,
                self.record,
                holes=trainer.holes,
                n_threads=trainer.n_threads,
            )
        if self.history is not None:
            latest = self.record.latest.copy()
            unseen = np.isnan(latest[:, records.LATEST_LOSS])
            correct = np.where(unseen, np.int8(-1), self.record.correct)
            self.history.append((correct, latest))
            self.record.latest[:] = np.nan
        if self.rewirings is not None:
            self.rewirings.n_epochs += 1

    def before_rewiring(self, trainer):
        if self.rewirings is not None:
            self.rewirings.before(trainer)

    def after_rewiring(self, trainer, change):
        if self.rewirings is not None:
            self.rewirings.after(trainer, change)

    def finish(self, trainer):
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
        arrays = [part.copy() for part in self.record[1:]]
        history = None if self.history is None else list(self.history)
        rewirings = None if self.rewirings is None else self.rewirings.state()
        return {"record": arrays, "history": history, "rewirings": rewirings}

    def restore(self, state):
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
