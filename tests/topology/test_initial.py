"""Where the first connections lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from sparsekit.topology._initial import connect_idle_neurons, random_topology
from tests.reference.naive_topology import connections_of
from tests.reference.strategies import layers, pairs_of, shares


@st.composite
def shapes(draw):
    n_in, n_out = draw(st.integers(1, 30)), draw(st.integers(1, 30))
    return n_in, n_out, draw(st.integers(0, n_in * n_out)), draw(st.integers(0, 10**6))


@given(shapes())
def test_random_topology_has_exactly_the_connections_asked_for(drawn):
    n_in, n_out, count, seed = drawn
    indptr, indices = random_topology(n_in, n_out, count, np.random.default_rng(seed))
    assert indptr.dtype == np.int64
    assert indices.dtype == np.int32
    assert indptr.shape == (n_out + 1,)
    assert indices.shape == (count,)
    pairs = connections_of(indptr, indices)
    assert len(pairs) == count
    assert pairs == sorted(set(pairs))
    assert all(0 <= column < n_in for _, column in pairs)


def test_random_topology_is_uniform_over_the_positions():
    rng = np.random.default_rng(1)
    counts = np.zeros((4, 6))
    for _ in range(4000):
        for pair in connections_of(*random_topology(6, 4, 7, rng)):
            counts[pair] += 1
    # Draws without replacement vary less than chi-square allows for.
    assert chisquare(counts.ravel()).pvalue > 1e-3


def test_random_topology_of_a_layer_larger_than_memory():
    indptr, indices = random_topology(10**6, 10**6, 5000, np.random.default_rng(0))
    assert indptr[-1] == indices.size == 5000
    assert indices.mean() == pytest.approx(5e5, rel=0.05)


@given(layers(), shares)
def test_connecting_idle_neurons_keeps_rows_and_live_connections(drawn, idle_rate):
    layer, rng = drawn
    fan_in = np.where(rng.random(layer.n_in) < idle_rate, 0, 3)
    before = layer.indices.copy()
    indices = connect_idle_neurons(fan_in, layer.indptr, layer.indices, rng)
    np.testing.assert_array_equal(layer.indices, before)
    new = connections_of(layer.indptr, indices)
    assert new == sorted(set(new))
    assert len(new) == len(pairs_of(layer))
    live = {pair for pair in pairs_of(layer) if fan_in[pair[1]]}
    assert live <= set(new)


@given(layers(), shares)
def test_connecting_idle_neurons_moves_as_many_connections_as_it_can(drawn, idle_rate):
    layer, rng = drawn
    fan_in = np.where(rng.random(layer.n_in) < idle_rate, 0, 3)
    alive = set(np.flatnonzero(fan_in))
    idle = alive - set(layer.indices)
    lost = [column for column in layer.indices if column not in alive]
    indices = connect_idle_neurons(fan_in, layer.indptr, layer.indices, rng)
    moved = min(len(lost), len(idle))
    assert len(alive - set(indices)) == len(idle) - moved
    assert sum(column not in alive for column in indices) == len(lost) - moved


def test_nothing_moves_where_every_neuron_has_inputs():
    rng = np.random.default_rng(0)
    indptr, indices = random_topology(20, 5, 12, rng)
    state = rng.bit_generator.state
    result = connect_idle_neurons(np.ones(20, dtype=int), indptr, indices, rng)
    np.testing.assert_array_equal(result, indices)
    assert rng.bit_generator.state == state
