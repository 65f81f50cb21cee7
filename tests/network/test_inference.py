"""Outputs for prepared samples: right, for each row by itself, in aligned tiles."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit import SETMLPClassifier
from sparsekit.network import _inference, _training, csr_samples, raw_outputs
from sparsekit.network._build import build_network
from sparsekit.network._formats import STORED_FROM
from sparsekit.network._samples import take_samples
from tests.reference.cases import plain_samples, random_naive_network, sparse_network
from tests.reference.naive_network import forward

SIZES = (7, 20, 15, 4)
LINE = 64  # bytes of a line of the cache


@pytest.mark.parametrize("n_rows", [1, 5, 16, 17, 64, 65, 130])
@pytest.mark.parametrize("activation", ["tanh", "all_relu"])
def test_outputs_agree_with_the_formulas(activation, n_rows):
    rng = np.random.default_rng(0)
    naive = random_naive_network(rng, SIZES, 0.4, activation)
    X = rng.normal(size=(n_rows, 7))
    ours = raw_outputs(sparse_network(naive), plain_samples(X, np.float64))
    np.testing.assert_allclose(ours, forward(naive, X)[0][-1], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("density", [0.4, 1])
@pytest.mark.parametrize("sizes", [(7, 4), (7, 1, 1), (1, 5, 1)], ids=str)
def test_outputs_for_awkward_shapes(sizes, density):
    rng = np.random.default_rng(1)
    naive = random_naive_network(rng, sizes, density)
    X = rng.normal(size=(20, sizes[0]))
    ours = raw_outputs(sparse_network(naive), plain_samples(X, np.float64))
    np.testing.assert_allclose(ours, forward(naive, X)[0][-1], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic"])
def test_row_has_the_same_bits_alone_and_in_any_company(activation, dtype):
    # 1, 20 and 130 rows travel in tiles of 16, 32 and 64 lanes.
    rng = np.random.default_rng(2)
    network = sparse_network(random_naive_network(rng, SIZES, 0.4, activation), dtype)
    X = rng.normal(size=(130, 7))
    together = raw_outputs(network, plain_samples(X, dtype))
    for rows in ([0], [129], list(range(40, 60)), list(rng.permutation(130))):
        apart = raw_outputs(network, plain_samples(X[rows], dtype))
        np.testing.assert_array_equal(apart, together[rows])


def test_csr_rows_give_the_bits_of_their_dense_form():
    rng = np.random.default_rng(3)
    network = sparse_network(random_naive_network(rng, SIZES, 0.4))
    X = rng.normal(size=(30, 7))
    X[rng.random(X.shape) < 0.6] = 0.0
    stored = csr_samples(sparse.csr_array(X), np.zeros(7), np.ones(7), np.float64)
    np.testing.assert_array_equal(
        raw_outputs(network, stored),
        raw_outputs(network, plain_samples(X, np.float64)),
    )


def test_read_only_arrays_predict():
    rng = np.random.default_rng(4)
    network = sparse_network(random_naive_network(rng, SIZES, 0.4))
    samples = plain_samples(rng.normal(size=(3, 7)), np.float64)
    expected = raw_outputs(network, samples)
    for array in network.to_dict().values():
        array.flags.writeable = False
    np.testing.assert_array_equal(raw_outputs(network, samples), expected)


def test_zeros_that_are_too_large_once_standardised_are_refused_by_column():
    X = sparse.csr_array(np.array([[1.0, 1e300], [1.0, 0.0]]))
    shift = np.array([0.0, 1e300])
    with pytest.raises(ValueError, match="X has the value 0 in column 1"):
        csr_samples(X, shift, np.ones(2), np.float32)


def test_zeros_that_no_row_has_need_not_be_numbers():
    X = sparse.csr_array(np.full((2, 1), 1e300))
    samples = csr_samples(X, np.full(1, 1e300), np.ones(1), np.float32)
    assert samples.fill.tolist() == [0.0]
    assert samples.data.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [16, 1040, 100_016])
def test_a_buffer_for_tiles_begins_where_a_line_of_the_cache_does(size, dtype):
    # Several at once, so that not all of them lie there by chance.
    buffers = [_inference.buffer_for_tiles(size, dtype) for _ in range(8)]
    assert all(buffer.ctypes.data % LINE == 0 for buffer in buffers)
    assert all(buffer.shape == (size,) and buffer.dtype == dtype for buffer in buffers)


@pytest.mark.parametrize(
    ("module", "name", "places"),
    [(_training, "run_epoch", (8, 9)), (_inference, "predict", (5,))],
)
def test_training_and_prediction_keep_tiles_there(monkeypatch, module, name, places):
    compiled, begins = getattr(module, name), []

    def spy(*args):
        begins.extend(args[place].ctypes.data % LINE for place in places)
        return compiled(*args)

    monkeypatch.setattr(module, name, spy)
    X = np.random.default_rng(0).normal(size=(40, 5))
    for seed in range(4):
        model = SETMLPClassifier((16,), max_iter=100, tol=1e9, random_state=seed)
        model.fit(X, X[:, 0] > 0).predict(X)
    assert begins
    assert not any(begins)


def wide_csr(rng, n_rows, n_features):
    X = sparse.random_array((n_rows, n_features), density=0.001, rng=rng, format="csr")
    shift, scale = rng.normal(size=n_features), np.ones(n_features)
    return X, csr_samples(X, shift, scale, np.float64)


def test_wide_csr_inputs_give_the_outputs_of_their_dense_form():
    rng = np.random.default_rng(5)
    sizes, counts = (STORED_FROM, 6, 2), [20_000, 12]
    network = build_network(sizes, counts, "relu", None, np.float64, rng)
    X, samples = wide_csr(rng, 70, STORED_FROM)
    dense = samples.fill + np.zeros(X.shape)
    dense[X.nonzero()] = samples.data
    np.testing.assert_allclose(
        raw_outputs(network, samples),
        raw_outputs(network, plain_samples(dense, np.float64)),
        rtol=1e-9,
        atol=1e-9,
    )


def test_wide_csr_row_has_the_same_bits_alone_and_on_any_number_of_threads():
    rng = np.random.default_rng(6)
    sizes, counts = (STORED_FROM, 40, 2), [300_000, 80]
    network = build_network(sizes, counts, "relu", None, np.float32, rng)
    _, samples = wide_csr(rng, 70, STORED_FROM)
    together = raw_outputs(network, samples)
    np.testing.assert_array_equal(raw_outputs(network, samples, 2), together)
    for row in (0, 69):
        alone = take_samples(samples, np.array([row]))
        np.testing.assert_array_equal(raw_outputs(network, alone), together[[row]])
