"""Plans of a rewiring are exact in number and leave the layer alone."""

import numpy as np
from hypothesis import given
from scipy.stats import chisquare

from sparsekit.topology import Layer, RandomGrower, SETPruner, plan_layer
from tests.reference.naive_topology import free_positions
from tests.reference.strategies import layers, pairs_of, shares


@given(layers(), shares)
def test_as_many_grow_as_are_dropped(drawn, fraction):
    layer, rng = drawn
    plan = plan_layer(layer, SETPruner(), RandomGrower(), fraction, rng)
    expected = SETPruner().select(layer, fraction)
    np.testing.assert_array_equal(plan.dropped, expected)
    assert plan.grown.size == plan.dropped.sum()


@given(layers(), shares)
def test_new_positions_are_free_sorted_and_distinct(drawn, fraction):
    layer, rng = drawn
    plan = plan_layer(layer, SETPruner(), RandomGrower(), fraction, rng)
    free = free_positions(pairs_of(layer), layer.n_in, layer.n_out, plan.dropped)
    assert plan.grown.tolist() == sorted(set(plan.grown.tolist()))
    assert set(plan.grown.tolist()) <= set(free)


@given(layers(), shares)
def test_planning_reads_its_layer_only(drawn, fraction):
    layer, rng = drawn
    before = Layer(*(np.copy(part) for part in layer[:3]), layer.n_in)
    plan_layer(layer, SETPruner(), RandomGrower(), fraction, rng)
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
    plan = plan_layer(layer, SETPruner(), RandomGrower(), 0.5, rng)
    assert plan.grown.tolist() == np.flatnonzero(plan.dropped).tolist() != []
