"""The gradient of the loss at each connection of a fitted network."""

import copy

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.neural_network import connection_gradients

X, Y = load_iris(return_X_y=True)
SETTINGS = {"sparsity": 0.5, "max_iter": 5, "dtype": "float64", "random_state": 0}


def loss_of(net, sample_weight=None):
    return log_loss(Y, net.predict_proba(X), sample_weight=sample_weight)


def central_differences(net, sample_weight=None, step=1e-6):
    """Return the derivative of the loss by each weight, in the order of the network."""
    found = []
    for k in range(net.n_connections_):
        sides = []
        for sign in (1, -1):
            moved = copy.deepcopy(net)
            moved._network.weights[k] += sign * step
            sides.append(loss_of(moved, sample_weight))
        found.append((sides[0] - sides[1]) / (2 * step))
    return net._network.matrices(np.array(found))


@pytest.mark.parametrize("batch_size", [7, 150])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_derivative_of_the_mean_loss(batch_size, weighted):
    weights = np.random.default_rng(0).uniform(0, 2, 150) if weighted else None
    settings = SETTINGS | {"batch_size": batch_size, "alpha": 1.0, "dropout": 0.3}
    net = SETMLPClassifier((6,), **settings).fit(X, Y)
    found = connection_gradients(net, X, Y, weights)
    for ours, theirs in zip(found, central_differences(net, weights), strict=True):
        assert_array_equal(ours.indices, theirs.indices)
        assert_allclose(ours.data, theirs.data, rtol=1e-4, atol=1e-7)


def test_it_has_the_entries_of_coefs_and_changes_nothing():
    X, y = load_diabetes(return_X_y=True)
    nets = [SETMLPRegressor((9, 5), **SETTINGS).fit(X, y) for _ in range(2)]
    for _ in range(3):
        for gradient, coefs in zip(
            connection_gradients(nets[0], X, y), nets[0].coefs_, strict=True
        ):
            assert_array_equal(gradient.indices, coefs.indices)
            assert_array_equal(gradient.indptr, coefs.indptr)
        for net in nets:
            net.partial_fit(X, y)
    assert_array_equal(nets[0].predict(X), nets[1].predict(X))


def test_a_network_that_is_not_fitted_is_refused():
    with pytest.raises(NotFittedError):
        connection_gradients(SETMLPClassifier(), X, Y)


def test_targets_that_are_no_classes_of_it_are_refused():
    net = SETMLPClassifier((6,), **SETTINGS).fit(X, Y)
    with pytest.raises(ValueError, match="class"):
        connection_gradients(net, X, Y + 1)
