"""Vectors of lanes do what plain arrays do."""

import numba
import numpy as np
import pytest

from sparsekit.kernels import _lanes, _plain_lanes
from tests.reference.naive_network import HALF_WORD, scramble_half_word

WIDTH = 16
LANES = {dtype: _lanes.lanes_of(dtype, WIDTH) for dtype in (np.float32, np.float64)}


@numba.njit
def run_all(lanes, a, b, scalar, out):
    """Apply every operation to the second 16 elements of `a` and `b`."""
    width = _lanes.width_of(lanes)
    x = _lanes.load(lanes, a, width)
    y = _lanes.load(lanes, b, width)
    _lanes.store(out, 0, x)
    _lanes.store(out, width, _lanes.fill(lanes, scalar))
    _lanes.store(out, 2 * width, _lanes.multiply(x, y))
    _lanes.store(out, 3 * width, _lanes.scaled_add(scalar, x, y))
    _lanes.store(out, 4 * width, _lanes.where_positive(x, y, x))
    _lanes.store(out, 5 * width, _lanes.multiply_add(x, y, x))
    out[6 * width] = _lanes.total(x)


@numba.njit
def run_dropout(lanes, key, threshold, scale, out):
    _lanes.store(out, 0, _lanes.dropout(lanes, key, threshold, scale))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_operations_on_lanes_equal_those_on_arrays(dtype):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 3 * WIDTH)).astype(dtype)
    a[WIDTH], a[WIDTH + 1] = 0.0, -0.0
    out = np.full(7 * WIDTH, np.nan, dtype)
    run_all(LANES[dtype], a, b, dtype(0.7), out)
    x, y = a[WIDTH : 2 * WIDTH], b[WIDTH : 2 * WIDTH]
    results = out.reshape(7, WIDTH)
    np.testing.assert_array_equal(results[0], x)
    np.testing.assert_array_equal(results[1], dtype(0.7))
    np.testing.assert_array_equal(results[2], x * y)
    # A fused multiply-add rounds once.
    exact = np.float64(dtype(0.7)) * x + y
    close = dict(rtol=1e-5, atol=1e-7) if dtype == np.float32 else dict(rtol=1e-14)
    np.testing.assert_allclose(results[3], exact, **close)
    np.testing.assert_array_equal(results[4], np.where(x > 0, y, x))
    np.testing.assert_allclose(results[5], np.float64(x) * y + x, **close)
    assert results[6, 0] == pytest.approx(x.sum(dtype=float), rel=close["rtol"])
    assert np.isnan(results[6, 1:]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_comparison_with_zero_is_false_for_nan(dtype):
    a = np.full(2 * WIDTH, np.nan, dtype)
    out = np.empty(7 * WIDTH, dtype)
    run_all(LANES[dtype], a, np.ones(2 * WIDTH, dtype), dtype(1), out)
    assert np.isnan(out[4 * WIDTH : 5 * WIDTH]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rate", [0.0, 0.25, 0.9])
def test_dropout_of_lanes_is_the_hash_of_their_keys(rate, dtype):
    threshold = round(rate * HALF_WORD)
    for key in (0, 12345, HALF_WORD - 1):
        kept = [
            scramble_half_word((key + i * _lanes.LANE_STEP) % HALF_WORD) >= threshold
            for i in range(WIDTH)
        ]
        expected = np.where(kept, dtype(1.5), dtype(0))
        out = np.empty(WIDTH, dtype)
        run_dropout(LANES[dtype], np.uint32(key), np.uint32(threshold), dtype(1.5), out)
        np.testing.assert_array_equal(out, expected)
        plain = _plain_lanes.dropout(
            LANES[dtype], np.uint32(key), np.uint32(threshold), dtype(1.5)
        )
        np.testing.assert_array_equal(plain, expected)


@numba.njit
def run_add_totals(lanes, a, out):
    width = _lanes.width_of(lanes)
    w = _lanes.load(lanes, a, 0)
    x = _lanes.load(lanes, a, width)
    y = _lanes.load(lanes, a, 2 * width)
    z = _lanes.load(lanes, a, 3 * width)
    _lanes.add_totals(out, 1, w, x, y, z)


@pytest.mark.parametrize("width", [16, 64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_four_totals_are_added_to_neighbours(dtype, width):
    a = np.random.default_rng(0).normal(size=(4, width)).astype(dtype)
    out = np.arange(6, dtype=dtype)
    run_add_totals(_lanes.lanes_of(dtype, width), a.ravel(), out)
    expected = np.arange(6.0)
    expected[1:5] += a.sum(axis=1, dtype=float)
    np.testing.assert_allclose(out, expected, rtol=1e-5)
    plain = np.arange(6, dtype=dtype)
    _plain_lanes.add_totals(plain, 1, *a)
    np.testing.assert_allclose(plain, expected, rtol=1e-5)


@numba.njit
def run_transpose_four(source, places, target, at, stride):
    a, b, c, d = places
    _lanes.transpose_four(source, a, b, c, d, target, at, stride)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_four_stretches_become_four_columns(dtype):
    source, places = np.arange(50, dtype=dtype), (3, 30, 11, 40)
    expected = np.full((5, 7), -1, dtype)
    for column, place in enumerate(places):
        expected[:4, column + 1] = source[place : place + 4]
    for transpose in (
        run_transpose_four,
        lambda source, places, *rest: _plain_lanes.transpose_four(
            source, *places, *rest
        ),
    ):
        target = np.full(35, -1, dtype)
        transpose(source, places, target, 1, 7)
        np.testing.assert_array_equal(target.reshape(5, 7), expected)


@numba.njit
def run_item_and_put(source, target):
    for k in range(source.size):
        _lanes.put(target, k + 1, _lanes.item(source, k))


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_items_are_read_and_put(dtype):
    source, target = np.arange(4, dtype=dtype), np.full(6, 9, dtype)
    run_item_and_put(source, target)
    np.testing.assert_array_equal(target, [9, 0, 1, 2, 3, 9])


@pytest.mark.parametrize("name", _lanes.__all__)
def test_every_operation_has_a_plain_stand_in(name):
    assert hasattr(_plain_lanes, name) or name == "lanes_of"
