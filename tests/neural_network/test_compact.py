"""Compact networks: fewer neurons, the same predictions."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from sparsekit import DenseMLPClassifier, SETMLPClassifier, SETMLPRegressor
from sparsekit.neural_network import compact, load_checkpoint, save_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ACTIVATIONS = ["identity", "logistic", "tanh", "relu", "leaky_relu", "all_relu"]
MODES = [
    {"missing": "indicator"},
    {"missing": "expected"},
    {"missing_scaling": "neuron"},
    {"missing_scaling": "sample"},
]


def flowers():
    X, y = load_iris(return_X_y=True)
    X[::7, 2] = np.nan
    X[::5, 0] = np.nan
    return X, y


def trained(network=SETMLPClassifier, **settings):
    X, y = flowers()
    given = {"sparsity": 0.97, "max_iter": 8, "random_state": 0} | settings
    return network((60, 50, 40), **given).fit(X, y)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_predictions_stay_to_the_bit(activation, dtype):
    X, _ = flowers()
    for seed in range(5):
        net = trained(activation=activation, dtype=dtype, random_state=seed)
        small = compact(net)
        assert small.n_connections_ < net.n_connections_
        assert_array_equal(small.predict_proba(X), net.predict_proba(X))


@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
@pytest.mark.parametrize("mode", MODES, ids=str)
def test_predictions_stay_whatever_becomes_of_missing_inputs(mode, network):
    X, _ = flowers()
    net = trained(network, **mode)
    small = compact(net)
    assert small.hidden_layer_sizes < net.hidden_layer_sizes
    for storage in (np.asarray, sparse.csr_array):
        assert_array_equal(small.predict(storage(X)), net.predict(storage(X)))


def test_parameters_and_attributes_describe_the_smaller_network():
    net = trained()
    small = compact(net)
    shapes = [weights.shape for weights in small.coefs_]
    assert small.hidden_layer_sizes == tuple(n_out for _, n_out in shapes[:-1])
    assert shapes[0][0] == 4
    assert shapes[-1][1] == 3
    assert small.history_ == net.history_


def test_the_original_is_not_changed():
    X, y = flowers()
    net = trained()
    before, size = net.predict_proba(X), net.n_connections_
    small = compact(net)
    small.loss_curve_.append(0.0)
    small._network.weights[:] = 0
    assert_array_equal(net.predict_proba(X), before)
    assert (net.n_connections_, len(net.loss_curve_)) == (size, 8)
    net.partial_fit(X, y)


def test_a_network_without_dead_neurons_keeps_all_and_trains_on():
    X, y = flowers()
    net = DenseMLPClassifier((9, 8), max_iter=3, random_state=0).fit(X, y)
    small = compact(net)
    assert small.hidden_layer_sizes == (9, 8)
    small.partial_fit(X, y)
    assert_array_equal(small.predict_proba(X), net.partial_fit(X, y).predict_proba(X))


def test_a_smaller_network_refuses_to_train_on():
    X, y = flowers()
    with pytest.raises(ValueError, match=r"sparsity=0\.97"):
        compact(trained()).partial_fit(X, y)


def test_a_level_keeps_a_neuron_even_if_none_is_alive():
    X, _ = flowers()
    net = trained(max_iter=1)
    second = slice(60, 110)
    net._network.biases[second] = -1e6
    net._network.weights[net._network.indptr[60] : net._network.indptr[110]] = 0
    small = compact(net)
    assert min(small.hidden_layer_sizes) >= 1
    assert_array_equal(small.predict_proba(X), net.predict_proba(X))


def test_a_compact_network_can_be_stored(tmp_path):
    X, _ = flowers()
    small = compact(trained())
    save_checkpoint(small, tmp_path / "net")
    loaded = load_checkpoint(tmp_path / "net")
    assert_array_equal(loaded.predict_proba(X), small.predict_proba(X))


def test_only_fitted_networks_are_made_compact():
    with pytest.raises(TypeError, match="LogisticRegression"):
        compact(LogisticRegression())
    with pytest.raises(NotFittedError):
        compact(SETMLPClassifier())
