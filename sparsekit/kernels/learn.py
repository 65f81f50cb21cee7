"""What the optimizer does with the gradient of a block of connections."""

from sparsekit.kernels._jit import inner_kernel
from sparsekit.kernels.optimizer import sum_of_squares, update


@inner_kernel
def learn(lanes, weights, gradient, slots, at, rule, weight, step):
    """Take a step on `weights`, whose moments begin at `at`.

    Returns
    -------
    (float, int)
        Sum of squares of the weights before the step, if there is a penalty; number of
        weights that would not stay finite.
    """
    squares = 0.0
    if rule.l2 > 0.0:
        squares = float(sum_of_squares(lanes, weights))
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
    return squares, broken
