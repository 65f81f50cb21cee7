"""Precision: the parameter decides about weights, X may be of any number type."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits

from sparsekit import (
    DenseMLPRegressor,
    DSTMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
)
from sparsekit.neural_network import to_predictor

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


@pytest.mark.parametrize(
    ("dtype", "given", "expected"),
    [
        ("float32", np.float32, np.float32),
        ("float32", np.float64, np.float64),
        ("float32", np.int64, np.float64),
        ("float64", np.float32, np.float64),
        ("float64", np.float64, np.float64),
    ],
)
@pytest.mark.parametrize("storage", [np.asarray, sparse.csr_array, pd.DataFrame])
def test_single_precision_in_single_precision_out(dtype, given, expected, storage):
    X, y = digits()
    X = storage(X.astype(given))
    net = SETMLPClassifier((10,), dtype=dtype, max_iter=2).fit(X, y)
    for method in (net.predict_proba, net.predict_log_proba, net.decision_function):
        assert method(X).dtype == expected
    assert to_predictor(net).predict_proba(X).dtype == expected
    two = SETMLPClassifier((10,), dtype=dtype, max_iter=2).fit(X, y > 4)
    assert two.predict_proba(X).dtype == two.decision_function(X).dtype == expected
    for target in (y, np.column_stack([y, y])):
        number = SETMLPRegressor((10,), dtype=dtype, max_iter=2).fit(X, target)
        assert number.predict(X).dtype == expected
        assert to_predictor(number).predict(X).dtype == expected


def test_single_precision_logarithms_are_those_of_single_precision_probabilities():
    X, y = digits()
    X = X.astype(np.float32)
    # Trained for long, and hardly penalised, so that some rows are beyond doubt.
    net = DSTMLPClassifier((30,), sparsity=0.3, alpha=1e-4, random_state=0)
    net.set_params(learning_rate="constant", learning_rate_init=0.05, max_iter=200)
    chances = net.fit(X, y).predict_proba(X)
    assert (chances == 1).any()
    assert_array_equal(net.predict_log_proba(X) == 0, chances == 1)


def test_the_type_of_what_is_predicted_for_decides_and_not_that_of_the_fit():
    X, y = digits()
    net = SETMLPRegressor((10,), max_iter=2).fit(X, y)
    assert net.predict(X.astype(np.float32)).dtype == np.float32
    assert_allclose(net.predict(X.astype(np.float32)), net.predict(X), rtol=1e-4)


@pytest.mark.parametrize("factor", [1e300, 1e-100])
def test_targets_that_single_precision_cannot_hold_are_predicted_in_double(factor):
    X, y = digits()
    X = X.astype(np.float32)
    net = SETMLPRegressor((10,), max_iter=5, random_state=0, dtype="float64")
    assert net.set_params(dtype="float32").fit(X, y * factor).predict(X).any()
    assert net.predict(X).dtype == to_predictor(net).predict(X).dtype == np.float64
    assert np.isfinite(net.predict(X)).all()


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
