"""Layers, activations and fitted attributes."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LinearRegression

from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
    StaticSparseMLPRegressor,
)
from tests.estimators import NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ACTIVATIONS = {
    "identity": lambda v, layer: v,
    "logistic": lambda v, layer: expit(v),
    "tanh": lambda v, layer: np.tanh(v),
    "relu": lambda v, layer: np.maximum(v, 0),
    "leaky_relu": lambda v, layer: np.where(v > 0, v, 0.01 * v),
    "all_relu": lambda v, layer: np.where(v > 0, v, (-0.6 if layer % 2 else 0.6) * v),
}


def flowers():
    return load_iris(return_X_y=True)


def by_hand(net, X, activation):
    """Return the raw outputs of a network that does not standardise."""
    values = X
    last = len(net.coefs_)
    for layer, (coefs, biases) in enumerate(
        zip(net.coefs_, net.intercepts_, strict=True), start=1
    ):
        values = values @ coefs.toarray() + biases
        if layer < last:
            values = activation(values, layer)
    return values


@pytest.mark.parametrize("network", [SETMLPRegressor, StaticSparseMLPRegressor])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_predictions_are_those_of_the_fitted_attributes(network, activation):
    X, y = flowers()
    net = network(
        (9, 8, 7),
        sparsity=0.5,
        activation=activation,
        standardize=False,
        dtype="float64",
        max_iter=5,
        random_state=0,
    ).fit(X, y)
    assert_allclose(
        net.predict(X), by_hand(net, X, ACTIVATIONS[activation])[:, 0], rtol=1e-10
    )


@pytest.mark.parametrize(
    ("activation", "slopes"), [("leaky_relu", (0.2, 0.2)), ("all_relu", (-0.2, 0.2))]
)
def test_the_negative_slope_is_a_parameter(activation, slopes):
    X, y = flowers()
    net = SETMLPRegressor(
        (9, 8),
        sparsity=0.5,
        activation=activation,
        negative_slope=0.2,
        standardize=False,
        dtype="float64",
        max_iter=5,
        random_state=0,
    ).fit(X, y)
    expected = by_hand(
        net, X, lambda v, layer: np.where(v > 0, v, slopes[layer - 1] * v)
    )
    assert_allclose(net.predict(X), expected[:, 0], rtol=1e-10)


@pytest.mark.parametrize("slope", [np.nan, np.inf, -np.inf])
def test_a_slope_that_is_no_number_is_refused(slope):
    X, y = flowers()
    with pytest.raises(ValueError, match="negative_slope"):
        SETMLPClassifier(activation="leaky_relu", negative_slope=slope).fit(X, y)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        (12, [12]),
        (np.int64(12), [12]),
        ([12], [12]),
        ((12, 9), [12, 9]),
        ([12, 9, 8], [12, 9, 8]),
        (np.array([12, 9]), [12, 9]),
    ],
    ids=["int", "numpy int", "list", "tuple", "list of three", "array"],
)
def test_hidden_layers_are_a_number_or_a_sequence(network, sizes, hidden):
    X, y = flowers()
    net = network(sizes, max_iter=1, random_state=0).fit(X, y)
    shapes = [coefs.shape for coefs in net.coefs_]
    levels = [4, *hidden, net.n_outputs_]
    assert shapes == list(pairwise(levels))
    assert [biases.shape for biases in net.intercepts_] == [(n,) for n in levels[1:]]
    assert net.n_layers_ == len(levels)
    assert net.hidden_layer_sizes is sizes


@pytest.mark.parametrize("empty", [(), []])
def test_without_hidden_layers_the_model_is_linear(empty):
    X, y = load_diabetes(return_X_y=True)
    net = DenseMLPRegressor(
        empty,
        alpha=0.0,
        learning_rate="cosine",
        learning_rate_init=0.1,
        n_iter_no_change=np.inf,
        max_iter=500,
        dtype="float64",
        random_state=0,
    ).fit(X, y)
    assert len(net.coefs_) == 1
    # 5 seeds: at most 0.0005 below the least-squares fit.
    best = LinearRegression().fit(X, y).score(X, y)
    assert best - 0.002 < net.score(X, y) <= best
    middle = net.predict((X[:50] + X[50:100]) / 2)
    assert_allclose(middle, (net.predict(X[:50]) + net.predict(X[50:100])) / 2)


@pytest.mark.parametrize("network", [SETMLPClassifier, StaticSparseMLPRegressor])
def test_a_sparse_linear_model_is_possible(network):
    X, y = flowers()
    net = network((), sparsity=0.5, max_iter=5, random_state=0).fit(X, y)
    assert net.n_connections_ == 2 * net.n_outputs_
    assert net.sparsity_ == 0.5


@pytest.mark.parametrize("network", NETWORKS)
def test_weights_are_sparse_without_stored_surplus(network):
    X, y = flowers()
    net = network((30, 20), max_iter=3, random_state=0).fit(X, y)
    assert all(coefs.format == "csr" for coefs in net.coefs_)
    assert all(coefs.has_canonical_format for coefs in net.coefs_)
    assert sum(coefs.nnz for coefs in net.coefs_) == net.n_connections_


@pytest.mark.parametrize("network", [SETMLPClassifier, StaticSparseMLPRegressor])
@pytest.mark.parametrize("sparsity", [0.0, 0.3, 0.8, 0.9])
def test_the_number_of_connections_is_exact(network, sparsity):
    X, y = flowers()
    net = network((30, 20), sparsity=sparsity, max_iter=5, random_state=0).fit(X, y)
    positions = sum(np.prod(coefs.shape) for coefs in net.coefs_)
    assert net.n_connections_ == round((1 - sparsity) * positions)
    assert_allclose(net.sparsity_, 1 - net.n_connections_ / positions)


@pytest.mark.parametrize("network", [DenseMLPClassifier, DenseMLPRegressor])
def test_a_dense_network_has_all_connections(network):
    X, y = flowers()
    net = network((30, 20), max_iter=2, random_state=0).fit(X, y)
    assert net.sparsity_ == 0.0
    assert "sparsity" not in net.get_params()
    assert "prune_fraction" not in net.get_params()


def test_only_set_moves_connections():
    X, y = flowers()
    for network, moved in (
        (SETMLPClassifier, True),
        (StaticSparseMLPClassifier, False),
    ):
        net = network((50,), sparsity=0.5, max_iter=3, random_state=0).fit(X, y)
        assert any(row["n_replaced"] for row in net.history_) is moved


def test_set_without_pruning_is_the_static_network():
    X, y = flowers()
    settings = {"sparsity": 0.5, "max_iter": 5, "dropout": 0.1, "random_state": 0}
    moving = SETMLPClassifier((20,), prune_fraction=0.0, **settings).fit(X, y)
    static = StaticSparseMLPClassifier((20,), **settings).fit(X, y)
    for mine, other in zip(moving.coefs_, static.coefs_, strict=True):
        assert_array_equal(mine.toarray(), other.toarray())
    assert moving.loss_curve_ == static.loss_curve_


@pytest.mark.parametrize("network", NETWORKS)
def test_fitted_attributes_appear_in_fit(network):
    X, y = flowers()
    net = network((10,), max_iter=2, random_state=0)
    for name in ("coefs_", "intercepts_", "n_connections_", "sparsity_", "n_layers_"):
        assert not hasattr(net, name)
    net.fit(X, y)
    assert net.n_features_in_ == 4
    assert net.n_layers_ == 3
    assert net.n_iter_ == len(net.loss_curve_) == len(net.history_) == 2
    assert set(net.history_[0]) == {
        "epoch",
        "loss",
        "validation_score",
        "learning_rate",
        "n_connections",
        "n_replaced",
        "n_samples",
        "seconds",
    }
    expected = "identity" if network.__name__.endswith("Regressor") else "softmax"
    assert net.out_activation_ == expected


def test_changing_what_coefs_returns_does_not_change_the_network():
    X, y = flowers()
    net = SETMLPClassifier((10,), max_iter=2, random_state=0).fit(X, y)
    before = net.predict_proba(X)
    for coefs, biases in zip(net.coefs_, net.intercepts_, strict=True):
        coefs.data[:] = 7.0
        biases[:] = 7.0
    assert_array_equal(net.predict_proba(X), before)
