"""Precision: the parameter decides about weights, X may be of any number type."""

from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits

from sparsekit import (
    DenseMLPRegressor,
    DSTMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
)

# Connections that move, dense layers, and a network that changes its size.
NETWORKS = [
    SETMLPClassifier,
    DenseMLPRegressor,
    partial(DSTMLPClassifier, method="granet"),
]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def digits(n_samples=300):
    X, y = load_digits(return_X_y=True)
    return X[:n_samples], y[:n_samples]


def outputs(net, X):
    return net.predict_proba(X) if hasattr(net, "predict_proba") else net.predict(X)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("given", [np.float32, np.float64, np.int32])
def test_the_parameter_decides_about_weights(network, dtype, given):
    X, y = digits()
    net = network((10, 5), dtype=dtype, max_iter=2, random_state=0)
    net.fit(X.astype(given), y)
    assert {coefs.dtype for coefs in net.coefs_} == {np.dtype(dtype)}
    assert {biases.dtype for biases in net.intercepts_} == {np.dtype(dtype)}


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("given", [np.float32, np.int64, np.uint8, bool, object])
def test_the_same_numbers_of_another_type_give_the_same_network(network, given):
    X, y = digits()
    X = (X > 7).astype(float) if given is bool else X
    net = network((10, 5), max_iter=3, random_state=0)
    expected = outputs(net.fit(X, y), X)
    # Location and scale are single precision for float32 inputs.
    assert_allclose(
        outputs(net.fit(X.astype(given), y), X.astype(given)),
        expected,
        rtol=1e-3,
        atol=1e-5,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_predictions_are_double_precision(dtype):
    X, y = digits()
    net = SETMLPClassifier((10,), dtype=dtype, max_iter=2).fit(X, y)
    for method in (net.predict_proba, net.predict_log_proba, net.decision_function):
        assert method(X).dtype == np.float64
    assert SETMLPRegressor((10,), max_iter=2).fit(X, y).predict(X).dtype == np.float64


def test_arrays_may_be_strided_or_in_fortran_order():
    X, y = digits()
    net = SETMLPClassifier((10,), max_iter=3, random_state=0)
    expected = net.fit(X, y).predict_proba(X)
    wide = np.repeat(X, 2, axis=1)
    for other in (np.asfortranarray(X), wide[:, ::2], X[::-1][::-1]):
        assert_array_equal(net.fit(other, y).predict_proba(other), expected)


def test_lists_are_arrays():
    X, y = digits(50)
    net = SETMLPClassifier((10,), max_iter=3, random_state=0)
    expected = net.fit(X, y).predict_proba(X)
    assert_array_equal(
        net.fit(X.tolist(), y.tolist()).predict_proba(X.tolist()), expected
    )
