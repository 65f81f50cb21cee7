"""Nothing that a user passes in is ever modified."""

import copy

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from sparsekit import DSTMLPRegressor, SETMLPClassifier
from tests.estimators import ALL_NETWORKS

# Of the networks, which share the code that takes arguments.
SHARED = [SETMLPClassifier, DSTMLPRegressor]


def table():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4))
    X[rng.random(X.shape) < 0.2] = 0
    X[rng.random(X.shape) < 0.2] = np.nan
    return X


def messy_csr(X):
    """Return CSR with unsorted columns, a stored zero and a value in two entries."""
    stored = sparse.csr_array(X)
    rows = np.repeat(np.arange(60), np.diff(stored.indptr))
    order = np.lexsort((-stored.indices, rows))
    data = np.append(stored.data[order], [0.5, 0.0])
    indices = np.append(stored.indices[order], [2, 2])
    indptr = stored.indptr.copy()
    indptr[-1] += 2
    return sparse.csr_array((data, indices, indptr), shape=X.shape)


KINDS = {
    "array": np.asarray,
    "Fortran order": np.asfortranarray,
    "float32": lambda X: X.astype(np.float32),
    "CSR": sparse.csr_array,
    "CSR matrix": sparse.csr_matrix,
    "messy CSR": messy_csr,
    "CSC": sparse.csc_array,
    "COO": sparse.coo_array,
    "pandas": lambda X: pd.DataFrame(X, columns=list("abcd")),
    "pandas nullable": lambda X: pd.DataFrame(X, columns=list("abcd")).astype(
        "Float64"
    ),
    "polars": lambda X: pl.DataFrame(X, schema=list("abcd")),
}


def parts(X):
    """Return the arrays that make up a table, as they lie in memory."""
    if isinstance(X, pd.DataFrame):
        return [X.to_numpy(dtype=float, na_value=np.nan)]
    if not sparse.issparse(X):
        return [np.asarray(X)]
    if X.format == "coo":
        return [X.data, *X.coords]
    return [X.data, X.indices, X.indptr]


def snapshot(X):
    return [part.tobytes() for part in parts(X)]


def every_method(net, X, y, weight):
    net.fit(X, y, sample_weight=weight, X_val=X, y_val=y)
    net.partial_fit(X, y, sample_weight=weight)
    for name in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        if hasattr(net, name):
            getattr(net, name)(X)
    net.score(X, y, sample_weight=weight)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("network", SHARED)
def test_no_method_changes_its_arguments(network, kind):
    X = kind(table())
    y, weight = np.arange(60) % 3, np.linspace(0, 1, 60)
    before = snapshot(X), y.copy(), weight.copy()
    every_method(network((5,), max_iter=2), X, y, weight)
    assert snapshot(X) == before[0]
    np.testing.assert_array_equal(y, before[1])
    np.testing.assert_array_equal(weight, before[2])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", ["array", "float32", "CSR", "CSC", "pandas"])
@pytest.mark.parametrize("network", SHARED)
def test_arguments_may_be_read_only(network, kind):
    X = KINDS[kind](table())
    y, weight = np.arange(60) % 3, np.linspace(0, 1, 60)
    # What pandas hands out is read-only already.
    for array in (*parts(X), y, weight):
        array.flags.writeable = False
    every_method(network((5,), max_iter=2), X, y, weight)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("network", SHARED)
def test_fit_keeps_no_reference_to_the_data(network):
    X, y = table(), np.arange(60) % 3
    net = network((5,), max_iter=2, random_state=0).fit(X, y)
    expected = net.predict(np.zeros((1, 4)))
    X[:] = 7
    y[:] = 0
    np.testing.assert_array_equal(net.predict(np.zeros((1, 4))), expected)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("network", ALL_NETWORKS)
def test_parameters_stay_as_they_were_given(network):
    parameters = {
        "hidden_layer_sizes": [6, 5],
        "random_state": np.random.RandomState(0),
        "n_jobs": -1,
        "n_iter_no_change": np.inf,
        "negative_slope": 0.1,
        "activation": "leaky_relu",
        "max_iter": 2,
    }
    given = copy.copy(parameters)
    net = network(**parameters)
    net.fit(table(), np.arange(60) % 3).predict(table())
    for name, value in given.items():
        assert getattr(net, name) is value
    assert given["hidden_layer_sizes"] == [6, 5]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("network", SHARED)
def test_the_global_random_state_is_left_alone(network):
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    network((5,), max_iter=2, random_state=0).fit(table(), np.arange(60) % 3)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
