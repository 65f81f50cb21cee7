"""Connections move from neurons without inputs to neurons that nobody reads."""

import numpy as np
from hypothesis import given

from sparsekit.topology import RandomTopology, connect_idle_neurons
from tests.reference.naive_topology import connections_of
from tests.reference.strategies import layers, pairs_of, shares


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
    indptr, indices = RandomTopology().draw(20, 5, 12, rng)
    state = rng.bit_generator.state
    result = connect_idle_neurons(np.ones(20, dtype=int), indptr, indices, rng)
    np.testing.assert_array_equal(result, indices)
    assert rng.bit_generator.state == state
