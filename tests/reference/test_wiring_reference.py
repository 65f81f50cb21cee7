"""Index work on CSR connections agrees with set arithmetic."""

import numpy as np
import pytest
from hypothesis import given

from sparsekit.kernels import wiring
from sparsekit.kernels._structs import BY_INPUT, BY_ROW
from tests.reference import naive_topology as naive
from tests.reference.cases import random_naive_network, sparse_network
from tests.reference.strategies import layers, pairs_of, shares


@pytest.mark.parametrize("density", [0.3, 0.7, 1])
@pytest.mark.parametrize(
    "sizes", [(4, 6, 5, 3), (1, 1, 1), (7, 2), (3, 8, 1), (1, 9, 2, 9, 1)], ids=str
)
def test_index_by_input_of_all_layers(sizes, density):
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
def test_free_positions(drawn, drop_rate, grow_rate):
    layer, rng = drawn
    dropped = rng.random(layer.indices.size) < drop_rate
    free = naive.free_positions(pairs_of(layer), layer.n_in, layer.n_out, dropped)
    assert len(free) == layer.n_free + dropped.sum()
    ranks = np.flatnonzero(rng.random(len(free)) < grow_rate)
    positions = wiring.free_positions(
        layer.indptr, layer.indices, layer.n_in, dropped, ranks
    )
    assert positions.tolist() == [free[rank] for rank in ranks]


@given(layers(), shares)
def test_replace_connections(drawn, drop_rate):
    layer, rng = drawn
    dropped = rng.random(layer.indices.size) < drop_rate
    free = naive.free_positions(pairs_of(layer), layer.n_in, layer.n_out, dropped)
    grown = np.sort(rng.permutation(np.array(free, dtype=np.int64))[: dropped.sum()])
    expected, source = naive.replace_connections(
        pairs_of(layer), layer.n_in, dropped, grown
    )
    new_indptr, new_indices = np.empty_like(layer.indptr), np.empty_like(layer.indices)
    ours = np.empty(layer.indices.size, dtype=np.int64)
    wiring.replace_connections(
        layer.indptr,
        layer.indices,
        layer.n_in,
        dropped,
        grown,
        new_indptr,
        new_indices,
        ours,
    )
    assert naive.connections_of(new_indptr, new_indices) == expected
    assert ours.tolist() == source


def test_positions_beyond_32_bits():
    # A layer of 2**40 positions with one connection in its first and in its last row.
    n_in = n_out = 2**20
    indptr = np.ones(n_out + 1, dtype=np.int64)
    indptr[0], indptr[-1] = 0, 2
    indices = np.array([5, n_in - 1], dtype=np.int32)
    dropped = np.array([False, True])
    last = n_in * n_out - 1
    grown = wiring.free_positions(
        indptr, indices, n_in, dropped, np.array([last - 1], dtype=np.int64)
    )
    assert grown.tolist() == [last]
    new_indptr, new_indices = np.empty_like(indptr), np.empty_like(indices)
    source = np.empty(2, dtype=np.int64)
    wiring.replace_connections(
        indptr, indices, n_in, dropped, grown, new_indptr, new_indices, source
    )
    np.testing.assert_array_equal(new_indptr, indptr)
    np.testing.assert_array_equal(new_indices, indices)
    assert source.tolist() == [0, -1]
