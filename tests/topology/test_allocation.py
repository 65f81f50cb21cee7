"""How many connections each layer gets."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.topology import ErdosRenyi

level_sizes = st.lists(st.integers(1, 300), min_size=2, max_size=6)


def positions_of(sizes):
    return np.array([a * b for a, b in pairwise(sizes)])


@given(level_sizes, st.floats(0, 0.9999))
def test_total_is_exact_and_no_layer_overflows(sizes, sparsity):
    positions = positions_of(sizes)
    total = round((1 - sparsity) * int(positions.sum()))
    try:
        counts = ErdosRenyi().counts(sizes, sparsity)
    except ValueError:
        # Some layer's share is then below one connection.
        neurons = np.array([a + b for a, b in pairwise(sizes)])
        assert (total * neurons / neurons.sum()).min() < 1
        return
    assert counts.sum() == total
    assert (counts >= 1).all()
    assert (counts <= positions).all()


@given(level_sizes, st.floats(0, 0.9))
def test_layers_that_are_not_full_share_in_proportion_to_their_neurons(sizes, sparsity):
    try:
        counts = ErdosRenyi().counts(sizes, sparsity)
    except ValueError:
        return
    neurons = np.array([a + b for a, b in pairwise(sizes)])
    is_open = counts < positions_of(sizes) - 1
    per_neuron = counts / neurons
    for a in np.flatnonzero(is_open):
        # Within the rounding of both layers; full layers are below the water level.
        for b in range(counts.size):
            allowed = 1 / neurons[a] + 1 / neurons[b]
            assert per_neuron[b] <= per_neuron[a] + allowed
            if is_open[b]:
                assert per_neuron[b] >= per_neuron[a] - allowed


def test_sparsity_zero_is_dense():
    assert ErdosRenyi().counts([7, 5, 3], 0.0).tolist() == [35, 15]


def test_full_layer_leaves_its_rest_to_the_others():
    # In proportion, the last layer would get 98 of 15 positions.
    counts = ErdosRenyi().counts([500, 15, 1], 0.5)
    assert counts.tolist() == [3758 - 15, 15]


@pytest.mark.parametrize(
    ("sizes", "sparsity", "layer"),
    [((10, 10, 1), 0.99, 0), ((1000, 2, 1), 0.9995, 1), ((1, 1), 0.6, 0)],
)
def test_layer_without_a_connection_is_an_error(sizes, sparsity, layer):
    with pytest.raises(ValueError, match=f"sparsity={sparsity} leaves layer"):
        ErdosRenyi().counts(sizes, sparsity)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        (-np.inf, "sizes must be whole numbers"),
        ([4, 2.5], "sizes must be whole numbers"),
        ([4, None], "sizes must be whole numbers"),
        ("ab", "sizes must be whole numbers"),
        ([10**30, 2], "sizes must be whole numbers"),
        ([2**40, 2**40], "more positions than 64 bits can count"),
        ([], "sizes is empty"),
    ],
)
def test_numbers_of_neurons_are_whole_and_can_be_counted(sizes, message):
    with pytest.raises(ValueError, match=message):
        ErdosRenyi().counts(sizes, 0.5)
