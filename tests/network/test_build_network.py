"""A network with random connections and weights, and its arrays."""

import numpy as np
import pytest

from sparsekit.network import SparseNetwork, build_network, raw_outputs
from tests.reference.cases import (
    connections_per_layer,
    per_layer,
    plain_samples,
    random_naive_network,
    sparse_network,
)

SIZES = (50, 200, 100, 4)
COUNTS = [2000, 3000, 150]


def built(activation="relu", dtype=np.float64, seed=0, sizes=SIZES, counts=COUNTS):
    rng = np.random.default_rng(seed)
    return build_network(sizes, counts, activation, None, dtype, rng)


def test_number_of_connections_is_exact_and_biases_are_zero():
    network = built()
    assert connections_per_layer(network) == COUNTS
    assert network.weights.size == sum(COUNTS)
    assert network.biases.shape == (sum(SIZES[1:]),)
    assert not network.biases.any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_have_the_types_that_kernels_take(dtype):
    network = built(dtype=dtype)
    types = {name: array.dtype for name, array in network.to_dict().items()}
    assert types == {
        "sizes": np.int64,
        "indptr": np.int64,
        "indices": np.int32,
        "weights": dtype,
        "biases": dtype,
        "kinds": np.int64,
        "slopes": dtype,
    }


def test_same_seed_gives_the_same_network():
    for name, array in built(seed=3).to_dict().items():
        np.testing.assert_array_equal(array, built(seed=3).to_dict()[name])
    assert (built(seed=3).weights != built(seed=4).weights).any()


@pytest.mark.parametrize("activation", ["relu", "tanh", "all_relu"])
def test_weights_follow_the_real_fan_in(activation):
    network = built(activation)
    layer = network.layer(2)
    fan_in = np.diff(layer.indptr)
    assert fan_in.min() < 25 < 35 < fan_in.max()
    gain = {"relu": 2.0, "tanh": 1.0, "all_relu": 2 / (1 + 0.6**2)}[activation]
    limit = np.repeat(np.sqrt(3 * gain / fan_in), fan_in)
    scaled = layer.weights / limit
    assert np.abs(scaled).max() <= 1
    # Uniform on [-1, 1]: variance 1/3, within four standard errors for 3000 draws.
    assert scaled.mean() == pytest.approx(0, abs=0.045)
    assert scaled.var() == pytest.approx(1 / 3, abs=0.022)


def test_signals_keep_their_scale_through_many_sparse_layers():
    sizes = (300, *[300] * 6, 50)
    network = built("relu", sizes=sizes, counts=[*[6000] * 6, 1000])
    X = np.random.default_rng(1).normal(size=(100, 300))
    outputs = raw_outputs(network, plain_samples(X, np.float64))
    assert 0.2 < outputs.std() < 3


def test_hidden_neurons_are_connected_where_that_is_possible():
    # 40 connections into 40 neurons: about 15 have no input, and with as many
    # connections onwards no connection need read one of these.
    network = built(sizes=(10, 40, 40, 2), counts=[40, 25, 30])
    first, second = network.layer(1), network.layer(2)
    alive = np.flatnonzero(np.diff(first.indptr))
    assert 15 < alive.size < 35
    assert np.isin(second.indices, alive).all()


def test_flat_arrays_are_the_matrices_one_after_another():
    naive = random_naive_network(np.random.default_rng(0), (4, 6, 5, 3), 0.5)
    network = sparse_network(naive)
    coefs = network.coefs()
    matrices = per_layer(naive, network.weights)
    for coef, matrix, mask in zip(coefs, matrices, naive.masks, strict=True):
        assert coef.format == "csr"
        assert coef.shape == matrix.T.shape
        assert coef.nnz == mask.sum()
        np.testing.assert_array_equal(coef.toarray(), matrix.T)
    for ours, bias in zip(network.intercepts(), naive.biases, strict=True):
        np.testing.assert_array_equal(ours, bias)
    assert connections_per_layer(network) == [mask.sum() for mask in naive.masks]


def test_layers_without_connections_have_a_place():
    naive = random_naive_network(np.random.default_rng(0), (4, 6, 5, 3), 0.5)
    naive.masks[1][:] = False
    naive.matrices[1][:] = 0
    network = sparse_network(naive)
    assert connections_per_layer(network)[1] == 0
    assert network.coefs()[1].nnz == 0
    assert network.layer(2).n_free == 30


def test_copy_shares_nothing():
    network = built()
    copy = network.copy()
    for name, array in network.to_dict().items():
        assert not np.shares_memory(array, copy.to_dict()[name])
        np.testing.assert_array_equal(array, copy.to_dict()[name])


def test_exported_arrays_are_copies():
    network = built()
    network.coefs()[0].data[:] = 7
    network.intercepts()[0][:] = 7
    assert not (network.weights == 7).any()
    assert not network.biases.any()


def test_dictionary_restores_the_network():
    network = built()
    again = SparseNetwork(**network.to_dict())
    np.testing.assert_array_equal(again.first, network.first)
    assert again.dtype == network.dtype
    assert again.n_layers == 3
