"""What all growers keep to: exact numbers of free positions, chosen reproducibly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from sparsekit.topology import (
    FanInGrower,
    GradientGrower,
    Layer,
    LinkPredictionGrower,
    MomentumGrower,
    ObservedGrower,
    RandomGrower,
    SETPruner,
    UnfiredGrower,
    needs_of,
    plan_rewiring,
)
from tests.reference.strategies import rewirings

GROWERS = [
    RandomGrower(),
    ObservedGrower(),
    UnfiredGrower(),
    GradientGrower(),
    GradientGrower(candidates=None),
    MomentumGrower(n_batches=2),
    FanInGrower(candidates=1.5),
    FanInGrower(candidates=None),
    FanInGrower(fill_idle=False),
    LinkPredictionGrower(candidates=1.0),
    LinkPredictionGrower(candidates=None, temperature=1.0),
    LinkPredictionGrower("CH2-L3n", max_degree=2),
]
every_grower = pytest.mark.parametrize("grower", GROWERS, ids=repr)
seeds = st.integers(0, 2**32 - 1)


@every_grower
@given(drawn=rewirings(), seed=seeds)
def test_positions_are_free_sorted_distinct_and_as_many_as_asked_for(
    grower, drawn, seed
):
    layer, dropped, count, free = drawn
    positions = grower.select(layer, dropped, count, np.random.default_rng(seed))
    assert positions.dtype == np.int64
    assert positions.size == count
    assert positions.tolist() == sorted(set(positions.tolist()) & set(free))


@every_grower
@given(drawn=rewirings(), seed=seeds)
def test_all_free_positions_can_be_asked_for(grower, drawn, seed):
    layer, dropped, _, free = drawn
    positions = grower.select(layer, dropped, len(free), np.random.default_rng(seed))
    assert positions.tolist() == free


@every_grower
@given(drawn=rewirings(), seed=seeds)
def test_same_seed_gives_the_same_positions_and_nothing_given_changes(
    grower, drawn, seed
):
    layer, dropped, count, _ = drawn
    given_arrays = [part for part in (*layer, dropped) if isinstance(part, np.ndarray)]
    before = [part.copy() for part in given_arrays]
    first, second = (
        grower.select(layer, dropped, count, np.random.default_rng(seed))
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    for now, then in zip(given_arrays, before, strict=True):
        np.testing.assert_array_equal(now, then)


@every_grower
@given(drawn=rewirings(), seed=seeds)
def test_a_grower_asks_for_all_that_it_uses(grower, drawn, seed):
    layer, dropped, count, _ = drawn
    optional = {"input_rates", "nonzero_rates", "values", "deltas", "signs"}
    optional |= {"explored", "progress"}
    unknown = dict.fromkeys(optional - needs_of(grower))
    told_less = layer._replace(**unknown)
    np.testing.assert_array_equal(
        grower.select(told_less, dropped, count, np.random.default_rng(seed)),
        grower.select(layer, dropped, count, np.random.default_rng(seed)),
    )


@every_grower
def test_growers_can_be_cloned(grower):
    assert clone(grower).get_params() == grower.get_params()


@pytest.mark.parametrize("positions", [[5, 4], [4, 4], [-1, 4], [4, 10]])
def test_a_plan_refuses_positions_that_no_network_can_take(positions):
    class Wrong:
        def select(self, layer, dropped, count, rng):
            return np.array(positions)

    layer = Layer(np.array([0, 2, 2]), np.array([0, 1]), np.ones(2), n_in=5)
    with pytest.raises(ValueError, match="Wrong chose positions"):
        plan_rewiring([layer], SETPruner(), Wrong(), 1.0, np.random.default_rng(0))
