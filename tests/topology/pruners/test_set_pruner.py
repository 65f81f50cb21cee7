"""Which connections SET drops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sparsekit.topology import Layer, SETPruner
from tests.reference.strategies import shares


def layer_of(weights):
    weights = np.asarray(weights)
    return Layer(
        np.array([0, weights.size]), np.arange(weights.size), weights, weights.size
    )


weights = arrays.arrays(
    np.float64,
    st.integers(0, 40),
    # Few values: ties and both zeros come up often.
    elements=st.sampled_from([-2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0]),
)

RNG = np.random.default_rng(0)  # nothing here depends on it


@given(weights, shares)
def test_counts_per_sign_are_exact_even_with_ties(values, fraction):
    dropped = SETPruner().select(layer_of(values), fraction, RNG)
    for sign in (np.signbit(values), ~np.signbit(values)):
        assert dropped[sign].sum() == int(fraction * sign.sum())
        if dropped[sign].any() and not dropped[sign].all():
            size = np.abs(values[sign])
            assert size[dropped[sign]].max() <= size[~dropped[sign]].min()


@given(weights, shares)
def test_pruning_changes_nothing_it_was_given(values, fraction):
    before = values.copy()
    SETPruner().select(layer_of(values), fraction, RNG)
    np.testing.assert_array_equal(values.view("u8"), before.view("u8"))


@pytest.mark.parametrize(("fraction", "expected"), [(0.0, 0), (1.0, 6), (0.5, 2)])
def test_extreme_fractions(fraction, expected):
    # Three of each sign: half of three is one, rounded down.
    dropped = SETPruner().select(layer_of([1.0, 2, 3, -1, -2, -3]), fraction, RNG)
    assert dropped.sum() == expected


def test_nearest_to_zero_goes_whatever_the_sign():
    dropped = SETPruner().select(layer_of([0.1, 5, -7, -0.2, 6, -8]), 0.4, RNG)
    assert dropped.tolist() == [True, False, False, True, False, False]
