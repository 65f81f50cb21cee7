"""Percolation and importance pruning agree with brute force."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.topology import Layer
from sparsekit.topology._neurons import (
    active_neurons,
    connections_without_path,
    inputs_of_unimportant_neurons,
)
from tests.reference import naive_neurons as naive
from tests.reference.strategies import pairs_of


@st.composite
def networks(draw):
    """Draw the layers of a small network, empty and full ones included."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    density = draw(st.sampled_from([0.15, 0.3, 0.6, 1.0]))
    layers = []
    for n_in, n_out in pairwise(sizes):
        rows, columns = np.nonzero(rng.random((n_out, n_in)) < density)
        indptr = np.searchsorted(rows, np.arange(n_out + 1))
        # Few sizes, so that neurons of equal importance come up.
        weights = rng.choice([-2.0, -1.0, 0.5, 1.0], size=columns.size)
        layers.append(Layer(indptr, columns.astype(np.int32), weights, n_in))
    return layers, sizes


@given(networks())
def test_percolation_drops_what_is_on_no_path(drawn):
    layers, sizes = drawn
    expected = naive.on_a_path([pairs_of(layer) for layer in layers], sizes)
    for layer, dropped, used in zip(
        layers, connections_without_path(layers), expected, strict=True
    ):
        # A layer with all connections has no part in it.
        assert (~dropped).tolist() == (used if layer.n_free else [True] * len(used))


@given(networks())
def test_active_neurons_are_those_with_a_connection_on_a_path(drawn):
    layers, sizes = drawn
    used = naive.on_a_path([pairs_of(layer) for layer in layers], sizes)
    expected = [set() for _ in sizes]
    for number, (layer, on_path) in enumerate(zip(layers, used, strict=True)):
        for (row, column), is_used in zip(pairs_of(layer), on_path, strict=True):
            if is_used:
                expected[number].add(column)
                expected[number + 1].add(row)
    for active, neurons in zip(active_neurons(layers), expected, strict=True):
        assert np.flatnonzero(active).tolist() == sorted(neurons)


@given(networks(), st.sampled_from([0.0, 10.0, 34.0, 50.0, 99.0]))
def test_importance_pruning_takes_the_inputs_of_the_least_important(drawn, percentile):
    layers, _ = drawn
    masks = inputs_of_unimportant_neurons(layers, percentile)
    for layer, dropped in zip(layers[:-1], masks, strict=False):
        assert dropped.tolist() == naive.least_important(
            pairs_of(layer), layer.weights, percentile
        )
    assert not masks[-1].any()
