"""The same table as array, sparse matrix or DataFrame gives the same network."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits, load_iris

from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
)
from tests.estimators import NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def mostly_zeros(missing=True):
    """Return a table with zeros and, if `missing`, holes."""
    X, y = load_digits(return_X_y=True)
    X, y = X[:200, 2:22].copy(), y[:200]
    if missing:
        X[np.random.default_rng(0).random(X.shape) < 0.1] = np.nan
    return X, y


def network_of(network, **settings):
    settings = {"max_iter": 5, "dtype": "float64", "random_state": 0} | settings
    return network((20,), batch_size=30, **settings)


def outputs(net, X):
    return net.predict_proba(X) if hasattr(net, "predict_proba") else net.predict(X)


def with_wide_indices(X):
    X = sparse.csr_array(X)
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    return X


def unsorted(X):
    X = sparse.csr_array(X)
    for i in range(X.shape[0]):
        row = slice(X.indptr[i], X.indptr[i + 1])
        X.indices[row] = X.indices[row][::-1].copy()
        X.data[row] = X.data[row][::-1].copy()
    X.has_sorted_indices = False
    return X


def with_duplicates(X):
    """Store every value as the sum of two entries."""
    X = sparse.coo_array(X)
    twice = [np.concatenate([part, part]) for part in (*X.coords, X.data / 2)]
    return sparse.coo_array((twice[2], (twice[0], twice[1])), shape=X.shape)


def with_stored_zeros(X):
    rows, columns = np.indices(X.shape)
    entries = (X.ravel(), (rows.ravel(), columns.ravel()))
    return sparse.csr_array(sparse.coo_array(entries, shape=X.shape))


STORES = {
    "csr_array": sparse.csr_array,
    "csr_matrix": sparse.csr_matrix,
    "csc_array": sparse.csc_array,
    "csc_matrix": sparse.csc_matrix,
    "coo_array": sparse.coo_array,
    "coo_matrix": sparse.coo_matrix,
    "lil_array": sparse.lil_array,
    "64-bit indices": with_wide_indices,
    "unsorted": unsorted,
    "duplicates": with_duplicates,
    "stored zeros": with_stored_zeros,
}


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("missing", [True, False])
@pytest.mark.parametrize("network", NETWORKS)
def test_sparse_and_dense_tables_give_the_same_network(network, missing, standardize):
    X, y = mostly_zeros(missing)
    stored = sparse.csr_array(X)
    dense = network_of(network, standardize=standardize).fit(X, y)
    of_stored = network_of(network, standardize=standardize).fit(stored, y)
    for mine, other in zip(of_stored.coefs_, dense.coefs_, strict=True):
        assert_allclose(mine.toarray(), other.toarray(), rtol=1e-6, atol=1e-10)
    assert_allclose(outputs(of_stored, stored), outputs(dense, X), rtol=1e-7)
    assert_allclose(outputs(of_stored, X), outputs(of_stored, stored), rtol=1e-9)


@pytest.mark.parametrize("network", [SETMLPClassifier, DenseMLPRegressor])
@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
def test_all_sparse_formats_are_the_same_table(network, store):
    X, y = mostly_zeros()
    net = network_of(network)
    expected = outputs(net.fit(sparse.csr_array(X), y), X)
    stored = store(X)
    assert_allclose(outputs(net.fit(stored, y), X), expected, rtol=1e-9)
    assert_allclose(outputs(net, stored), expected, rtol=1e-9)


@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
def test_partial_fit_takes_all_sparse_formats(store):
    X, y = mostly_zeros()
    expected = network_of(SETMLPClassifier).partial_fit(X, y, classes=range(10))
    net = network_of(SETMLPClassifier).partial_fit(store(X), y, classes=range(10))
    expected.partial_fit(X, y)
    net.partial_fit(store(X), y)
    assert_allclose(outputs(net, store(X)), outputs(expected, X), rtol=1e-6)


def test_a_stored_nan_is_missing_and_an_absent_entry_is_zero():
    X, y = mostly_zeros(missing=False)
    net = network_of(DenseMLPClassifier).fit(sparse.csr_array(X), y)
    row = X[[3]]
    column = int(np.flatnonzero(row[0] == 0)[-1])
    zero = outputs(net, sparse.csr_array(row))
    row[0, column] = np.nan
    missing = outputs(net, sparse.csr_array(row))
    assert_allclose(missing, outputs(net, row), rtol=1e-9)
    assert not np.allclose(missing, zero, rtol=1e-6)


def test_an_empty_sparse_table_is_all_zeros():
    X, y = sparse.csr_array((40, 5)), np.arange(40) % 2
    net = network_of(SETMLPClassifier).fit(X, y)
    assert_array_equal(outputs(net, X), outputs(net, np.zeros((40, 5))))


@pytest.mark.parametrize("network", NETWORKS)
def test_names_of_columns_are_kept_and_checked(network):
    X, y = load_iris(return_X_y=True, as_frame=True)
    # The rows that early stopping sets aside have no names: that is nobody's fault.
    net = network_of(network, early_stopping=True).fit(X, y)
    assert_array_equal(net.feature_names_in_, X.columns)
    net.predict(X)
    with pytest.raises(ValueError, match="feature names should match"):
        net.predict(X.rename(columns={X.columns[0]: "other"}))
    net.set_params(early_stopping=False)
    with pytest.raises(ValueError, match="feature names should match"):
        net.partial_fit(X[X.columns[::-1]], y)


def tables():
    """Yield one table with holes as different DataFrames."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 5, size=(60, 3)).astype(float)
    X[rng.random(X.shape) < 0.2] = np.nan
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    yield "pandas floats", X, frame
    yield "pandas Float64", X, frame.astype("Float64")
    yield "pandas Int64", X, frame.astype("Int64")
    yield "pandas arrow", X, frame.astype("double[pyarrow]")
    mixed = {"a": "Int64", "b": "float32", "c": "Float64"}
    yield "pandas mixed", X, frame.astype(mixed)
    yield "pandas objects", X, frame.astype(object)
    yield "polars with NaN", X, pl.DataFrame(X, schema=["a", "b", "c"])
    nulls = [[None if np.isnan(v) else v for v in column] for column in X.T]
    yield "polars with null", X, pl.DataFrame(nulls, schema=["a", "b", "c"])


