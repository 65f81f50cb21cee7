"""`summary()`: a fitted network as a table."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from sparsekit import (
    DenseMLPClassifier,
    SETMLPClassifier,
    StaticSparseMLPRegressor,
    suggest_format,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def fitted(network=SETMLPClassifier, **parameters):
    X, y = load_iris(return_X_y=True)
    parameters = {"sparsity": 0.8, "max_iter": 5, "random_state": 0} | parameters
    return network((40, 30), **parameters).fit(X, y)


def pattern_of(matrix):
    """Return 1 for each connection; that of a dead neuron may have a weight of 0."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    pattern = np.zeros(matrix.shape, dtype=int)
    pattern[rows, matrix.indices] = 1
    return pattern


def active_neurons_naively(coefs):
    """Follow all paths forwards and backwards, on dense matrices."""
    patterns = [pattern_of(matrix) for matrix in coefs]
    reached = [np.ones(patterns[0].shape[0], dtype=int)]
    for pattern in patterns:
        reached.append((reached[-1] @ pattern > 0).astype(int))
    useful = [np.ones(patterns[-1].shape[1], dtype=int)]
    for pattern in reversed(patterns):
        useful.insert(0, (pattern @ useful[0] > 0).astype(int))
    return [int((r * u).sum()) for r, u in zip(reached, useful, strict=True)]


@pytest.mark.parametrize("network", [SETMLPClassifier, StaticSparseMLPRegressor])
def test_rows_say_what_the_matrices_say(network):
    net = fitted(network)
    table = net.summary()
    assert table.index.tolist() == [1, 2, 3, "total"]
    active = active_neurons_naively(net.coefs_)
    for number, matrix in enumerate(net.coefs_, start=1):
        row, dense = table.loc[number], pattern_of(matrix)
        assert row["n_connections"] == matrix.nnz == dense.sum()
        assert (row["n_in"], row["n_out"]) == matrix.shape
        assert row["density"] == matrix.nnz / np.prod(matrix.shape)
        assert (row["active_in"], row["active_out"]) == (
            active[number - 1],
            active[number],
        )
        assert_allclose(row["fan_in_mean"], dense.sum(axis=0).mean())
        assert row["fan_in_max"] == dense.sum(axis=0).max()
        assert_allclose(row["fan_out_mean"], dense.sum(axis=1).mean())
        assert row["fan_out_max"] == dense.sum(axis=1).max()
        assert_allclose(row["mean_abs_weight"], np.abs(matrix.data).mean(), rtol=1e-6)
        assert row["format"] == suggest_format(*matrix.shape, density=row["density"])


def test_the_total_is_that_of_the_network():
    net = fitted()
    table, total = net.summary(), net.summary().loc["total"]
    layers = table.drop(index="total")
    assert total["n_connections"] == net.n_connections_ == layers["n_connections"].sum()
    assert total["density"] == pytest.approx(1 - net.sparsity_)
    assert (total["n_in"], total["n_out"]) == (4, 3)
    assert total["n_bytes"] == layers["n_bytes"].sum()
    weights = np.concatenate([matrix.data for matrix in net.coefs_])
    assert total["mean_abs_weight"] == pytest.approx(np.abs(weights).mean(), rel=1e-6)
    assert total["fan_in_mean"] == pytest.approx(net.n_connections_ / (40 + 30 + 3))
    assert total["fan_out_mean"] == pytest.approx(net.n_connections_ / (4 + 40 + 30))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_bytes_are_those_of_the_arrays(dtype):
    net = fitted(dtype=dtype)
    stored = net._network
    arrays = ("weights", "indices", "indptr", "biases")
    # The rows of all layers stand in one array, each layer of the table has its end.
    expected = sum(getattr(stored, name).nbytes for name in arrays) + 2 * 8
    assert net.summary().loc["total", "n_bytes"] == expected


def test_formats_of_a_dense_network_differ_between_layers():
    X, y = load_iris(return_X_y=True)
    table = DenseMLPClassifier((100, 100), max_iter=2).fit(X, y).summary()
    assert table["format"].tolist() == ["csr", "dense", "csr", "mixed"]


def test_indicators_are_inputs_of_the_first_layer():
    X, y = load_iris(return_X_y=True)
    X[::3, 1] = np.nan
    net = SETMLPClassifier((20,), missing="indicator", max_iter=2).fit(X, y)
    assert net.summary().loc[1, "n_in"] == 5


def test_numbers_are_numbers_and_nothing_is_changed():
    net = fitted()
    before = net._network.weights.copy()
    table = net.summary()
    table.loc[:, "n_connections"] = 0
    kinds = table.drop(columns="format").dtypes
    assert all(pd.api.types.is_numeric_dtype(kind) for kind in kinds)
    assert_array_equal(net._network.weights, before)
    assert net.summary().loc["total", "n_connections"] == net.n_connections_


def test_a_network_that_is_not_fitted_has_no_summary():
    with pytest.raises(NotFittedError):
        SETMLPClassifier().summary()
