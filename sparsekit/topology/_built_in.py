"""The plan of a rewiring whose parts are all built in: one compiled call.

It has no rules of its own. What `plan_rewiring` asks of these pruners and growers layer
by layer, the kernel does for all layers, with the same random numbers: the plan is the
same.
"""

import numpy as np

from sparsekit.kernels.selection import NO_LIMIT
from sparsekit.kernels.wiring import choose_replacements
from sparsekit.topology._plan import Plan
from sparsekit.topology._positions import draw_seeds
from sparsekit.topology.growers import RandomGrower
from sparsekit.topology.pruners import (
    MagnitudePruner,
    RandomPruner,
    SETPruner,
    ThresholdPruner,
)


def plan_at_once(network, pruner, grower, fraction, rng):
    """Return the plan of a rewiring, or None if one of its parts is not compiled.

    Parameters
    ----------
    network : SparseNetwork
        None of its connections is protected, and every layer keeps their number.
    pruner, grower : objects
        One of a user's own class is never compiled, also if that is derived from one
        that is.
    fraction : float
    rng : numpy.random.Generator

    Returns
    -------
    Plan or None
        As of `plan_rewiring`. Complexity: O(connections + neurons).
    """
    choice = _choice_of(pruner, network.dtype)
    if choice is None or type(grower) is not RandomGrower:
        return None
    by_sign, below, at_random = choice
    n_connections, is_single = network.weights.size, network.weights.itemsize == 4
    dropped = np.zeros(n_connections, dtype=bool)
    grown = np.empty(int(fraction * n_connections), dtype=np.int64)
    ends = np.empty(network.sizes.size, dtype=np.int64)
    choose_replacements(
        network.sizes,
        network.first,
        network.indptr,
        network.indices,
        network.weights.view(np.int32 if is_single else np.int64),
        float(fraction),
        by_sign,
        below,
        at_random,
        draw_seeds((1 + at_random) * network.n_open, rng),
        dropped,
        grown,
        ends,
    )
    counts = np.diff(ends)
    return Plan(dropped, grown[: ends[-1]], ends, counts, counts)


def _choice_of(pruner, dtype):
    """Return `by_sign`, `below` and `at_random` of the kernel; None if it cannot."""
    kind = type(pruner)
    if kind is SETPruner:
        return True, NO_LIMIT, False
    if kind is RandomPruner:
        return False, NO_LIMIT, True
    if kind is MagnitudePruner and pruner.scope == "layer":
        return False, NO_LIMIT, False
    if kind is ThresholdPruner and type(pruner.threshold) is float:
        pruner.check_parameters()
        with np.errstate(over="ignore"):
            threshold = dtype.type(pruner.threshold)
        return False, int(threshold.view(f"i{threshold.itemsize}")), False
    return None
