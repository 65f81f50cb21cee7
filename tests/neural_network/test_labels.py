"""Classes of all kinds, label indicators, and what comes back for them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.exceptions import DataConversionWarning

from sparsekit import DenseMLPClassifier, SETMLPClassifier
from sparsekit.neural_network import load_checkpoint, save_checkpoint
from tests.estimators import ALL_NETWORKS, CLASSIFIERS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def flowers():
    return load_iris(return_X_y=True)


def tumours():
    X, y = load_breast_cancer(return_X_y=True)
    return X[:200], y[:200]


def indicators(n_labels=3):
    X = np.random.default_rng(0).normal(size=(200, 6))
    return X, (X[:, :n_labels] > 0).astype(int)


@pytest.mark.parametrize("network", CLASSIFIERS)
@pytest.mark.parametrize(
    "names",
    [
        np.array(["ab", "c", "def"]),
        np.array(["ab", "c", "def"], dtype=object),
        np.array([-7, 0, 100]),
        np.array([1.0, 2.0, 5.0]),
        np.array([2, 0, 1], dtype=np.uint8),
    ],
    ids=["str", "object", "int", "float", "uint8"],
)
def test_classes_come_back_as_they_went_in(network, names):
    X, y = flowers()
    net = network((20,), max_iter=10, random_state=0)
    numbered = net.fit(X, np.argsort(np.argsort(names))[y]).predict(X)
    named = net.fit(X, names[y])
    assert_array_equal(named.classes_, np.sort(names))
    assert named.classes_.dtype == names.dtype
    assert_array_equal(named.predict(X), np.sort(names)[numbered])
    assert named.predict(X).dtype == names.dtype


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_truth_values_are_classes(network):
    X, y = tumours()
    net = network((20,), max_iter=40, learning_rate_init=0.02, random_state=0)
    if network is not DenseMLPClassifier:
        net.set_params(sparsity=0.5)
    net.fit(X, y == 1)
    assert net.classes_.dtype == bool
    assert_array_equal(net.classes_, [False, True])
    # 10 seeds of each network: 0.98 or more.
    assert net.score(X, y == 1) > 0.95


def test_a_list_of_words_is_a_target():
    X, y = tumours()
    words = ["good" if label else "bad" for label in y]
    net = SETMLPClassifier((20,), max_iter=10, random_state=0).fit(X, words)
    assert set(net.predict(X)) == {"good", "bad"}


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_a_column_of_classes_is_flattened_with_a_warning(network):
    X, y = flowers()
    net = network((20,), max_iter=5, random_state=0)
    flat = net.fit(X, y).predict_proba(X)
    with pytest.warns(DataConversionWarning, match="column-vector y was passed"):
        net.fit(X, y[:, np.newaxis])
    assert_array_equal(net.predict_proba(X), flat)
    assert net.predict(X).shape == (150,)


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_label_indicators_are_learned(network):
    X, y = indicators()
    net = network((50,), learning_rate_init=0.01, max_iter=100, random_state=0)
    if network is not DenseMLPClassifier:
        net.set_params(sparsity=0.5)
    net.fit(X, y)
    assert net.out_activation_ == "logistic"
    assert_array_equal(net.classes_, [0, 1, 2])
    predicted = net.predict(X)
    assert predicted.shape == y.shape
    assert predicted.dtype.kind == "i"
    # 10 seeds of each network: 0.995 or more.
    assert (predicted == y).mean() > 0.97


@pytest.mark.parametrize("store", [sparse.csr_array, sparse.csc_matrix])
def test_label_indicators_may_be_sparse(store):
    X, y = indicators()
    net = SETMLPClassifier((10,), max_iter=5, random_state=0)
    dense = net.fit(X, y).predict_proba(X)
    assert_array_equal(net.fit(X, store(y)).predict_proba(X), dense)


def test_label_indicators_in_steps():
    X, y = indicators()
    net = SETMLPClassifier((50,), sparsity=0.5, learning_rate_init=0.01, random_state=0)
    for _ in range(100):
        net.partial_fit(X, y, classes=np.arange(3))
    # 10 seeds: 0.995 or more.
    assert (net.predict(X) == y).mean() > 0.97


def test_classes_say_nothing_about_label_indicators():
    X, y = indicators()
    nets = [SETMLPClassifier((10,), random_state=0) for _ in range(2)]
    for _ in range(2):
        nets[0].partial_fit(X, y, classes=[0, 1])
        nets[1].partial_fit(X, y, classes=np.arange(3))
    assert_array_equal(nets[0].predict_proba(X), nets[1].predict_proba(X))


def test_another_number_of_labels_is_refused():
    X, y = indicators()
    net = SETMLPClassifier((10,), random_state=0)
    net.partial_fit(X, y, classes=np.arange(3))
    with pytest.raises(ValueError, match="y has 2 labels; it must have the 3"):
        net.partial_fit(X, y[:, :2])
    with pytest.raises(ValueError, match="y must be of one kind in all calls"):
        net.partial_fit(X, y[:, 0])


@pytest.mark.parametrize(
    ("kind", "outputs", "activation"),
    [("auto", 1, "logistic"), ("softmax", 2, "softmax")],
)
def test_two_classes_have_one_output_or_two(kind, outputs, activation):
    X, y = tumours()
    net = SETMLPClassifier(
        (20,),
        sparsity=0.5,
        out_activation=kind,
        max_iter=40,
        learning_rate_init=0.02,
        random_state=0,
    ).fit(X, y)
    assert net.n_outputs_ == outputs
    assert net.out_activation_ == activation
    assert net.coefs_[-1].shape == (20, outputs)
    assert net.decision_function(X).shape == (200,)
    assert net.predict_proba(X).shape == net.predict_log_proba(X).shape == (200, 2)
    # 10 seeds: 0.98 or more.
    assert net.score(X, y) > 0.95


@pytest.mark.parametrize("kind", ["auto", "softmax"])
def test_three_classes_have_three_outputs(kind):
    X, y = flowers()
    net = SETMLPClassifier((20,), out_activation=kind, max_iter=2).fit(X, y)
    assert net.n_outputs_ == 3
    assert net.decision_function(X).shape == (150, 3)


def problems():
    X, y = flowers()
    yield "three classes", X, y, "auto"
    yield "two classes, one output", *tumours(), "auto"
    yield "two classes, two outputs", *tumours(), "softmax"
    yield "label indicators", *indicators(), "auto"


@pytest.mark.parametrize(
    ("name", "X", "y", "out_activation"), list(problems()), ids=lambda v: str(v)[:30]
)
@pytest.mark.parametrize("network", CLASSIFIERS)
def test_the_kinds_of_prediction_agree(network, name, X, y, out_activation):
    net = network((20,), out_activation=out_activation, max_iter=10, random_state=0)
    net.fit(X, y)
    proba, decision = net.predict_proba(X), net.decision_function(X)
    assert_allclose(np.exp(net.predict_log_proba(X)), proba, rtol=1e-9, atol=1e-12)
    if name == "label indicators":
        assert_allclose(proba, 1 / (1 + np.exp(-decision)))
        assert_array_equal(net.predict(X), (proba > 0.5).astype(int))
        return
    assert_allclose(proba.sum(axis=1), 1)
    assert_array_equal(net.predict(X), net.classes_[proba.argmax(axis=1)])
    if decision.ndim == 1:
        assert_allclose(proba[:, 1], 1 / (1 + np.exp(-decision)))
    else:
        powers = np.exp(decision)
        assert_allclose(proba, powers / powers.sum(axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("name", "X", "y", "out_activation"), list(problems()), ids=lambda v: str(v)[:30]
)
def test_log_probabilities_stay_finite_for_extreme_outputs(name, X, y, out_activation):
    net = DenseMLPClassifier(
        (20,), out_activation=out_activation, max_iter=10, random_state=0
    ).fit(X, y)
    far = X * 1e8
    assert np.abs(net.decision_function(far)).max() > 1e5
    assert (net.predict_proba(far) == 0).any()
    assert np.isfinite(net.predict_log_proba(far)).all()


@pytest.mark.parametrize("network", CLASSIFIERS)
@pytest.mark.parametrize("store", [sparse.csr_array, sparse.csc_matrix])
def test_sparse_label_indicators_are_predicted_sparse(network, store):
    X, y = indicators()
    net = network((10,), max_iter=3, random_state=0)
    dense = net.fit(X, y).predict(X)
    assert isinstance(dense, np.ndarray)
    predicted = net.fit(X, store(y)).predict(X)
    assert sparse.issparse(predicted)
    assert predicted.dtype == dense.dtype
    assert_array_equal(predicted.toarray(), dense)
    assert net.score(X, store(y)) == net.score(X, y)


def test_the_first_call_of_partial_fit_decides_whether_labels_are_sparse():
    X, y = indicators()
    net = SETMLPClassifier((10,)).partial_fit(X, sparse.csr_array(y), [0, 1, 2])
    assert sparse.issparse(net.partial_fit(X, y).predict(X))


def test_a_network_of_sparse_labels_is_stored_as_such(tmp_path):
    X, y = indicators()
    net = SETMLPClassifier((10,), max_iter=3).fit(X, sparse.csr_array(y))
    save_checkpoint(net, tmp_path / "net")
    assert sparse.issparse(load_checkpoint(tmp_path / "net").predict(X))


@pytest.mark.parametrize("network", ALL_NETWORKS)
def test_lbfgs_is_refused_with_the_reason(network):
    X, y = flowers()
    with pytest.raises(ValueError, match=r"solver='lbfgs' is not offered.* 'adamw'"):
        network(solver="lbfgs").fit(X, y)
    with pytest.raises(AttributeError, match="partial_fit"):
        network(solver="lbfgs").partial_fit(X, y)
    assert not hasattr(network(solver="lbfgs"), "partial_fit")
    assert all(hasattr(network(solver=name), "partial_fit") for name in ("sgd", "adam"))
