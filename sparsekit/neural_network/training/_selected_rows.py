"""Which rows the epochs of one fit take, and what is remembered of the others."""

import numpy as np

from sparsekit.network import blank_selection, losses_of, n_samples_of
from sparsekit.neural_network.training._sample_selection import SampleNotes


def selected_rows(estimator, prepared):
    """Return what selects the rows of each epoch.

    Parameters
    ----------
    estimator : BaseSparseMLP
    prepared : PreparedFit
        Its trainer is told to note losses.
    """
    return SelectedRows(
        prepared.selection,
        prepared.trainer,
        estimator._strata(prepared.trainer.targets),
        estimator._generator,
        estimator.max_iter,
        prepared.strategies.rewires,
    )


class SelectedRows:
    """Every epoch takes the rows that a strategy selects.

    Parameters
    ----------
    selection : SampleSelection
    trainer : Trainer
    strata : ndarray of shape (n_samples,) or None
    rng : numpy.random.Generator
    max_iter : int
    rewires : bool
        Whether the network is ever rewired.

    Notes
    -----
    Memory: ``window + 2`` numbers and a byte per row. Time: O(n_samples) per epoch, and
    what the strategy takes.
    """

    # Set when the network was rewired.
    rewired = False

    def __init__(self, selection, trainer, strata, rng, max_iter, rewires) -> None:
        self.selection = selection
        self.trainer = trainer
        self.rng = rng
        self.max_iter = max_iter
        self.rewires = rewires
        n_samples = n_samples_of(trainer.samples)
        dtype = trainer.network.dtype
        trainer.selection = blank_selection(n_samples, dtype)
        self.losses = np.full((selection.window, n_samples), np.nan, dtype)
        self.kept = np.ones(n_samples, dtype=bool)
        self.stands_for_all = False
        self.n_since = 0
        weights = trainer.targets.sample_weight
        self.weights = weights if weights.size else None
        self.strata = strata

    def begin_epoch(self, order, epoch):
        """Return the rows of an epoch, in their order.

        Parameters
        ----------
        order : ndarray of int64
            All rows in the order in which they would come.
        epoch : int
            Epochs done.
        """
        if self.selection.due(self._notes(epoch)):
            if self.selection.evaluates and not self.kept.all():
                self._evaluate_those_left_out()
            self._select(self._notes(epoch))
        self.trainer.selection.losses[:] = np.nan
        return order[self.kept[order]]

    def end_epoch(self, loss):
        """Return the mean loss over all rows, given that over the rows of the epoch."""
        self._note(self.trainer.selection.losses)
        self.n_since += 1
        factors = self.trainer.selection.factors
        if self.stands_for_all:
            return loss / float(np.average(factors[self.kept], weights=self._of_kept()))
        left_out = ~self.kept & np.isfinite(self.losses[0])
        if not left_out.any():
            return loss
        weights = np.ones(self.kept.size) if self.weights is None else self.weights
        told, untold = weights[self.kept].sum(), weights[left_out]
        last = float(untold @ self.losses[0, left_out])
        return (loss * float(told) + last) / float(told + untold.sum())

    def _of_kept(self):
        return None if self.weights is None else self.weights[self.kept]

    def _notes(self, epoch):
        return SampleNotes(
            losses=self.losses,
            kept=self.kept,
            strata=self.strata,
            sample_weight=self.weights,
            progress=epoch / self.max_iter,
            n_epochs=epoch,
            n_since=self.n_since,
            rewired=self.rewired or not self.rewires,
        )

    def _select(self, notes):
        chosen = self.selection.select(notes, self.rng)
        kept, factors = _checked_choice(self.selection, chosen, self.weights, notes)
        self.kept = kept
        self.stands_for_all = factors is not None
        self.trainer.selection.factors[:] = 1.0 if factors is None else factors
        self.n_since, self.rewired = 0, False

    def _evaluate_those_left_out(self):
        rows = np.flatnonzero(~self.kept)
        losses = np.full(self.kept.size, np.nan, self.losses.dtype)
        losses[rows] = losses_of(self.trainer, rows)
        self._note(losses)

    def _note(self, losses):
        """Take note of one presentation of the samples with a loss that is no NaN."""
        seen = np.flatnonzero(~np.isnan(losses))
        self.losses[1:, seen] = self.losses[:-1, seen]
        self.losses[0, seen] = losses[seen]

    def state(self):
        """Return a copy of everything remembered, as plain values."""
        return {
            "losses": self.losses.copy(),
            "kept": self.kept.copy(),
            "factors": self.trainer.selection.factors.copy(),
            "stands_for_all": self.stands_for_all,
            "n_since": self.n_since,
            "rewired": self.rewired,
        }

    def restore(self, state):
        """Go on from what `state` returned."""
        own = self.state()
        same = isinstance(state, dict) and state.keys() == own.keys()
        if not same or any(
            np.shape(state[name]) != np.shape(value)
            or np.asarray(state[name]).dtype != np.asarray(value).dtype
            for name, value in own.items()
        ):
            raise ValueError("The selection in the checkpoint is of other rows.")
        self.losses = state["losses"].copy()
        self.kept = state["kept"].copy()
        self.trainer.selection.factors[:] = state["factors"]
        for name in ("stands_for_all", "n_since", "rewired"):
            setattr(self, name, state[name])


def _checked_choice(selection, chosen, weights, notes):
    """Return copies of what a selection answers: rows to keep, and factors or None.

    Raises
    ------
    ValueError
        If it is not that, or nothing can be trained on it.
    """
    name, shape = type(selection).__name__, notes.kept.shape
    pair = chosen if isinstance(chosen, tuple) and len(chosen) == 2 else (chosen, None)
    kept, factors = pair
    is_mask = isinstance(kept, np.ndarray) and kept.dtype == bool
    if not is_mask or kept.shape != shape or chosen is not pair:
        raise ValueError(
            f"{name}.select must return a tuple of a boolean ndarray of shape {shape}, "
            f"and None or factors; got {chosen!r}."
        )
    some = kept if weights is None else kept & (weights > 0)
    if not some.any():
        raise ValueError(f"{name}.select keeps no sample of positive weight.")
    if factors is None:
        return kept.copy(), None
    is_real = isinstance(factors, np.ndarray) and factors.dtype.kind in "fiu"
    if not is_real or factors.shape != shape:
        raise ValueError(
            f"{name}.select must return factors that are None or an ndarray of numbers "
            f"of shape {shape}; got {factors!r}."
        )
    used = factors[kept]
    if not (np.isfinite(used).all() and (used > 0).all()):
        raise ValueError(f"{name}.select gives factors that are not positive numbers.")
    return kept.copy(), factors
