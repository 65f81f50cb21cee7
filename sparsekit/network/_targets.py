"""Targets as the kernels take them."""

import numpy as np

from sparsekit.kernels._structs import Targets

# Weights between two to the plus and minus these can be multiplied and summed in single
# precision; one that is smaller by the other power than the largest counts for nothing.
_EXPONENT = 40
_NEGLIGIBLE = 2.0**-100


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


def moderate(weights):
    """Return sample weights of which sums and products stay finite, and true.

    Parameters
    ----------
    weights : ndarray of float64
        Not negative.

    Returns
    -------
    ndarray of float64
        Those given, or where the largest is too far from 1, they divided by a power of
        two that brings it there. Only ratios of weights count, but for the penalty,
        which is shared out among a weight of about 1 per row then.
    """
    largest = weights.max(initial=0.0)
    exponent = int(np.frexp(largest)[1]) - 1
    if largest > 0 and abs(exponent) > _EXPONENT:
        weights = np.ldexp(weights, -exponent)
        largest = np.ldexp(largest, -exponent)
    return np.where(weights < _NEGLIGIBLE * largest, 0.0, weights)


def _weights(sample_weight, dtype):
    if sample_weight is None:
        return np.empty(0, dtype=dtype)
    return _cast(sample_weight, dtype)


def _cast(values, dtype):
    # What is too large becomes infinite: who gave it looks at that, and refuses.
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values, dtype=dtype)
