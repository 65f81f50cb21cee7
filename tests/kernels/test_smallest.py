"""Marking the floats nearest to zero agrees with sorting them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sparsekit.kernels import selection
from sparsekit.kernels.selection import NO_LIMIT, mark_smallest
from tests.reference.naive_pruners import lowest
from tests.reference.naive_topology import set_dropped
from tests.reference.strategies import shares


def marked(values, fraction, by_sign=True, below=None):
    result, bits = np.empty(values.size, dtype=bool), f"i{values.itemsize}"
    limit = NO_LIMIT if below is None else int(values.dtype.type(below).view(bits))
    mark_smallest(values.view(bits), fraction, by_sign, limit, result)
    return result.tolist()


dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@dtypes
@given(st.data(), shares)
def test_any_floats_are_dropped_as_by_sorting(dtype, data, fraction):
    # From the subnormal to the infinite.
    finest = st.floats(width=8 * np.dtype(dtype).itemsize, allow_nan=False)
    values = data.draw(arrays.arrays(dtype, st.integers(0, 30), elements=finest))
    assert marked(values, fraction) == set_dropped(values.tolist(), fraction)


@dtypes
@given(st.data(), shares)
def test_any_floats_are_dropped_by_magnitude_up_to_a_limit(dtype, data, fraction):
    finest = st.floats(width=8 * np.dtype(dtype).itemsize, allow_nan=False)
    values = data.draw(arrays.arrays(dtype, st.integers(0, 30), elements=finest))
    sizes = abs(values).tolist()
    below = data.draw(st.sampled_from([*sizes, 0.0]) | finest.map(abs))
    low = lowest(sizes, fraction)
    assert marked(values, fraction, by_sign=False) == low
    expected = [size < below and gone for size, gone in zip(sizes, low, strict=True)]
    assert marked(values, fraction, by_sign=False, below=below) == expected


@dtypes
@pytest.mark.parametrize("scale", [0, 1e-3, 1.0])
@pytest.mark.parametrize("fraction", [0.01, 0.3, 0.9])
@pytest.mark.parametrize("n", [3000, selection._MANY + 1])
def test_many_weights_from_wide_to_almost_equal(dtype, scale, fraction, n):
    # With a spread of 0.001 they share their first digits, with none they are equal.
    rng = np.random.default_rng(0)
    values = rng.choice([-1, 1], n) * np.exp(scale * rng.normal(size=n))
    values = values.astype(dtype)
    assert marked(values, fraction) == set_dropped(values.tolist(), fraction)


@dtypes
@pytest.mark.parametrize("step", [0, 1, 7, 300])
def test_weights_that_differ_in_their_last_bits(dtype, step):
    bits = np.dtype(f"i{np.dtype(dtype).itemsize}")
    first = np.array([1.0], dtype=dtype).view(bits)
    values = (first + step * np.arange(100, dtype=bits) // 2).view(dtype)
    values = np.random.default_rng(1).permutation(values)
    assert marked(values, 0.37) == set_dropped(values.tolist(), 0.37)


@dtypes
@pytest.mark.parametrize("value", [-3.0, -0.0, 0.0, 2.0])
@pytest.mark.parametrize(("fraction", "expected"), [(0.99, [False]), (1.0, [True])])
def test_a_single_weight_is_dropped_by_its_share(dtype, value, fraction, expected):
    assert marked(np.array([value], dtype=dtype), fraction) == expected
