"""What scikit-learn's MLPClassifier and MLPRegressor have is here, under its name."""

import math

import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sparsekit import (
    DSTMLPClassifier,
    SETMLPClassifier,
    StaticSparseMLPClassifier,
)
from tests.estimators import ALL_NETWORKS, NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# Of the solver "lbfgs", which is not here.
LEFT_OUT = {"max_fun"}


def theirs(network):
    return MLPClassifier if "Classifier" in network.__name__ else MLPRegressor


def table(network):
    load = load_iris if "Classifier" in network.__name__ else load_diabetes
    return load(return_X_y=True)


def fitted_attributes(estimator):
    return {name for name in dir(estimator) if name[0] != "_" and name[-1] == "_"}


@pytest.mark.parametrize("network", ALL_NETWORKS)
def test_all_their_parameters_are_here(network):
    missing = theirs(network)().get_params().keys() - network().get_params().keys()
    assert missing <= LEFT_OUT


@pytest.mark.parametrize("network", ALL_NETWORKS)
def test_defaults_are_theirs_but_for_those_that_are_documented(network):
    mine, other = network().get_params(), theirs(network)().get_params()
    differ = {name for name in mine.keys() & other.keys() if mine[name] != other[name]}
    documented = {"alpha", "learning_rate", "learning_rate_init", "max_iter"}
    if "prune_fraction" in mine:
        documented.add("n_iter_no_change")
    assert differ == documented
    assert all(f"`{name}`" in network.__doc__ for name in differ)


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("network", NETWORKS)
def test_all_their_fitted_attributes_are_here(network, early_stopping):
    X, y = table(network)
    settings = {"early_stopping": early_stopping, "max_iter": 2, "random_state": 0}
    mine, other = network(**settings).fit(X, y), theirs(network)(**settings).fit(X, y)
    assert fitted_attributes(other) - fitted_attributes(mine) == set()


def test_latest_and_best_loss_are_those_of_the_curve():
    net = SETMLPClassifier(max_iter=2).fit(*load_iris(return_X_y=True))
    net.loss_curve_ = [0.5, 0.25, 0.375]
    assert (net.loss_, net.best_loss_) == (0.375, 0.25)


def test_the_best_validation_score_is_the_largest():
    net = DSTMLPClassifier(early_stopping=True, max_iter=5, random_state=0)
    net.fit(*load_iris(return_X_y=True))
    assert net.best_validation_score_ == max(net.validation_scores_)


def test_without_validation_rows_there_is_no_best_score():
    net = StaticSparseMLPClassifier(max_iter=2).fit(*load_iris(return_X_y=True))
    assert net.best_validation_score_ is None


def test_an_epoch_that_diverged_is_none_of_the_best():
    net = SETMLPClassifier(max_iter=2).fit(*load_iris(return_X_y=True))
    net.loss_curve_ = [0.5, 0.25, math.nan]
    assert net.best_loss_ == 0.25
    assert math.isnan(net.loss_)


@pytest.mark.parametrize("name", ["loss_", "best_loss_", "best_validation_score_"])
def test_before_fit_there_is_none_of_them(name):
    assert not hasattr(SETMLPClassifier(), name)
