"""What travels: small, and without loss unless half precision is asked for."""

import numpy as np
import pytest

from sparsekit.distributed._messages import (
    Frame,
    gaps_of,
    keys_from,
    keys_of,
    n_bytes,
    packed,
    unpacked,
)
from sparsekit.network import build_network


def network(sizes=(30, 20, 10, 3), counts=(60, 40, 30)):
    rng = np.random.default_rng(0)
    return build_network(list(sizes), counts, "relu", None, np.float32, rng)


def test_a_network_is_the_same_after_it_travelled():
    sent = network()
    keys = keys_from(gaps_of(keys_of(sent)))
    got = Frame.of(sent).network(keys, sent.weights, sent.biases)
    for name, array in sent.to_dict().items():
        np.testing.assert_array_equal(got.to_dict()[name], array, strict=True)


def test_layers_without_connections_in_a_row_travel_too():
    sent = network(sizes=(1, 50, 1), counts=(3, 2))
    got = Frame.of(sent).network(keys_of(sent), sent.weights, sent.biases)
    np.testing.assert_array_equal(got.indptr, sent.indptr)


@pytest.mark.parametrize(
    ("keys", "dtype"),
    [([0, 200, 455], np.uint8), ([3, 256 + 3], np.uint16), ([2**33], np.uint64)],
)
def test_differences_travel_in_the_smallest_type_that_holds_them(keys, dtype):
    gaps = gaps_of(np.array(keys, dtype=np.int64))
    assert gaps.dtype == dtype
    assert keys_from(gaps).tolist() == keys


def test_no_connection_at_all_travels():
    assert keys_from(gaps_of(np.empty(0, dtype=np.int64))).size == 0


@pytest.mark.parametrize("size", [1.0, 1e-30, 1e30, 65_535.9])
def test_half_precision_keeps_11_bits_of_numbers_of_any_size(size):
    values = (np.random.default_rng(0).normal(size=1000) * size).astype(np.float32)
    got = unpacked(packed({"weights": values}, "float16"))["weights"]
    np.testing.assert_allclose(got, values, rtol=2**-11, atol=size * 2**-36)


def test_second_moments_travel_as_roots_so_that_small_ones_stay():
    values = np.float32([1.0, 1e-10, 0.0])
    got = unpacked(packed({"weight_second": values}, "float16"))["weight_second"]
    np.testing.assert_allclose(got, values, rtol=2**-5)


def test_half_precision_halves_the_bytes():
    arrays = {"weights": np.ones(1000, dtype=np.float32)}
    assert n_bytes(packed(arrays, "float16")) == 2000
    assert n_bytes(packed(arrays, None)) == 4000


def test_nothing_is_lost_otherwise():
    values = np.random.default_rng(0).normal(size=100)
    got = unpacked(packed({"weights": values}, None))["weights"]
    np.testing.assert_array_equal(got, values)
