"""A rewiring is planned layer by layer, exact in number."""

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import chisquare

from sparsekit.topology import Layer, RandomGrower, SETPruner, plan_rewiring
from tests.reference import naive_topology as naive
from tests.reference.strategies import layers, pairs_of, shares

RNG = np.random.default_rng(0)  # nothing here depends on it


def plan(drawn, fraction):
    layer, rng = drawn
    return plan_rewiring(layer, SETPruner(), RandomGrower(), fraction, rng)


@given(layers(), shares)
def test_as_many_connections_grow_as_go(drawn, fraction):
    dropped, grown = plan(drawn, fraction)
    assert dropped.sum() == grown.size
    assert grown.dtype == np.int64


@given(layers(), shares)
def test_new_positions_are_free_sorted_and_distinct(drawn, fraction):
    layer, _ = drawn
    dropped, grown = plan(drawn, fraction)
    free = naive.free_positions(pairs_of(layer), layer.n_in, layer.n_out, dropped)
    assert grown.tolist() == sorted(set(grown.tolist()) & set(free))


@given(layers(), shares)
def test_the_pruner_decides_what_goes(drawn, fraction):
    layer, _ = drawn
    dropped, _ = plan(drawn, fraction)
    np.testing.assert_array_equal(dropped, SETPruner().select(layer, fraction, RNG))


@given(layers(), shares)
def test_planning_reads_its_layer_only(drawn, fraction):
    layer, _ = drawn
    before = Layer(*(np.copy(part) for part in layer[:3]), layer.n_in)
    plan(drawn, fraction)
    for now, then in zip(layer[:3], before[:3], strict=True):
        np.testing.assert_array_equal(now, then)


def test_growth_is_uniform_over_the_free_positions():
    # Three of twelve positions are taken by survivors, one by a connection that goes.
    layer = Layer(np.array([0, 2, 2, 4]), np.array([0, 3, 1, 2]), np.ones(4), 4)
    dropped = np.array([False, False, True, False])
    rng = np.random.default_rng(0)
    counts = np.zeros(12)
    for _ in range(4000):
        counts[RandomGrower().select(layer, dropped, 2, rng)] += 1
    taken = [0, 3, 10]
    assert not counts[taken].any()
    assert chisquare(np.delete(counts, taken)).pvalue > 1e-3


def test_layer_that_is_full_grows_back_what_it_dropped():
    rng = np.random.default_rng(0)
    layer = Layer(np.array([0, 3, 6]), np.tile(np.arange(3), 2), rng.normal(size=6), 3)
    dropped, grown = plan((layer, rng), 0.5)
    assert grown.size > 0
    np.testing.assert_array_equal(grown, np.flatnonzero(dropped))


def test_grower_that_brings_another_number_is_an_error():
    class Eager(RandomGrower):
        def select(self, layer, dropped, count, rng):
            return super().select(layer, dropped, count + 1, rng)

    layer = Layer(np.array([0, 2]), np.array([1, 4]), np.ones(2), 9)
    with pytest.raises(ValueError, match="Eager chose 2 positions for 1 dropped"):
        plan_rewiring(layer, SETPruner(), Eager(), 0.5, np.random.default_rng(0))
