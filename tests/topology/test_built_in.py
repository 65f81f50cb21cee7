"""The compiled plan of a rewiring is the one that its parts make layer by layer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.topology import (
    MagnitudePruner,
    ObservedGrower,
    RandomGrower,
    RandomPruner,
    SETPruner,
    ThresholdPruner,
    plan_at_once,
    plan_rewiring,
)
from sparsekit.topology._plan import Plan
from tests.reference.cases import random_naive_network, sparse_network

PRUNERS = [
    SETPruner(),
    MagnitudePruner(),
    RandomPruner(),
    *map(ThresholdPruner, (0.0, 1e-3, 0.5, 1e300, np.inf)),
]
levels = st.lists(st.integers(1, 9), min_size=2, max_size=5).map(tuple)
# An edge, the next numbers beside it, or anything between.
fractions = st.sampled_from([0.0, 5e-324, 0.3, 0.5, 1.0 - 2**-53, 1.0]) | st.floats(
    0, 1
)


def network_of(rng, sizes, density, dtype):
    """Return a network that has equal weights and zeros of both signs, too."""
    network = sparse_network(random_naive_network(rng, sizes, density), dtype)
    few = rng.choice(np.array([0.0, -0.0, 0.5, -0.5, 1e-40]), network.weights.size)
    network.weights[:] = np.where(rng.random(few.size) < 0.4, few, network.weights)
    return network


@pytest.mark.parametrize("pruner", PRUNERS, ids=str)
@given(
    levels,
    st.sampled_from([0.1, 0.5, 0.9, 1]),
    st.sampled_from([np.float32, np.float64]),
    fractions,
    st.sampled_from([np.random.PCG64, np.random.Philox]),
    st.integers(0, 10**6),
)
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_it_is_the_plan_of_the_parts_with_the_same_random_numbers(
    pruner, sizes, density, dtype, fraction, source, seed
):
    network = network_of(np.random.default_rng(seed), sizes, density, dtype)
    compiled, plain = (np.random.Generator(source(seed)) for _ in range(2))
    plan = plan_at_once(network, pruner, RandomGrower(), fraction, compiled)
    layers = network.layers()
    expected = Plan.of(plan_rewiring(layers, pruner, RandomGrower(), fraction, plain))
    for name, ours, theirs in zip(Plan._fields, plan, expected, strict=True):
        assert ours.dtype == theirs.dtype, name
        np.testing.assert_array_equal(ours, theirs, err_msg=name)
    assert compiled.integers(2**63) == plain.integers(2**63)


class OwnPruner(SETPruner):
    pass


class OwnGrower(RandomGrower):
    pass


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
def test_other_parts_are_left_to_the_plan_in_python(pruner, grower):
    rng = np.random.default_rng(0)
    network = network_of(rng, (5, 6, 3), 0.5, np.float32)
    state = rng.bit_generator.state
    assert plan_at_once(network, pruner, grower, 0.5, rng) is None
    assert rng.bit_generator.state == state


def test_a_parameter_that_is_not_allowed_is_refused():
    network = network_of(np.random.default_rng(0), (5, 3), 0.5, np.float32)
    with pytest.raises(ValueError, match="threshold must be a number"):
        plan_at_once(network, ThresholdPruner(-1.0), RandomGrower(), 0.5, None)
