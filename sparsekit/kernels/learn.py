"""What the optimizer does with the gradient of a block of connections."""

from sparsekit.kernels._jit import allocating_kernel, inner_kernel
from sparsekit.kernels.optimizer import sum_of_squares, update


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
def learn(lanes, weights, gradient, slots, at, rule, weight, step):
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
    broken = update(
        rule,
        weights,
        gradient,
        slots.weight_first[at : at + weights.size],
        slots.weight_second[at : at + weights.size],
        weight,
        rule.l2,
        rule.decay,
        step,
    )
    _put_back(slots.frozen, at, old, weights)
    return squares, broken
