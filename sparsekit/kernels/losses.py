"""Losses with their canonical output activation, and the gradient at the outputs.

For these pairs the gradient with respect to z = W x + b is prediction minus target; for
SQUARED that is n_outputs times the gradient of the mean over outputs, as in
scikit-learn.
"""

import math

from sparsekit.kernels._jit import inlined_kernel, inner_kernel

SOFTMAX = 0  # cross-entropy of a softmax over the outputs
LOGISTIC_LOSS = 1  # sum over the outputs of the binary cross-entropies
SQUARED = 2  # half the mean over the outputs of the squared error


@inner_kernel
def _softmax_lane(values, at, deltas, delta_at, width, n_outputs, label, weight):
    largest = values[at]
    for k in range(1, n_outputs):
        largest = max(largest, values[at + k * width])
    powers = values.dtype.type(0)
    for k in range(n_outputs):
        power = math.exp(values[at + k * width] - largest)
        deltas[delta_at + k * width] = power
        powers += power
    for k in range(n_outputs):
        deltas[delta_at + k * width] *= weight / powers
    deltas[delta_at + label * width] -= weight
    return math.log(powers) + largest - values[at + label * width]


@inner_kernel
def _logistic_lane(values, at, deltas, delta_at, width, targets, row, weight):
    one = values.dtype.type(1)
    loss = values.dtype.type(0)
    for k in range(targets.shape[1]):
        z = values[at + k * width]
        power = math.exp(-abs(z))
        probability = (one if z >= 0 else power) / (one + power)
        deltas[delta_at + k * width] = weight * (probability - targets[row, k])
        loss += max(z, values.dtype.type(0)) - z * targets[row, k] + math.log1p(power)
    return loss


@inner_kernel
def _squared_lane(values, at, deltas, delta_at, width, targets, row, weight):
    loss = values.dtype.type(0)
    for k in range(targets.shape[1]):
        error = values[at + k * width] - targets[row, k]
        deltas[delta_at + k * width] = weight * error
        loss += error * error
    return loss / (2 * targets.shape[1])


@inlined_kernel
def lane_loss(
    loss, targets, row, values, at, deltas, delta_at, width, n_outputs, weight
):
    """Return the loss of one sample; write `weight` times the output gradient.

    Output k of the sample stands at ``at + k * width`` of `values`, its gradient at
    ``delta_at + k * width`` of `deltas`.
    """
    if loss == SOFTMAX:
        label = targets.labels[row]
        return _softmax_lane(
            values, at, deltas, delta_at, width, n_outputs, label, weight
        )
    if loss == LOGISTIC_LOSS:
        return _logistic_lane(
            values, at, deltas, delta_at, width, targets.values, row, weight
        )
    return _squared_lane(
        values, at, deltas, delta_at, width, targets.values, row, weight
    )
