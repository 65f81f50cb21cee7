"""Index work on CSR connections agrees with set arithmetic."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.kernels import wiring
from sparsekit.kernels._structs import BY_INPUT, BY_ROW
from sparsekit.network import SparseNetwork, degree_statistics, named_degrees
from tests.reference import naive_topology as naive
from tests.reference.cases import random_naive_network, sparse_network
from tests.reference.strategies import layers, pairs_of, shares


@pytest.mark.parametrize("density", [0.3, 0.7, 1])
@pytest.mark.parametrize(
    "sizes", [(4, 6, 5, 3), (1, 1, 1), (7, 2), (3, 8, 1), (1, 9, 2, 9, 1)], ids=str
)
def test_the_index_by_input_lists_what_each_input_feeds(sizes, density):
    network = sparse_network(
        random_naive_network(np.random.default_rng(1), sizes, density)
    )
    formats = np.append(BY_ROW, np.full(len(sizes) - 1, BY_INPUT))
    arrays = network.for_training(formats, n_lanes=16)
    neuron = 0
    for level in range(len(sizes) - 1):
        layer = network.layer(level + 1)
        start = network.connections(level + 1).start
        for feeds in naive.by_input(pairs_of(layer), layer.n_in):
            mine = slice(arrays.in_indptr[neuron], arrays.in_indptr[neuron + 1])
            ours = zip(arrays.in_indices[mine], arrays.in_position[mine], strict=True)
            assert [(int(r), int(k) - start) for r, k in ours] == feeds
            neuron += 1
    assert neuron == arrays.in_indptr.size - 1
    assert arrays.in_indptr[-1] == arrays.in_indices.size


@given(layers(), shares, shares)
def test_free_positions_are_found_by_rank(drawn, drop_rate, grow_rate):
    layer, rng = drawn
    dropped = rng.random(layer.indices.size) < drop_rate
    free = naive.free_positions(pairs_of(layer), layer.n_in, layer.n_out, dropped)
    assert len(free) == layer.n_free + dropped.sum()
    ranks = np.flatnonzero(rng.random(len(free)) < grow_rate)
    positions = wiring.free_positions(
        layer.indptr, layer.indices, layer.n_in, dropped, ranks
    )
    assert positions.tolist() == [free[rank] for rank in ranks]


@given(layers(), shares, shares)
def test_first_taken(drawn, drop_rate, grow_rate):
    layer, rng = drawn
    dropped = rng.random(layer.indices.size) < drop_rate
    free = naive.free_positions(pairs_of(layer), layer.n_in, layer.n_out, dropped)
    grown = np.flatnonzero(rng.random(layer.n_in * layer.n_out) < grow_rate)
    found = wiring.first_taken(
        layer.indptr, layer.indices, layer.n_in, dropped, grown.astype(np.int64)
    )
    assert found == next((p for p in grown.tolist() if p not in free), -1)


def replace(network, belongings, dropped, grown):
    """Call the kernel with masks and positions that are given layer by layer."""
    ends = np.cumsum([0, *map(len, grown)])
    n_regrown, degrees = np.empty(len(grown), dtype=np.int64), np.empty((len(grown), 7))
    wiring.replace_connections(
        network.sizes,
        network.first,
        network.indptr,
        network.indices,
        belongings,
        np.concatenate(dropped),
        np.concatenate(grown),
        ends,
        n_regrown,
        degrees,
    )
    return n_regrown, degrees


@given(
    st.lists(st.integers(1, 8), min_size=2, max_size=4),
    st.sampled_from([0.2, 0.6, 1]),
    st.lists(shares, min_size=3, max_size=3),
    st.booleans(),
    st.integers(0, 10**6),
)
def test_connections_are_replaced_as_one_by_one(
    sizes, density, drop_rates, has_second, seed
):
    rng = np.random.default_rng(seed)
    network = sparse_network(random_naive_network(rng, sizes, density))
    layers = [network.layer(number) for number in range(1, len(sizes))]
    old = [pairs_of(layer) for layer in layers]
    dropped, grown = [], []
    for layer, rate in zip(layers, drop_rates, strict=False):
        gone = rng.random(layer.indices.size) < rate
        free = naive.free_positions(pairs_of(layer), layer.n_in, layer.n_out, gone)
        free = np.array(free, dtype=np.int64)
        dropped.append(gone)
        grown.append(np.sort(rng.permutation(free)[: gone.sum()]))
    expected = [
        naive.replace_connections(pairs, layer.n_in, gone, new)
        for pairs, layer, gone, new in zip(old, layers, dropped, grown, strict=True)
    ]
    # Where a connection stood before, counted from 1; zero for a new one.
    places = [np.arange(1.0, len(pairs) + 1) for pairs in old]
    old_places = np.concatenate(places)
    second = 2 * old_places if has_second else old_places[:0]
    belongings = old_places, -old_places, second
    n_regrown, degrees = replace(network, belongings, dropped, grown)
    assert named_degrees(degrees) == degree_statistics(network)
    for number, (pairs, source) in enumerate(expected, start=1):
        mine = network.connections(number)
        assert pairs_of(network.layer(number)) == pairs
        assert belongings[0][mine].tolist() == [place + 1 for place in source]
        assert belongings[1][mine].tolist() == [-place - 1 for place in source]
        if has_second:
            assert second[mine].tolist() == [2 * place + 2 for place in source]
        was_dropped = set(itertools.compress(old[number - 1], dropped[number - 1]))
        came_back = was_dropped & set(pairs)
        assert n_regrown[number - 1] == len(came_back)


def test_positions_beyond_32_bits():
    # A layer of 2**40 positions with one connection in its first and in its last row.
    n_in = n_out = 2**20
    indptr = np.ones(n_out + 1, dtype=np.int64)
    indptr[0], indptr[-1] = 0, 2
    network = SparseNetwork(
        sizes=np.array([n_in, n_out]),
        indptr=indptr.copy(),
        indices=np.array([5, n_in - 1], dtype=np.int32),
        weights=np.ones(2),
        biases=np.zeros(n_out),
        kinds=np.zeros(2, dtype=np.int64),
        slopes=np.zeros(2),
    )
    dropped = np.array([False, True])
    last = n_in * n_out - 1
    grown = wiring.free_positions(
        indptr, network.indices, n_in, dropped, np.array([last - 1], dtype=np.int64)
    )
    assert grown.tolist() == [last]
    moments = np.zeros(2), np.zeros(2)
    replace(network, (network.weights, *moments), [dropped], [grown])
    np.testing.assert_array_equal(network.indptr, indptr)
    assert network.indices.tolist() == [5, n_in - 1]
    assert network.weights.tolist() == [1, 0]
