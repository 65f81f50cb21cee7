"""partial_fit: one epoch at a time, on the same network."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_diabetes, load_iris

from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPRegressor,
)
from tests.estimators import CLASSIFIERS, NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def flowers():
    return load_iris(return_X_y=True)


def patients():
    X, y = load_diabetes(return_X_y=True)
    return X[:150], y[:150]


def same_arrays(one, other):
    return all(
        (a != b).nnz == 0 for a, b in zip(one.coefs_, other.coefs_, strict=True)
    ) and all(
        np.array_equal(a, b)
        for a, b in zip(one.intercepts_, other.intercepts_, strict=True)
    )


@pytest.mark.parametrize("network", NETWORKS)
def test_the_first_call_equals_a_fit_of_one_epoch(network):
    X, y = flowers()
    settings = {"dropout": 0.2, "batch_size": 32, "max_iter": 1, "random_state": 0}
    fitted = network((10,), **settings).fit(X, y)
    stepped = network((10,), **settings).partial_fit(
        X, y, **({"classes": [0, 1, 2]} if network in CLASSIFIERS else {})
    )
    assert same_arrays(fitted, stepped)
    assert stepped.n_iter_ == fitted.n_iter_ == 1
    assert stepped.loss_curve_ == fitted.loss_curve_
    assert_array_equal(stepped.predict(X), fitted.predict(X))


@pytest.mark.parametrize("solver", ["sgd", "sgdw", "adam", "adamw"])
def test_classification_in_steps_equals_fit(solver):
    X, y = flowers()
    settings = {"solver": solver, "shuffle": False, "standardize": False}
    settings |= {"batch_size": 40, "learning_rate_init": 0.01, "random_state": 1}
    settings |= {"learning_rate": "constant", "alpha": 1e-4}
    fitted = DenseMLPClassifier(
        (10,), max_iter=30, n_iter_no_change=np.inf, **settings
    ).fit(X, y)
    stepped = DenseMLPClassifier((10,), **settings)
    for _ in range(30):
        stepped.partial_fit(X, y, classes=[0, 1, 2])
    assert same_arrays(fitted, stepped)
    assert stepped.n_iter_ == 30
    assert stepped.score(X, y) > 0.6


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_regression_in_steps_equals_fit(momentum):
    X, y = patients()
    settings = {"solver": "sgd", "momentum": momentum, "shuffle": False}
    settings |= {"dtype": "float64", "learning_rate_init": 0.01, "random_state": 1}
    settings |= {"learning_rate": "constant", "alpha": 1e-4, "batch_size": 150}
    fitted = StaticSparseMLPRegressor(
        (20,), sparsity=0.5, max_iter=50, n_iter_no_change=np.inf, **settings
    ).fit(X, y)
    stepped = StaticSparseMLPRegressor((20,), sparsity=0.5, **settings)
    for _ in range(50):
        stepped.partial_fit(X, y)
    # Running means over equal batches differ from those of one batch by rounding.
    assert_allclose(stepped.predict(X), fitted.predict(X), rtol=1e-9)


def test_batches_of_rows_teach_the_whole_problem():
    X, y = flowers()
    order = np.random.default_rng(0).permutation(len(y))
    net = SETMLPClassifier((50,), sparsity=0.5, learning_rate_init=0.01, random_state=0)
    for _ in range(20):
        for rows in np.array_split(order, 5):
            net.partial_fit(X[rows], y[rows], classes=[0, 1, 2])
    assert net.n_iter_ == 100
    # 10 seeds: 0.947 to 0.98.
    assert net.score(X, y) > 0.9


def test_location_and_scale_follow_all_batches():
    X, y = flowers()
    whole = DenseMLPClassifier((5,), random_state=0).partial_fit(X, y, classes=range(3))
    parts = DenseMLPClassifier((5,), random_state=0)
    for rows in (slice(0, 40), slice(40, 110), slice(110, 150)):
        parts.partial_fit(X[rows], y[rows], classes=range(3))
    assert_allclose(parts._inputs["shift"], whole._inputs["shift"])
    assert_allclose(parts._inputs["scale"], whole._inputs["scale"])


def test_every_call_but_the_first_rewires():
    X, y = flowers()
    net = SETMLPClassifier((50,), sparsity=0.5, random_state=0)
    net.partial_fit(X, y, classes=[0, 1, 2])
    n_connections, before = net.n_connections_, net.coefs_[0]
    net.partial_fit(X, y).partial_fit(X, y)
    assert net.n_connections_ == n_connections
    assert ((net.coefs_[0] != 0) != (before != 0)).nnz > 0
    assert [row["n_replaced"] > 0 for row in net.history_] == [False, True, True]


def test_an_int_seed_does_not_repeat_itself_in_every_call():
    X, y = flowers()
    settings = {"solver": "sgd", "dropout": 0.5, "learning_rate_init": 1e-9}
    settings |= {"alpha": 0.0, "random_state": 0}
    net = DenseMLPClassifier((5,), **settings)
    for _ in range(3):
        net.partial_fit(X, y, classes=[0, 1, 2])
    # The weights stand still; what differs from call to call is the dropout.
    assert np.ptp(net.loss_curve_) > 1e-3


def test_other_classes_in_a_later_call_are_refused():
    net = SETMLPClassifier(random_state=0)
    net.partial_fit([[3.0, 2.0]], [0], classes=[0, 1])
    with pytest.raises(ValueError, match=r"classes=\[1, 2\] differs from the first"):
        net.partial_fit([[3.0, 2.0]], [0], classes=[1, 2])


def test_classes_may_show_up_late():
    net = DenseMLPClassifier((20,), random_state=0)
    net.partial_fit([[1], [2], [3]], ["a", "b", "c"], classes=["a", "b", "c", "d"])
    net.partial_fit([[4]], ["d"])
    assert net.predict_proba([[1]]).shape == (1, 4)
    assert net.score([[1], [2], [3], [4]], ["a", "b", "c", "d"]) > 0


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_unseen_classes_are_refused_in_every_call(network):
    X, y = [[3, 2], [1, 6]], [1, 0]
    with pytest.raises(ValueError, match=r"classes \[0, 1\] that are not in"):
        network(random_state=0).partial_fit(X, y, classes=[2, 3])
    net = network(random_state=0).partial_fit(X, y, classes=[0, 1])
    before = net.coefs_[0].toarray()
    with pytest.raises(ValueError, match=r"classes \[7\] that are not in"):
        net.partial_fit(X, [0, 7])
    assert_array_equal(net.coefs_[0].toarray(), before)
    assert net.n_iter_ == 1


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_the_first_call_needs_classes(network):
    X, y = flowers()
    with pytest.raises(ValueError, match="classes"):
        network(random_state=0).partial_fit(X, y)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("fitted", [False, True])
def test_early_stopping_is_refused(network, fitted):
    X, y = flowers()
    net = network(early_stopping=True, max_iter=3, random_state=0)
    if fitted:
        net.fit(X, y)
    classes = {"classes": [0, 1, 2]} if network in CLASSIFIERS else {}
    with pytest.raises(ValueError, match=r"early_stopping=True: .* use fit"):
        net.partial_fit(X, y, **classes)


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_balanced_class_weight_is_refused(network):
    X, y = flowers()
    with pytest.raises(ValueError, match="class_weight='balanced' is not supported"):
        network(class_weight="balanced").partial_fit(X, y, classes=[0, 1, 2])


def test_class_weights_by_name_work():
    X, y = flowers()
    plain = DenseMLPClassifier((5,), random_state=0)
    weighted = DenseMLPClassifier((5,), random_state=0, class_weight={0: 5, 1: 1, 2: 1})
    for net in (plain, weighted):
        net.partial_fit(X, y, classes=[0, 1, 2])
    assert not same_arrays(plain, weighted)


def test_partial_fit_goes_on_after_fit():
    X, y = flowers()
    net = SETMLPClassifier((50,), sparsity=0.5, max_iter=5, random_state=0).fit(X, y)
    net.partial_fit(X, y)
    assert len(net.loss_curve_) == 6
    assert net.loss_curve_[5] < net.loss_curve_[0]


def test_changed_sizes_are_refused():
    X, y = patients()
    net = SETMLPRegressor((10,), sparsity=0.5).partial_fit(X, y)
    net.set_params(hidden_layer_sizes=(11,))
    with pytest.raises(ValueError, match=r"hidden_layer_sizes=\(11,\)"):
        net.partial_fit(X, y)


def test_another_number_of_outputs_is_refused():
    X, y = patients()
    net = SETMLPRegressor((10,), sparsity=0.5).partial_fit(X, y)
    with pytest.raises(ValueError, match="y has 2 outputs; it must have the 1"):
        net.partial_fit(X, np.c_[y, y])


def test_a_network_of_one_row_is_possible():
    net = DenseMLPRegressor((5,), random_state=0).partial_fit([[1.0, 2.0]], [3.0])
    assert_allclose(net.predict([[1.0, 2.0]]), [3.0], atol=0.1)
