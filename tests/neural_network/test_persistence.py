"""A fitted network survives clone, pickle, joblib and skops, and trains on."""

import io
import pickle

import joblib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from sparsekit import (
    DenseMLPRegressor,
    SETMLPClassifier,
)
from sparsekit.network import OptimizerState, SparseNetwork
from sparsekit.neural_network import _fitted_network
from tests.storing import WAYS, through_joblib

# Networks differ in what their connections do, and not in what is stored of them.
NETWORKS = [SETMLPClassifier, DenseMLPRegressor]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def flowers():
    X, y = load_iris(return_X_y=True)
    X[::7, 2] = np.nan
    return X, y


def outputs(net, X):
    return net.predict_proba(X) if hasattr(net, "predict_proba") else net.predict(X)


@pytest.mark.parametrize("store", WAYS)
@pytest.mark.parametrize("network", NETWORKS)
def test_a_stored_network_predicts_the_same(network, store, tmp_path):
    X, y = flowers()
    net = (
        network((30, 20), sparsity=0.5)
        if "Dense" not in network.__name__
        else (network((30, 20)))
    )
    net.set_params(max_iter=3, random_state=0).fit(X, y)
    restored = store(net, tmp_path)
    assert_array_equal(outputs(restored, X), outputs(net, X))
    assert_array_equal(outputs(restored, sparse.csr_array(X)), outputs(net, X))
    assert restored.get_params() == net.get_params()
    assert restored.history_ == net.history_
    assert restored.n_connections_ == net.n_connections_


@pytest.mark.parametrize("store", WAYS)
@pytest.mark.parametrize("network", NETWORKS)
def test_a_stored_network_trains_on_as_if_it_had_stayed(network, store, tmp_path):
    X, y = flowers()
    net = network((30,), max_iter=3, dropout=0.1, random_state=0).fit(X, y)
    restored = store(net, tmp_path)
    before = outputs(restored, X)
    for _ in range(3):
        restored.partial_fit(X, y)
        net.partial_fit(X, y)
    assert not np.array_equal(outputs(restored, X), before)
    assert_array_equal(outputs(restored, X), outputs(net, X))


def test_a_memory_mapped_file_is_not_written_to(tmp_path):
    X, y = flowers()
    joblib.dump(
        SETMLPClassifier((100, 100), max_iter=3, random_state=0).fit(X, y),
        tmp_path / "net.joblib",
    )
    content = (tmp_path / "net.joblib").read_bytes()
    net = joblib.load(tmp_path / "net.joblib", mmap_mode="r")
    assert isinstance(net._network.weights, np.memmap)
    net.partial_fit(X, y).fit(X, y)
    assert (tmp_path / "net.joblib").read_bytes() == content


def test_a_network_loaded_for_fine_tuning_learns_its_new_target(tmp_path):
    net = DenseMLPRegressor(
        (42,), learning_rate_init=0.01, standardize=False, random_state=0
    ).fit([[2.0]], [4.0])
    restored = through_joblib(net, tmp_path)
    for _ in range(200):
        restored.partial_fit([[2.0]], [1.0])
    # 10 seeds: within 0.0001.
    assert_allclose(restored.predict([[2.0]]), [1.0], atol=0.01)
    assert net.predict([[2.0]])[0] > 2


@pytest.mark.parametrize("network", NETWORKS)
def test_clone_copies_parameters_and_nothing_fitted(network):
    X, y = flowers()
    net = network([7, 6], max_iter=3, random_state=0).fit(X, y)
    twin = clone(net)
    assert twin.get_params() == net.get_params()
    assert not hasattr(twin, "coefs_")
    with pytest.raises(NotFittedError, match="not fitted yet"):
        twin.predict(X)
    assert_array_equal(outputs(twin.fit(X, y), X), outputs(net, X))


@pytest.mark.parametrize("network", NETWORKS)
def test_an_unfitted_network_can_be_stored(network, tmp_path):
    X, y = flowers()
    net = network((5,), max_iter=3, random_state=0)
    for store in WAYS:
        restored = store(net, tmp_path).fit(X, y)
        assert_array_equal(outputs(restored, X), outputs(clone(net).fit(X, y), X))


def plain(value):
    """Return whether `value` is numpy, or Python's own, all the way down."""
    if isinstance(value, SparseNetwork | OptimizerState):
        value = value.to_dict()
    if isinstance(value, dict):
        return all(plain(part) for part in (*value, *value.values()))
    if isinstance(value, list | tuple):
        return all(plain(part) for part in value)
    allowed = (np.ndarray, np.random.Generator, bool, int, float, str, type(None))
    return isinstance(value, allowed)


@pytest.mark.parametrize("network", NETWORKS)
def test_everything_fitted_is_plain(network):
    X, y = flowers()
    net = network((5,), early_stopping=True, max_iter=5, random_state=0).fit(X, y)
    assert {name for name, value in vars(net).items() if not plain(value)} == set()
    assert {type(loss) for loss in net.loss_curve_} == {float}
    assert all(type(row["loss"]) is float for row in net.history_)


def test_a_stored_network_is_not_much_larger_than_its_connections():
    X, y = np.random.default_rng(0).normal(size=(20, 1000)), np.arange(20) % 2
    net = SETMLPClassifier((1000,), sparsity=0.99, max_iter=1, random_state=0)
    stored = io.BytesIO()
    pickle.dump(net.fit(X, y), stored)
    # Per connection an index, a weight and two moments, of 4 bytes each, and of 8 bytes
    # the position, as explored; the rest are arrays per neuron and per feature.
    assert stored.tell() < 24 * net.n_connections_ + 100_000


def test_a_pickle_of_another_version_warns(monkeypatch):
    X, y = flowers()
    net = SETMLPClassifier((10,), max_iter=2, random_state=0).fit(X, y)
    stored = pickle.dumps(net)
    monkeypatch.setattr(_fitted_network, "__version__", "99.0")
    with pytest.warns(UserWarning, match=r"pickled by sparsekit .* is sparsekit 99\.0"):
        again = pickle.loads(stored)
    assert_array_equal(again.predict_proba(X), net.predict_proba(X))


def test_a_pickle_without_a_version_warns():
    net = SETMLPClassifier()
    with pytest.warns(UserWarning, match="pickled by sparsekit of unknown version"):
        net.__setstate__(net.get_params())


def test_the_version_of_a_pickle_is_no_attribute():
    net = pickle.loads(pickle.dumps(SETMLPClassifier()))
    assert vars(net) == vars(SETMLPClassifier())
