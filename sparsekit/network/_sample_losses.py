"""Losses of single training rows: room for them, and evaluations beside training."""

import numpy as np

from sparsekit.kernels._structs import Selection
from sparsekit.kernels.records import LATEST_LOSS
from sparsekit.network._recorder import blank_record, evaluate
from sparsekit.network._samples import take_samples
from sparsekit.network._targets import take_targets

# Rows that are copied at a time.
_CHUNK = 4096


def blank_selection(n_samples, dtype):
    """Return a selection that takes every sample as it is and has noted nothing."""
    return Selection(np.ones(n_samples, dtype), np.full(n_samples, np.nan, dtype))


def losses_of(trainer, rows):
    """Return the loss of some training rows as the network is, without dropout.

    Parameters
    ----------
    trainer : Trainer
    rows : ndarray of int64

    Returns
    -------
    ndarray of shape (n_rows,), float32
        Not weighted, and without penalty. Costs a forward pass over the rows; memory
        beside it: 4096 rows.
    """
    losses = np.empty(rows.size, dtype=np.float32)
    for start in range(0, rows.size, _CHUNK):
        part = rows[start : start + _CHUNK]
        record = blank_record(part.size, tolerance=1.0, keep_latest=True)
        evaluate(
            trainer.network,
            take_samples(trainer.samples, part),
            take_targets(trainer.targets, part),
            trainer.loss,
            record,
            holes=trainer.holes,
            n_threads=trainer.n_threads,
        )
        losses[start : start + _CHUNK] = record.latest[:, LATEST_LOSS]
    return losses
