"""Pruning and growing keep a layer's connections in order and exact in number."""

import numpy as np
from hypothesis import given
from scipy.stats import chisquare

from sparsekit.topology import Layer, RandomGrower, SETPruner, rewire_layer
from tests.reference.naive_topology import connections_of
from tests.reference.strategies import layers, pairs_of, shares


@given(layers(), shares)
def test_number_and_order_of_connections(drawn, fraction):
    layer, rng = drawn
    rewired = rewire_layer(layer, SETPruner(), RandomGrower(), fraction, rng)
    pairs = connections_of(rewired.indptr, rewired.indices)
    assert len(pairs) == layer.indices.size
    assert pairs == sorted(set(pairs))
    assert all(0 <= column < layer.n_in for _, column in pairs)
    assert rewired.indptr.shape == layer.indptr.shape
    assert rewired.indices.dtype == layer.indices.dtype


@given(layers(), shares)
def test_survivors_are_what_the_pruner_left_and_the_rest_is_new(drawn, fraction):
    layer, rng = drawn
    rewired = rewire_layer(layer, SETPruner(), RandomGrower(), fraction, rng)
    dropped = SETPruner().select(layer, fraction)
    survivors = rewired.source[rewired.source >= 0]
    np.testing.assert_array_equal(survivors, np.flatnonzero(~dropped))
    assert (rewired.source < 0).sum() == dropped.sum() == rewired.n_replaced
    old, new = pairs_of(layer), connections_of(rewired.indptr, rewired.indices)
    for pair, source in zip(new, rewired.source, strict=True):
        assert source < 0 or pair == old[source]


@given(layers(), shares)
def test_rewiring_reads_its_layer_only(drawn, fraction):
    layer, rng = drawn
    before = Layer(*(np.copy(part) for part in layer[:3]), layer.n_in)
    rewire_layer(layer, SETPruner(), RandomGrower(), fraction, rng)
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
    rewired = rewire_layer(layer, SETPruner(), RandomGrower(), 0.5, rng)
    np.testing.assert_array_equal(rewired.indices, layer.indices)
    assert rewired.n_replaced == (rewired.source < 0).sum() > 0
