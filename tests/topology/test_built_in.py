"""Which parts of a rewiring compiled code decides by itself."""

import numpy as np
import pytest

from sparsekit.kernels.selection import NO_LIMIT
from sparsekit.topology import (
    MagnitudePruner,
    ObservedGrower,
    RandomGrower,
    RandomPruner,
    SETPruner,
    ThresholdPruner,
    compiled_choice,
)

SINGLE, DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


class OwnPruner(SETPruner):
    pass


class OwnGrower(RandomGrower):
    pass


@pytest.mark.parametrize(
    ("pruner", "by_sign", "below", "at_random"),
    [
        (SETPruner(), True, NO_LIMIT, False),
        (MagnitudePruner(), False, NO_LIMIT, False),
        (RandomPruner(), False, NO_LIMIT, True),
        (ThresholdPruner(1.0), False, 0x3F800000, False),
        (ThresholdPruner(-0.0), False, 0, False),
        (ThresholdPruner(1e300), False, 0x7F800000, False),
    ],
    ids=str,
)
def test_built_in_parts_are_compiled(pruner, by_sign, below, at_random):
    choice = compiled_choice(pruner, RandomGrower(), SINGLE)
    assert choice == (by_sign, below, at_random)


@pytest.mark.parametrize(
    ("pruner", "grower"),
    [
        (OwnPruner(), RandomGrower()),
        (SETPruner(), OwnGrower()),
        (SETPruner(), ObservedGrower()),
        (MagnitudePruner("network"), RandomGrower()),
        # numpy compares weights with these in other types.
        (ThresholdPruner(np.float64(0.1)), RandomGrower()),
        (ThresholdPruner(1), RandomGrower()),
    ],
    ids=str,
)
def test_others_are_left_to_python(pruner, grower):
    assert compiled_choice(pruner, grower, DOUBLE) is None


def test_a_parameter_that_is_not_allowed_is_refused():
    with pytest.raises(ValueError, match="threshold must be a number"):
        compiled_choice(ThresholdPruner(-1.0), RandomGrower(), SINGLE)
