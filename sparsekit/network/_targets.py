"""Targets as the kernels take them."""

import numpy as np

from sparsekit.kernels._structs import Targets


def label_targets(labels, sample_weight, dtype):
    """Return targets for a softmax: the number of the class of each sample."""
    return Targets(
        np.ascontiguousarray(labels, dtype=np.int64),
        np.empty((0, 0), dtype=dtype),
        _weights(sample_weight, dtype),
    )


def value_targets(values, sample_weight, dtype):
    """Return targets of shape (n_samples, n_outputs)."""
    return Targets(
        np.empty(0, dtype=np.int64),
        _cast(values, dtype),
        _weights(sample_weight, dtype),
    )


def take_targets(targets, rows):
    """Return the targets of some rows."""
    return Targets(*(part[rows] if len(part) else part for part in targets))


def batch_weight(targets, rows):
    """Return the total sample weight of some rows."""
    weights = targets.sample_weight
    return float(weights[rows].sum() if weights.size else rows.size)


def _weights(sample_weight, dtype):
    if sample_weight is None:
        return np.empty(0, dtype=dtype)
    return _cast(sample_weight, dtype)


def _cast(values, dtype):
    # What is too large becomes infinite, and training says that it diverges.
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values, dtype=dtype)
