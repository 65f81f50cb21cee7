"""warm_start: a further fit goes on from the network at hand."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning

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


def flowers():
    return load_iris(return_X_y=True)


def warm(network, **settings):
    return network((10,), warm_start=True, random_state=0, **settings)


def dense_coefs(net):
    return [coefs.toarray() for coefs in net.coefs_]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_second_fit_begins_where_the_first_ended(network):
    X, y = flowers()
    net = warm(network, max_iter=20).fit(X, y)
    begin, end = net.loss_curve_[0], net.loss_curve_[-1]
    net.set_params(max_iter=1).fit(X, y)
    assert len(net.loss_curve_) == len(net.history_) == 21
    assert abs(net.loss_curve_[-1] - end) < 0.5 * (begin - end)


@pytest.mark.parametrize("network", [DenseMLPClassifier, StaticSparseMLPRegressor])
def test_two_warm_fits_equal_one_long_fit(network):
    X, y = flowers()
    settings = {"shuffle": False, "n_iter_no_change": np.inf, "batch_size": 40}
    settings["learning_rate"] = "constant"
    twice = warm(network, max_iter=10, **settings).fit(X, y).fit(X, y)
    once = warm(network, max_iter=20, **settings).fit(X, y)
    for mine, other in zip(dense_coefs(twice), dense_coefs(once), strict=True):
        assert_array_equal(mine, other)
    assert twice.loss_curve_ == once.loss_curve_


def test_connections_stay_unless_they_are_rewired():
    X, y = flowers()
    net = warm(StaticSparseMLPClassifier, sparsity=0.5, max_iter=3).fit(X, y)
    before = [coefs != 0 for coefs in net.coefs_]
    net.fit(X, y)
    assert all(
        (was != (is_now != 0)).nnz == 0
        for was, is_now in zip(before, net.coefs_, strict=True)
    )


def test_a_warm_fit_rewires_before_its_first_epoch():
    X, y = flowers()
    net = warm(SETMLPClassifier, sparsity=0.5, max_iter=2).fit(X, y).fit(X, y)
    replaced = [row["n_replaced"] > 0 for row in net.history_]
    assert replaced == [False, True, True, True]


@pytest.mark.parametrize("network", NETWORKS)
def test_without_warm_start_a_second_fit_starts_anew(network):
    X, y = flowers()
    net = network((10,), max_iter=4, random_state=0).fit(X, y)
    first, losses = dense_coefs(net), net.loss_curve_
    net.fit(X, y)
    for before, after in zip(first, dense_coefs(net), strict=True):
        assert_array_equal(before, after)
    assert net.loss_curve_ == losses


@pytest.mark.parametrize("network", NETWORKS)
def test_every_fit_makes_all_its_epochs(network):
    X, y = flowers()
    net = warm(network, solver="sgd", max_iter=3).fit(X, y)
    assert net.n_iter_ == 3
    assert net.fit(X, y).n_iter_ == 3
    assert [row["epoch"] for row in net.history_] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_max_iter_may_change_and_its_end_is_told(network, solver):
    X, y = flowers()
    settings = {"learning_rate": "constant", "n_iter_no_change": 1000}
    net = warm(network, solver=solver, max_iter=10, **settings)
    with pytest.warns(ConvergenceWarning, match="max_iter=10"):
        net.fit(X, y)
    assert net.n_iter_ == 10
    net.set_params(max_iter=20)
    with pytest.warns(ConvergenceWarning, match="max_iter=20"):
        net.fit(X, y)
    assert net.n_iter_ == 20


@pytest.mark.parametrize("network", [SETMLPClassifier, DenseMLPRegressor])
def test_early_stopping_goes_on(network):
    X, y = flowers()
    net = warm(network, max_iter=10, early_stopping=True).fit(X, y)
    n_scores = len(net.validation_scores_)
    net.set_params(max_iter=20).fit(X, y)
    assert len(net.validation_scores_) > n_scores


@pytest.mark.parametrize("schedule", ["constant", "invscaling"])
def test_the_learning_rate_goes_on(schedule):
    X, y = [[3, 2], [1, 6], [5, 6], [-2, -4]], [1, 1, 1, 0]
    net = warm(
        DenseMLPClassifier,
        solver="sgd",
        learning_rate=schedule,
        learning_rate_init=0.1,
        power_t=0.25,
        max_iter=1,
    )
    first, second = (net.fit(X, y).history_[-1]["learning_rate"] for _ in range(2))
    assert first == 0.1
    assert second == (0.1 if schedule == "constant" else 0.1 / 5**0.25)


@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"hidden_layer_sizes": (11,)}, r"hidden_layer_sizes=\(11,\)"),
        ({"hidden_layer_sizes": (10, 10)}, r"hidden_layer_sizes=\(10, 10\)"),
        ({"dtype": "float64"}, "dtype=float64"),
        ({"sparsity": 0.5}, r"sparsity=0\.5"),
        ({"activation": "tanh"}, "activation=tanh"),
        ({"activation": "leaky_relu"}, "activation=leaky_relu"),
    ],
)
def test_a_network_of_another_make_is_refused(network, changed, message):
    X, y = flowers()
    net = warm(network, max_iter=2).fit(X, y)
    before = net.coefs_[0].toarray()
    with pytest.raises(ValueError, match=message):
        net.set_params(**changed).fit(X, y)
    assert_array_equal(net.coefs_[0].toarray(), before)


def test_another_output_activation_is_refused():
    X, y = flowers()
    net = warm(SETMLPClassifier, max_iter=2).fit(X, y > 0)
    with pytest.raises(ValueError, match="out_activation='softmax'"):
        net.set_params(out_activation="softmax").fit(X, y > 0)


def test_another_number_of_features_is_refused():
    X, y = flowers()
    net = warm(SETMLPClassifier, max_iter=2).fit(X, y)
    with pytest.raises(ValueError, match="X has 3 features"):
        net.fit(X[:, :3], y)


@pytest.mark.parametrize(
    "y_new",
    [
        np.repeat([0, 1], 75),
        np.repeat([0, 1, 3], 50),
        np.repeat([0, 1, 2, 3, 4], 30),
        np.repeat(["a", "b", "c"], 50),
        np.eye(3, dtype=int)[np.repeat([0, 1, 2], 50)],
    ],
    ids=["fewer", "other", "more", "words", "label indicators"],
)
def test_other_classes_are_refused(y_new):
    X, y = flowers()
    net = warm(SETMLPClassifier, max_iter=2).fit(X, y)
    with pytest.raises(ValueError, match=r"y (contains|must be|has)|same classes"):
        net.fit(X, y_new)
    assert_array_equal(net.classes_, [0, 1, 2])


def test_the_same_classes_in_other_shares_are_welcome():
    X, y = flowers()
    net = warm(SETMLPClassifier, max_iter=2).fit(X, y)
    net.fit(X, np.repeat([0, 1, 2], [40, 40, 70]))
    assert_array_equal(net.classes_, [0, 1, 2])


def test_another_number_of_outputs_is_refused():
    X, y = load_diabetes(return_X_y=True)
    net = warm(SETMLPRegressor, max_iter=2).fit(X, y)
    with pytest.raises(ValueError, match="y has 2 outputs; it must have the 1"):
        net.fit(X, np.c_[y, y])


@pytest.mark.parametrize(("first", "second"), [("sgd", "adam"), ("adam", "sgd")])
def test_the_solver_may_change(first, second):
    X, y = flowers()
    net = warm(DenseMLPClassifier, solver=first, max_iter=10).fit(X, y)
    end = net.loss_curve_[-1]
    net.set_params(solver=second).fit(X, y)
    assert net.loss_curve_[-1] < end
