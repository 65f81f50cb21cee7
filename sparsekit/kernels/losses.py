"""Losses of the outputs z = W x + b, and their gradient.

For classes, and for SQUARED and POISSON, that gradient is prediction minus target. The
losses of numbers are means over the outputs; what is called their gradient is that of
the sum over the outputs, n_outputs times as much, as in scikit-learn.
"""

import math

from sparsekit.kernels._jit import inlined_kernel, inner_kernel

SOFTMAX = 0  # cross-entropy of a softmax over the outputs
LOGISTIC_LOSS = 1  # sum over the outputs of the binary cross-entropies
SQUARED = 2  # half the squared error
ABSOLUTE = 3  # the absolute error
HUBER = 4  # half the squared error up to `level`, linear beyond
QUANTILE = 5  # the pinball loss of the quantile at `level`
POISSON = 6  # half the Poisson deviance of y from exp(z)
GAMMA = 7  # half the gamma deviance of y from exp(z)


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


@inner_kernel
def _error_lane(loss, values, at, deltas, delta_at, width, targets, row, weight):
    """Losses of the error z - y, whose slope is bounded."""
    zero, one = values.dtype.type(0), values.dtype.type(1)
    level = values.dtype.type(loss.level)
    total = zero
    for k in range(targets.shape[1]):
        error = values[at + k * width] - targets[row, k]
        if loss.kind == HUBER:
            slope = min(max(error, -level), level)
            total += slope * (error - values.dtype.type(0.5) * slope)
        else:
            above, below = one, -one
            if loss.kind == QUANTILE:
                above, below = one - level, -level
            # At the kink, where nothing is to be gained, the gradient is zero.
            slope = above if error > 0 else (below if error < 0 else zero)
            total += slope * error
        deltas[delta_at + k * width] = weight * slope
    return total / targets.shape[1]


@inner_kernel
def _deviance_lane(loss, values, at, deltas, delta_at, width, targets, row, weight):
    """Half the deviance of y from exp(z), which is zero where they are equal."""
    zero = values.dtype.type(0)
    total = zero
    for k in range(targets.shape[1]):
        z, y = values[at + k * width], targets[row, k]
        if loss.kind == POISSON:
            slope = math.exp(z) - y
            deviance = slope
            if y > 0:
                # Rounding may leave less than nothing.
                deviance = max(slope + y * (math.log(y) - z), zero)
        else:
            excess = math.log(y) - z
            slope = -math.expm1(excess)
            deviance = -slope - excess
        deltas[delta_at + k * width] = weight * slope
        total += deviance
    return total / targets.shape[1]


@inlined_kernel
def lane_loss(
    loss, targets, row, values, at, deltas, delta_at, width, n_outputs, weight
):
    """Return the loss of one sample; write `weight` times the output gradient.

    Output k of the sample stands at ``at + k * width`` of `values`, its gradient at
    ``delta_at + k * width`` of `deltas`. Labels are not smoothed, see `smooth_labels`.
    """
    if loss.kind == SOFTMAX:
        label = targets.labels[row]
        return _softmax_lane(
            values, at, deltas, delta_at, width, n_outputs, label, weight
        )
    if loss.kind == LOGISTIC_LOSS:
        return _logistic_lane(
            values, at, deltas, delta_at, width, targets.values, row, weight
        )
    if loss.kind == SQUARED:
        return _squared_lane(
            values, at, deltas, delta_at, width, targets.values, row, weight
        )
    if loss.kind >= POISSON:
        return _deviance_lane(
            loss, values, at, deltas, delta_at, width, targets.values, row, weight
        )
    return _error_lane(
        loss, values, at, deltas, delta_at, width, targets.values, row, weight
    )


@inner_kernel
def smooth_labels(
    loss, targets, row, values, at, deltas, delta_at, width, n_outputs, weight
):
    """Return what smoothing adds to the loss of a label; add its part of the gradient.

    With the share s = `loss.smoothing` of each label spread over all K classes, the
    cross-entropy grows by s times z of the label less the mean of z. A logistic output
    is a choice between two classes: by s (y - 1/2) z.
    """
    share = values.dtype.type(loss.smoothing)
    half = values.dtype.type(0.5)
    added = values.dtype.type(0)
    for k in range(n_outputs):
        if loss.kind == SOFTMAX:
            slope = -share / values.dtype.type(n_outputs)
            if k == targets.labels[row]:
                slope += share
        else:
            slope = share * (targets.values[row, k] - half)
        deltas[delta_at + k * width] += weight * slope
        added += slope * values[at + k * width]
    return added
