"""Allocation and pruning agree with brute force."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sparsekit.topology import ErdosRenyi, Layer, SETPruner
from tests.reference import naive_topology as naive
from tests.reference.strategies import layers, shares

RNG = np.random.default_rng(0)  # nothing here depends on it
level_sizes = st.lists(st.integers(1, 60), min_size=2, max_size=6)


def goal_of(sizes, sparsity):
    return round((1.0 - sparsity) * sum(a * b for a, b in pairwise(sizes)))


@pytest.mark.parametrize("sparsity", [0.0, 0.13, 0.5, 0.77, 0.9, 0.985])
@pytest.mark.parametrize(
    "sizes", [(30, 100, 100, 100, 2), (784, 300, 100, 10), (5, 200, 3), (64, 10)]
)
def test_erdos_renyi_counts_are_rounded_water_filling(sizes, sparsity):
    goal = goal_of(sizes, sparsity)
    shares = naive.erdos_renyi_shares(sizes, goal)
    expected = naive.largest_remainders(shares, goal)
    assert ErdosRenyi().counts(sizes, sparsity).tolist() == expected


@given(level_sizes, st.floats(0, 0.999))
def test_no_layer_is_a_connection_off_its_exact_share(sizes, sparsity):
    goal = goal_of(sizes, sparsity)
    shares = naive.erdos_renyi_shares(sizes, goal)
    assume(min(shares) >= 1)
    counts = ErdosRenyi().counts(sizes, sparsity).tolist()
    assert sum(counts) == goal
    # A share that is whole up to rounding may go either way.
    slack = Fraction(1, 10**9)
    for count, share in zip(counts, shares, strict=True):
        assert abs(count - share) < 1 + slack


@given(layers(), shares)
def test_set_drops_per_sign_the_share_nearest_to_zero(drawn, fraction):
    layer, _ = drawn
    dropped = SETPruner().select(layer, fraction, RNG)
    assert dropped.tolist() == naive.set_dropped(layer.weights.tolist(), fraction)


@given(layers(dtype=np.float32), st.sampled_from([0.1, 0.29, 0.3, 0.5]))
def test_set_in_single_precision(drawn, fraction):
    layer, _ = drawn
    dropped = SETPruner().select(layer, fraction, RNG)
    assert dropped.tolist() == naive.set_dropped(layer.weights.tolist(), fraction)


@given(
    st.lists(st.sampled_from([-2.0, -1.0, -0.0, 0.0, 0.5, 1.0]), max_size=40),
    shares,
)
def test_set_drops_the_first_of_equal_weights(weights, fraction):
    layer = Layer(
        np.array([0, len(weights)]),
        np.arange(len(weights)),
        np.array(weights, dtype=np.float64),
        len(weights),
    )
    dropped = SETPruner().select(layer, fraction, RNG)
    assert dropped.tolist() == naive.set_dropped(weights, fraction)
