"""Slow twins of the masking kernels, in Python integers and from the formulas."""

import math
import struct

import numpy as np
import pytest
from scipy import sparse

from sparsekit.kernels import hashing, masking

WORD = 2**64
GAMMA = 0x9E3779B97F4A7C15


def scramble(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % WORD
    return z ^ (z >> 31)


def splitmix64(start, position):
    return scramble((start + (position + 1) * GAMMA) % WORD)


def float_bits(value):
    if math.isnan(value):
        return 0x7FF8000000000000
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def row_hash(row):
    terms = [
        scramble(float_bits(float(value)) ^ splitmix64(0, j))
        for j, value in enumerate(row)
        if value != 0
    ]
    return sum(terms) % WORD


def content_key(row_hash, seed):
    return scramble(row_hash ^ splitmix64(seed, 0))


def position_key(row_hashes, seed, position):
    table = sum(scramble(h) for h in row_hashes) % WORD
    return splitmix64(scramble(table ^ splitmix64(seed, 1)), position)


def uniform(key, column):
    return (splitmix64(key, column) // 2**11) / 2**53


def mask_matrix(X, keys, probabilities, units):
    n_rows, n_columns = X.shape
    mask = np.zeros(X.shape, dtype=bool)
    for i in range(n_rows):
        for j in range(n_columns):
            p = probabilities[i if len(probabilities) > 1 else 0][j]
            mask[i, j] = not math.isnan(X[i, j]) and uniform(keys[i], units[j]) < p
    return mask


def awkward_matrix(dtype):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 7)).astype(dtype)
    X[rng.random(X.shape) < 0.4] = 0.0
    X[rng.random(X.shape) < 0.1] = -0.0
    X[rng.random(X.shape) < 0.1] = np.nan
    X[5] = X[6]
    X[7] = 0.0
    X[8] = np.nan
    X[9, 0] = np.finfo(dtype).smallest_subnormal
    X[10, 0] = np.finfo(dtype).max
    return X


def as_python_ints(words):
    return [int(word) for word in words]


@pytest.fixture(autouse=True)
def _let_uncompiled_kernels_wrap_around():
    with np.errstate(over="ignore"):
        yield


def test_scrambling_gives_the_published_splitmix64_stream():
    # First outputs of the public-domain splitmix64.c for the state 1234567.
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    key = np.uint64(1234567)
    assert [int(hashing.stream(key, position)) for position in range(3)] == expected
    assert [splitmix64(1234567, position) for position in range(3)] == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_row_hashes_agree_bit_for_bit(dtype):
    X = awkward_matrix(dtype)
    expected = [row_hash(row) for row in X.tolist()]
    assert as_python_ints(hashing.hash_dense_rows(X)) == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_csr_row_hashes_agree_bit_for_bit(dtype):
    X = awkward_matrix(dtype)
    stored = sparse.csr_array(X)
    hashes = hashing.hash_csr_rows(
        stored.data, stored.indices, stored.indptr, X.shape[1]
    )
    assert as_python_ints(hashes) == [row_hash(row) for row in X.tolist()]


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_row_keys_agree_bit_for_bit(seed):
    hashes = hashing.hash_dense_rows(awkward_matrix(np.float64))
    words = as_python_ints(hashes)
    by_content = hashing.content_keys(hashes, np.uint64(seed))
    by_position = hashing.position_keys(hashes, np.uint64(seed))
    assert as_python_ints(by_content) == [content_key(h, seed) for h in words]
    assert as_python_ints(by_position) == [
        position_key(words, seed, i) for i in range(len(words))
    ]


def test_uniforms_agree_bit_for_bit():
    keys = np.random.default_rng(0).integers(WORD - 1, size=50, dtype=np.uint64)
    for key in keys:
        for column in (0, 1, 783, 2**31):
            assert hashing.uniform(key, column) == uniform(int(key), column)


@pytest.mark.parametrize("units", [range(7), [0, 0, 2, 2, 2, 5, 5]])
@pytest.mark.parametrize("per_cell", [False, True])
def test_masks_of_dense_and_csr_agree_with_the_twin(per_cell, units):
    X = awkward_matrix(np.float64)
    rng = np.random.default_rng(1)
    probabilities = rng.random(X.shape if per_cell else (1, X.shape[1]))
    probabilities[:, 2] = 0.0
    probabilities[:, 4] = 1.0
    keys = hashing.content_keys(hashing.hash_dense_rows(X), np.uint64(3))
    expected = mask_matrix(X, as_python_ints(keys), probabilities.tolist(), units)
    units = np.array(units)
    columns = np.array([0, 1, 3, 4, 5, 6])

    dense = np.empty(X.shape, dtype=bool)
    masking.draw_dense(X, keys, probabilities, units, dense)
    np.testing.assert_array_equal(dense, expected)

    stored = sparse.csr_array(X)
    indices, indptr = masking.draw_csr(
        stored.data, stored.indices, stored.indptr, keys, columns, probabilities, units
    )
    drawn = sparse.csr_array(
        (np.ones(indices.size, dtype=bool), indices, indptr), shape=X.shape
    )
    np.testing.assert_array_equal(drawn.toarray(), expected)


def test_the_buffer_of_csr_masks_grows_beyond_its_first_estimate():
    # Every cell of the 200 equal rows is masked although few were to be expected.
    rows = np.ones((200, 5))
    hashes = hashing.hash_dense_rows(rows)
    draws = [uniform(int(hashes[0]), j) for j in range(5)]
    probabilities = np.full((1, 5), max(draws) * (1 + 1e-12))
    stored = sparse.csr_array(rows)
    indices, indptr = masking.draw_csr(
        stored.data,
        stored.indices,
        stored.indptr,
        hashes,
        np.arange(5),
        probabilities,
        np.arange(5),
    )
    np.testing.assert_array_equal(indptr, 5 * np.arange(201))
    np.testing.assert_array_equal(indices, np.tile(np.arange(5), 200))


def test_inserted_missing_values_agree_with_dense_assignment():
    X = awkward_matrix(np.float64)
    mask = np.random.default_rng(2).random(X.shape) < 0.3
    stored, hidden = sparse.csr_array(X), sparse.csr_array(mask)
    parts = masking.insert_missing(
        stored.data, stored.indices, stored.indptr, hidden.indices, hidden.indptr
    )
    result = sparse.csr_array(parts, shape=X.shape)
    np.testing.assert_array_equal(result.toarray(), np.where(mask, np.nan, X))
    dense = np.empty_like(X)
    masking.hide_dense(X, mask, dense)
    np.testing.assert_array_equal(dense, np.where(mask, np.nan, X))
    np.testing.assert_array_equal(masking.count_dense(mask), mask.sum(axis=0))
    union = (X != 0) | mask
    np.testing.assert_array_equal(result.indices, np.nonzero(union)[1])