@pytest.mark.parametrize(
    ("X", "frame"),
    [(X, frame) for _, X, frame in tables()],
    ids=[name for name, _, _ in tables()],
)
@pytest.mark.parametrize("network", [SETMLPClassifier, DenseMLPRegressor])
def test_tables_of_every_kind_give_the_same_network(network, X, frame):
    y = np.arange(60) % 2
    expected = network_of(network).fit(X, y)
    net = network_of(network).fit(frame, y)
    assert_array_equal(net.feature_names_in_, ["a", "b", "c"])
    assert_allclose(outputs(net, frame), outputs(expected, X), rtol=1e-9)


@pytest.mark.parametrize("make", [pd.Series, lambda y: pl.Series("y", y)])
def test_targets_may_be_series(make):
    X, y = load_iris(return_X_y=True)
    net = network_of(SETMLPClassifier)
    expected = net.fit(X, y).predict_proba(X)
    assert_array_equal(net.fit(X, make(y)).predict_proba(X), expected)
    words = make(np.array(["a", "b", "c"])[y])
    assert set(net.fit(X, words).predict(X)) <= {"a", "b", "c"}


def test_targets_may_be_a_frame_of_outputs():
    X, y = load_iris(return_X_y=True)
    frame = pd.DataFrame({"one": y, "two": 2.0 * y})
    assert network_of(SETMLPRegressor).fit(X, frame).predict(X).shape == (150, 2)
