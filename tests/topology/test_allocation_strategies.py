"""Allocations as objects: what each promises about the connections of a layer."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from sparsekit.topology import (
    STRATEGIES,
    ErdosRenyi,
    PerLayer,
    Uniform,
)

ALLOCATIONS = STRATEGIES["allocation"]
SIZES = (30, 100, 100, 2)
level_sizes = st.lists(st.integers(1, 200), min_size=2, max_size=6)
sparsities = st.sampled_from([0.0, 0.5, 0.9, 0.99]) | st.floats(0, 0.9999)


def positions_of(sizes):
    return np.array([a * b for a, b in pairwise(sizes)])


@pytest.mark.parametrize("name", sorted(ALLOCATIONS))
def test_a_name_stands_for_an_allocation_that_can_be_cloned(name):
    allocation = clone(ALLOCATIONS[name]())
    counts = allocation.counts(SIZES, 0.9)
    assert counts.dtype == np.int64
    if name.endswith("dense_output"):
        assert counts.tolist()[2:] == [200]
        assert counts[:2].sum() == round(0.1 * (3000 + 10_000))
    else:
        assert counts.sum() == round(0.1 * (3000 + 10_000 + 200))


@given(
    level_sizes,
    sparsities,
    st.sampled_from(
        [Uniform(), Uniform(dense_output=True), ErdosRenyi(dense_output=True)]
    ),
)
def test_total_is_exact_and_every_layer_has_a_connection(sizes, sparsity, allocation):
    positions = positions_of(sizes)
    n_sharing = positions.size - allocation.dense_output
    total = round((1 - sparsity) * int(positions[:n_sharing].sum()))
    try:
        counts = allocation.counts(sizes, sparsity)
    except ValueError:
        # Some share is then below one connection.
        neurons = np.array([a + b for a, b in pairwise(sizes)])
        shares = neurons if isinstance(allocation, ErdosRenyi) else positions
        shares = shares[:n_sharing]
        assert (total * shares / shares.sum()).min() < 1
        return
    assert counts[:n_sharing].sum() == total
    assert ((counts >= 1) & (counts <= positions)).all()
    if allocation.dense_output:
        assert counts[-1] == positions[-1]


@given(level_sizes, sparsities)
def test_uniform_rounds_the_same_density_in_every_layer(sizes, sparsity):
    positions = positions_of(sizes)
    goal = round((1 - sparsity) * int(positions.sum()))
    exact = goal * positions / positions.sum()
    try:
        counts = Uniform().counts(sizes, sparsity)
    except ValueError:
        assert exact.min() < 1
        return
    assert (np.abs(counts - exact) < 1 + 1e-9).all()


@pytest.mark.parametrize("kind", [Uniform, ErdosRenyi])
@given(sizes=level_sizes, sparsity=sparsities)
def test_beside_a_dense_output_the_others_are_as_in_a_network_without_it(
    kind, sizes, sparsity
):
    allocation, others = kind(dense_output=True), sizes[:-1]
    if len(others) < 2:
        assert allocation.counts(sizes, sparsity).tolist() == [sizes[0] * sizes[1]]
        return
    try:
        expected = kind().counts(others, sparsity)
    except ValueError:
        with pytest.raises(ValueError, match="without a connection"):
            allocation.counts(sizes, sparsity)
        return
    counts = allocation.counts(sizes, sparsity)
    assert counts.tolist() == [*expected.tolist(), sizes[-2] * sizes[-1]]


def test_epsilon_counts_neurons_and_ignores_the_sparsity():
    allocation = ErdosRenyi(epsilon=2.5)
    for sparsity in (0.0, 0.99):
        # 2.5 * 102 = 255 connections do not fit into 200 positions.
        assert allocation.counts(SIZES, sparsity).tolist() == [325, 500, 200]


def test_epsilon_with_a_dense_output():
    allocation = ErdosRenyi(epsilon=1, dense_output=True)
    assert allocation.counts(SIZES, 0.5).tolist() == [130, 200, 200]


def test_epsilon_that_leaves_a_layer_without_connections_is_an_error():
    with pytest.raises(ValueError, match=r"epsilon=0.001 leaves layer 0.*higher eps"):
        ErdosRenyi(epsilon=0.001).counts(SIZES, 0.5)


@pytest.mark.parametrize("epsilon", [0, -1.0, np.inf, np.nan])
def test_epsilon_must_be_positive(epsilon):
    with pytest.raises(
        ValueError, match=r"epsilon must be a number in \(0, inf\) or None"
    ):
        ErdosRenyi(epsilon=epsilon).counts(SIZES, 0.5)


def test_per_layer_follows_each_layers_own_sparsity():
    counts = PerLayer([0.9, 0.995, 0]).counts(SIZES, 0.3)
    assert counts.tolist() == [300, 50, 200]
    assert counts.dtype == np.int64


def test_per_layer_takes_numbers_of_connections():
    counts = PerLayer(n_connections=[1, 10_000, 7]).counts(SIZES, 0.3)
    assert counts.tolist() == [1, 10_000, 7]
    assert counts.dtype == np.int64


@pytest.mark.parametrize(
    ("allocation", "message"),
    [
        (PerLayer(), "must be given; got None and None"),
        (PerLayer([0.5] * 3, n_connections=[5] * 3), "must be given; got .*5, 5, 5"),
        (PerLayer([0.5, 0.5]), "for each of the 3 layers"),
        (PerLayer(0.5), "for each of the 3 layers"),
        (PerLayer([0.5, 1.0, 0.5]), r"in \[0, 1\)"),
        (PerLayer([0.5, np.nan, 0.5]), r"in \[0, 1\)"),
        (PerLayer([0.5, 0.5, 0.999]), "leaves layer 2"),
        (PerLayer(n_connections=[5, 0, 5]), "whole numbers from 1 to"),
        (PerLayer(n_connections=[5, 5, 201]), "whole numbers from 1 to"),
        (PerLayer(n_connections=[5.5, 5, 5]), "whole numbers from 1 to"),
    ],
)
def test_bad_lists_are_errors(allocation, message):
    with pytest.raises(ValueError, match=message):
        allocation.counts(SIZES, 0.3)
