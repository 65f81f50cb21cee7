"""Notes about samples that come again in later calls, kept by identity."""

from itertools import islice

import numpy as np

from sparsekit.network import EARLY, notes_by_name
from sparsekit.neural_network.training._history import WINDOW
from sparsekit.neural_network.training._recording import FitRecorder, recording_of

# Of what is noted around rewirings, what adds up over calls, and what is replaced.
_SUMS = (
    "n_evaluated",
    "n_forgotten",
    "n_learned",
    "loss_change",
    "n_null_forgotten",
    "null_loss_change",
)
_LATEST = ("correct", "lost_at")


def recorder_of(estimator, trainer, X, n_rows, rows=None, ids=None):
    """Return what takes the notes that the parameter `record` asks for.

    Parameters
    ----------
    estimator : BaseSparseMLP
    trainer : Trainer
    X : array-like
        What the user gave; a table's index names the samples.
    n_rows : int
        Rows of X.
    rows : ndarray or None
        Rows that are trained on; None for all.
    ids : list or None
        Identities of the rows, see `check_sample_ids`.
    """
    recording = recording_of(estimator.record)
    loss = getattr(estimator, "loss", estimator.out_activation_)
    if ids is None:
        return FitRecorder(recording, trainer, loss, X, n_rows, rows)
    kept = vars(estimator).get("_notes_by_id")
    return IdentifiedRecorder(recording, trainer, loss, ids, kept)


class IdentifiedRecorder(FitRecorder):
    """Takes the notes of one call of `partial_fit` whose rows have identities.

    It goes on from what earlier calls noted about the same samples, and changes that
    only when the call has come to its end.

    Parameters
    ----------
    recording : Recording
    trainer : Trainer
    loss : str
    ids : list of int, str and None
        Identities of the rows; rows with None leave no notes.
    kept : dict or None
        Notes of earlier calls.
    """

    def __init__(self, recording, trainer, loss, ids, kept) -> None:
        if recording.store == "full":
            raise ValueError(
                "sample_ids needs Recording(store='summary'): notes of every epoch "
                "would grow with the number of calls times that of samples."
            )
        self.rows_with_id = np.array(
            [row for row, name in enumerate(ids) if name is not None], dtype=np.int64
        )
        self.ids = [name for name in ids if name is not None]
        limit = recording.max_ids
        if limit is not None and len(self.ids) > limit:
            raise ValueError(
                f"sample_ids has {len(self.ids)} identities, more than "
                f"max_ids={limit} of the Recording."
            )
        super().__init__(recording, trainer, loss, None, len(ids))
        asked = {"loss": loss, **recording.get_params()}
        # Notes of another kind cannot be gone on with.
        same = kept is not None and kept["asked"] == asked
        self.kept = kept if same else _no_notes(asked, self.record)
        slots = self.kept["slots"]
        known = [name in slots for name in self.ids]
        rows = self.rows_with_id[known]
        mine = [slots[name] for name in self.ids if name in slots]
        for here, there in zip(self.record[1:], self.kept["arrays"], strict=False):
            here[rows] = there[mine]

    def keep_record(self, estimator):
        """Add what was noted to the notes that the estimator keeps."""
        kept, rows = self.kept, self.rows_with_id
        is_new = np.array([name not in kept["slots"] for name in self.ids], dtype=bool)
        slots = _take_slots(self.ids, kept["slots"], self.recording.max_ids)
        n_slots = len(kept["slots"])
        kept["arrays"] = [_grown(array, n_slots) for array in kept["arrays"]]
        for here, there in zip(self.record[1:], kept["arrays"], strict=False):
            there[slots] = here[rows]
        if self.rewirings is not None:
            self._keep_rewirings(slots, is_new)
        estimator._notes_by_id = kept

    def _keep_rewirings(self, slots, is_new):
        """Add what rewirings of this call did to those samples that were evaluated.

        What became of a sample between two calls has no known cause and is not counted.
        """
        notes = self.rewirings.to_dict()
        kept = self.kept["rewirings"]
        slot_of_row = np.full(self.n_rows, -1)
        slot_of_row[self.rows_with_id] = slots
        taken = slot_of_row[notes["rows"]]
        here = (taken >= 0) & (notes["n_evaluated"] > 0)
        n_before = kept.get("n_events", 0)
        kept["n_events"] = n_before + notes["events"]["epoch"].size
        notes["lost_at"][notes["lost_at"] > 0] += n_before
        for name in (*_SUMS, *_LATEST):
            values = notes[name]
            there = kept.get(name, np.zeros((0, *values.shape[1:]), values.dtype))
            kept[name] = there = _grown(there, len(self.kept["slots"]))
            there[np.array(slots, dtype=np.int64)[is_new]] = 0
            if name in _SUMS:
                there[taken[here]] += values[here]
            else:
                there[taken[here]] = values[here]
        notes["events"]["epoch"] += self.kept["n_calls"]
        earlier = kept.get("events", {})
        kept["events"] = {
            name: [*earlier.get(name, []), *values.tolist()][-WINDOW:]
            for name, values in notes["events"].items()
        }
        self.kept["n_calls"] += self.rewirings.n_epochs


def _no_notes(asked, record):
    """Return notes about nobody, as plain values.

    ``slots`` says at which place of the arrays a sample stands; its order is that in
    which samples came last.
    """
    return {
        "asked": asked,
        "slots": {},
        "arrays": [array[:0].copy() for array in record[1:5]],
        "rewirings": {},
        "n_calls": 0,
    }


def _take_slots(ids, slots, limit):
    """Return the places of `ids`; those that came last longest ago make room."""
    for name in ids:
        if name in slots:
            slots[name] = slots.pop(name)
    fresh = [name for name in ids if name not in slots]
    n_slots = len(slots) + len(fresh)
    n_leaving = 0 if limit is None else max(0, n_slots - limit)
    free = range(len(slots), n_slots - n_leaving)
    free = [*(slots.pop(name) for name in list(islice(slots, n_leaving))), *free]
    slots.update(zip(fresh, free, strict=True))
    return [slots[name] for name in ids]


def _grown(array, n_rows):
    """Return an array of at least `n_rows` that can be written to.

    It gets room for half as many again, so that it is seldom copied.
    """
    if n_rows <= len(array):
        # Arrays of a memory-mapped file are read-only.
        return array if array.flags.writeable else array.copy()
    larger = np.zeros((n_rows + n_rows // 2, *array.shape[1:]), dtype=array.dtype)
    larger[: len(array)] = array
    return larger


def record_by_id(notes):
    """Return `record_`, with a row for each sample that has an identity."""
    n_rows, rewirings = len(notes["slots"]), notes["rewirings"]
    names = np.empty(n_rows, dtype=object)
    for name, slot in notes["slots"].items():
        names[slot] = name
    if all(type(name) is int for name in notes["slots"]):
        names = np.array(names.tolist())
    asked = notes["asked"]
    arrays = [array[:n_rows] for array in notes["arrays"]]
    if asked["when"] == "rewiring":
        rows = np.flatnonzero(rewirings["n_evaluated"][:n_rows])
        rewirings = {
            "rows": rows,
            **{name: rewirings[name][rows] for name in (*_SUMS, *_LATEST)},
            "events": {
                name: np.array(values, dtype=int)
                for name, values in rewirings["events"].items()
            },
        }
    return {
        "when": asked["when"],
        "loss": asked["loss"],
        "tolerance": float(asked["tolerance"]),
        "index": names,
        **notes_by_name(*arrays),
        "early_presentations": np.array(EARLY),
        "rewirings": rewirings or None,
    }
