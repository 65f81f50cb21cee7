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
    # Weights and moments carry the place where their connection stood.
    places = np.arange(1.0, layer.indices.size + 1)
    indptr, indices, moved = replaced(
        layer.indptr, layer.indices, layer.n_in, dropped, grown, places
    )
    assert naive.connections_of(indptr, indices) == expected
    for values, factor in zip(moved, (1, 2, 3), strict=True):
        ours = [int(v / factor) - 1 for v in values]
        assert ours == source


def replaced(indptr, indices, n_in, dropped, grown, values):
    """Replace connections of a single layer; return what is new of all its arrays."""
    n_out = indptr.size - 1
    sizes, starts = np.array([n_in, n_out]), np.array([-n_in, 0])
    moving = [values * factor for factor in (1, 2, 3)]
    indptr, indices = indptr.copy(), indices.copy()
    wiring.replace_connections(
        sizes,
        starts,
        indptr,
        indices,
        *moving,
        dropped,
        grown,
        np.array([0, grown.size]),
    )
    return indptr, indices, moving


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
    new_indptr, new_indices, moved = replaced(
        indptr, indices, n_in, dropped, grown, np.array([1.0, 2.0])
    )
    np.testing.assert_array_equal(new_indptr, indptr)
    np.testing.assert_array_equal(new_indices, indices)
    assert moved[0].tolist() == [1.0, 0.0]
