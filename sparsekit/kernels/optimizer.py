"""One step of SGD, Adam or AdamW on some parameters.

SGD: v <- momentum v - rate g, then w <- w + v, or with Nesterov's look-ahead w <- w +
momentum v - rate g. Adam: Kingma & Ba 2015, algorithm 1, with the bias corrections in
the step size; where weights count steps of their own, each has its own correction.
SGDW and AdamW: Loshchilov & Hutter 2019, algorithms 1 and 2, where the decay shrinks
the weight itself.

A parameter that would become infinite or NaN, or whose moments would, keeps its value,
loses its moments and is counted, so that the network stays usable, and trainable,
however training ends."""

import math

import numpy as np

from sparsekit.kernels._jit import allocating_kernel, inner_kernel
from sparsekit.kernels._lanes import fill, load, multiply_add, total, width_of

SGD = 0
ADAM = 1


@inner_kernel
def _sgd(rule, parameters, gradient, velocity, scale, l2, decay):
    real = parameters.dtype.type
    rate = real(rule.rate)
    momentum = real(rule.momentum)
    tiny = real(rule.tiny)
    nesterov = rule.nesterov != 0
    keep = real(1.0 - rule.rate * decay)
    broken = 0
    for k in range(parameters.size):
        old = parameters[k]
        push = rate * scale * (gradient[k] + l2 * old)
        speed = momentum * velocity[k] - push
        speed = real(0) if abs(speed) <= tiny else speed
        new = keep * old + (momentum * speed - push if nesterov else speed)
        finite = abs(new) < np.inf and abs(speed) < np.inf
        velocity[k] = speed if finite else real(0)
        parameters[k] = new if finite else old
        broken += 0 if finite else 1
    return broken


@inner_kernel
def _adam(rule, parameters, gradient, first, second, scale, l2, decay, t):
    real = parameters.dtype.type
    beta_1 = real(rule.beta_1)
    beta_2 = real(rule.beta_2)
    rest_1 = real(1.0 - rule.beta_1)
    rest_2 = real(1.0 - rule.beta_2)
    epsilon = real(rule.epsilon)
    tiny = real(rule.tiny)
    rate = real(rule.rate * math.sqrt(1.0 - rule.beta_2**t) / (1.0 - rule.beta_1**t))
    keep = real(1.0 - rule.rate * decay)
    broken = 0
    for k in range(parameters.size):
        old = parameters[k]
        g = scale * (gradient[k] + l2 * old)
        m = beta_1 * first[k] + rest_1 * g
        v = beta_2 * second[k] + rest_2 * g * g
        m = real(0) if abs(m) <= tiny else m
        v = real(0) if v <= tiny else v
        new = keep * old - rate * m / (np.sqrt(v) + epsilon)
        finite = abs(new) < np.inf and abs(m) < np.inf and v < np.inf
        first[k] = m if finite else real(0)
        second[k] = v if finite else real(0)
        parameters[k] = new if finite else old
        broken += 0 if finite else 1
    return broken


@inner_kernel
def _adam_by_age(rule, parameters, gradient, first, second, scale, born, factors, t):
    """As `_adam`, with the bias correction of each parameter's own number of steps."""
    real = parameters.dtype.type
    beta_1 = real(rule.beta_1)
    beta_2 = real(rule.beta_2)
    rest_1 = real(1.0 - rule.beta_1)
    rest_2 = real(1.0 - rule.beta_2)
    epsilon = real(rule.epsilon)
    tiny = real(rule.tiny)
    l2 = real(rule.l2)
    rate = real(rule.rate)
    keep = real(1.0 - rule.rate * rule.decay)
    oldest = factors.size - 1
    broken = 0
    for k in range(parameters.size):
        old = parameters[k]
        g = scale * (gradient[k] + l2 * old)
        m = beta_1 * first[k] + rest_1 * g
        v = beta_2 * second[k] + rest_2 * g * g
        m = real(0) if abs(m) <= tiny else m
        v = real(0) if v <= tiny else v
        factor = factors[min(t - born[k], oldest)]
        new = keep * old - rate * factor * m / (np.sqrt(v) + epsilon)
        finite = abs(new) < np.inf and abs(m) < np.inf and v < np.inf
        first[k] = m if finite else real(0)
        second[k] = v if finite else real(0)
        parameters[k] = new if finite else old
        broken += 0 if finite else 1
    return broken


@inner_kernel
def update(rule, parameters, gradient, first, second, weight, l2, decay, t):
    """Update all parameters; return how many would not stay finite.

    The gradient of the mean loss is ``(gradient + l2 * parameters) / weight``, where
    `weight` is the sum of the sample weights in the batch; `t` counts steps from 1.
    """
    scale = parameters.dtype.type(1.0 / weight)
    penalty = parameters.dtype.type(l2)
    if rule.kind == SGD:
        return _sgd(rule, parameters, gradient, first, scale, penalty, decay)
    return _adam(rule, parameters, gradient, first, second, scale, penalty, decay, t)


@inner_kernel
def _update_weights(
    born, factors, at, rule, weights, gradient, first, second, weight, t
):
    # numba compiles only that branch which the type of `born` leaves.
    if born is None:
        return update(
            rule, weights, gradient, first, second, weight, rule.l2, rule.decay, t
        )
    scale = weights.dtype.type(1.0 / weight)
    mine = born[at : at + weights.size]
    return _adam_by_age(rule, weights, gradient, first, second, scale, mine, factors, t)


@inner_kernel
def sum_of_squares(lanes, parameters):
    """Return the sum of squares of the parameters."""
    width = width_of(lanes)
    squares = fill(lanes, parameters.dtype.type(0))
    whole = parameters.size // width * width
    for k in range(0, whole, width):
        some = load(lanes, parameters, k)
        squares = multiply_add(some, some, squares)
    result = total(squares)
    for k in range(whole, parameters.size):
        result += parameters[k] * parameters[k]
    return result


@allocating_kernel
def _copied(frozen, weights):
    # numba compiles only that branch which the type of `frozen` leaves.
    if frozen is None:
        return None
    return weights.copy()


@inner_kernel
def _put_back(frozen, at, old, weights):
    """Give frozen weights their old values, to the bit."""
    if frozen is not None:
        for k in range(weights.size):
            if frozen[at + k]:
                weights[k] = old[k]


@allocating_kernel
def take_step(lanes, weights, gradient, slots, at, rule, weight, step):
    """Take a step on `weights`, whose moments begin at `at`.

    Frozen weights stay; their moments follow the gradient nevertheless.

    Returns
    -------
    (float, int)
        Sum of squares of the weights before the step, if there is a penalty; number of
        weights that would not stay finite.
    """
    squares = 0.0
    if rule.l2 > 0.0:
        squares = float(sum_of_squares(lanes, weights))
    old = _copied(slots.frozen, weights)
    # For SGD the second moment is empty, and so is the slice.
    broken = _update_weights(
        slots.born,
        slots.age_factors,
        at,
        rule,
        weights,
        gradient,
        slots.weight_first[at : at + weights.size],
        slots.weight_second[at : at + weights.size],
        weight,
        step,
    )
    _put_back(slots.frozen, at, old, weights)
    return squares, broken
