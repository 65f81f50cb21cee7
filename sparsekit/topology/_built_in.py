"""The parts of a rewiring that compiled code decides by itself, for all layers.

It has no rules of its own: it chooses what `plan_rewiring` would ask of these pruners
and growers layer by layer, with the same random numbers.
"""

import numpy as np

from sparsekit.kernels.selection import NO_LIMIT
from sparsekit.topology.growers import RandomGrower
from sparsekit.topology.pruners import (
    MagnitudePruner,
    RandomPruner,
    SETPruner,
    ThresholdPruner,
)


def compiled_choice(pruner, grower, dtype):
    """Return how compiled code chooses as these parts do, or None if it cannot.

    Parameters
    ----------
    pruner, grower : objects
        One of a user's own class is never compiled, also if that is derived from one
        that is.
    dtype : numpy.dtype
        Of the weights.

    Returns
    -------
    (bool, int, bool) or None
        `by_sign`, `below` and `at_random` of `kernels.wiring.choose_replacements`.
    """
    kind = type(pruner)
    if type(grower) is not RandomGrower:
        return None
    if kind is SETPruner:
        return True, NO_LIMIT, False
    if kind is RandomPruner:
        return False, NO_LIMIT, True
    if kind is MagnitudePruner and pruner.scope == "layer":
        return False, NO_LIMIT, False
    if kind is ThresholdPruner and type(pruner.threshold) is float:
        pruner.check_parameters()
        with np.errstate(over="ignore"):
            threshold = dtype.type(abs(pruner.threshold))  # of -0.0, too
        return False, int(threshold.view(f"i{threshold.itemsize}")), False
    return None
