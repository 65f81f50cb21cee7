"""Weights of samples and of classes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
)
from tests.estimators import CLASSIFIERS, NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def flowers():
    return load_iris(return_X_y=True)


def one_batch(network, X, y, sample_weight=None, **settings):
    """Return a network that saw all rows in one batch, in their order."""
    net = network(
        (10,),
        batch_size=len(y),
        shuffle=False,
        max_iter=20,
        dtype="float64",
        n_iter_no_change=np.inf,
        random_state=0,
        **settings,
    )
    return net.fit(X, y, sample_weight=sample_weight)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_row_of_weight_zero_is_as_good_as_absent(network):
    X, y = flowers()
    weight = np.tile([1.0, 0.0, 1.0], 50)
    X[1::3] = 1e3
    weighted = one_batch(network, X, y, sample_weight=weight)
    without = one_batch(network, X[weight > 0], y[weight > 0])
    assert_allclose(weighted.loss_curve_, without.loss_curve_, rtol=1e-7)
    assert_allclose(weighted.predict(X), without.predict(X), rtol=1e-6)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_weight_of_two_is_a_row_twice(network):
    X, y = flowers()
    X, y = X[::3], y[::3]
    times = np.where(np.arange(len(y)) % 2, 1, 2)
    weighted = one_batch(network, X, y, sample_weight=times)
    repeated = one_batch(network, X.repeat(times, axis=0), y.repeat(times))
    assert_allclose(weighted.loss_curve_, repeated.loss_curve_, rtol=1e-7)
    assert_allclose(weighted.predict(X), repeated.predict(X), rtol=1e-6)


@pytest.mark.parametrize("network", NETWORKS)
def test_only_the_proportions_of_weights_count_without_penalty(network):
    X, y = flowers()
    weight = np.random.default_rng(0).uniform(0.5, 2, size=150)
    one = one_batch(network, X, y, sample_weight=weight, alpha=0.0)
    other = one_batch(network, X, y, sample_weight=8 * weight, alpha=0.0)
    assert_allclose(one.predict(X), other.predict(X), rtol=1e-6)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, list])
def test_weights_are_never_changed(network, kind):
    X, y = flowers()
    weight = kind(np.arange(150)) if kind is list else np.arange(150).astype(kind)
    settings = {"max_iter": 2, "random_state": 0}
    if network in CLASSIFIERS:
        settings["class_weight"] = {0: 2, 1: 1, 2: 0.5}
    net = network((5,), **settings)
    net.fit(X, y, sample_weight=weight)
    net.partial_fit(X, y, sample_weight=weight)
    net.score(X, y, sample_weight=weight)
    assert_array_equal(weight, np.arange(150))


@pytest.mark.parametrize("network", NETWORKS)
def test_weights_may_be_read_only(network):
    X, y = flowers()
    weight = np.ones(150)
    weight.flags.writeable = False
    network((5,), max_iter=2).fit(X, y, sample_weight=weight)


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_a_class_weight_is_a_sample_weight(network):
    X, y = flowers()
    of_classes = one_batch(network, X, y, class_weight={0: 2.0, 1: 1.0, 2: 0.5})
    of_samples = one_batch(network, X, y, sample_weight=np.array([2, 1, 0.5])[y])
    assert_array_equal(of_classes.predict_proba(X), of_samples.predict_proba(X))


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_class_and_sample_weights_multiply(network):
    X, y = flowers()
    weight = np.random.default_rng(0).uniform(0.5, 2, size=150)
    both = one_batch(network, X, y, weight, class_weight={0: 2.0, 1: 1.0, 2: 0.5})
    product = one_batch(network, X, y, weight * np.array([2, 1, 0.5])[y])
    assert_array_equal(both.predict_proba(X), product.predict_proba(X))


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_balanced_means_that_classes_weigh_the_same(network):
    X, y = flowers()
    X, y = X[:110], y[:110]
    balanced = one_batch(network, X, y, class_weight="balanced")
    weights = {k: 110 / (3 * n) for k, n in enumerate([50, 50, 10])}
    by_hand = one_batch(network, X, y, class_weight=weights)
    assert_allclose(balanced.predict_proba(X), by_hand.predict_proba(X), rtol=1e-9)


def test_balanced_finds_more_of_a_rare_class():
    X, y = load_breast_cancer(return_X_y=True)
    rng = np.random.default_rng(0)
    X = X[:, :5] + rng.normal(size=(569, 5)) * 3 * X[:, :5].std(axis=0)
    keep = (y == 1) | (rng.random(569) < 0.15)
    X, y = X[keep], y[keep]
    recall = {
        weight: (
            DenseMLPClassifier((10,), class_weight=weight, random_state=0)
            .fit(X, y)
            .predict(X)[y == 0]
            == 0
        ).mean()
        for weight in (None, "balanced")
    }
    # 10 seeds: 0 to 0.12 without, 0.67 to 0.82 with.
    assert recall["balanced"] > recall[None] + 0.3


def test_class_weights_may_use_names():
    X, y = flowers()
    names = np.array(["a", "b", "c"])[y]
    weight = {"a": 2.0, "b": 1.0, "c": 0.5}
    named = one_batch(SETMLPClassifier, X, names, class_weight=weight)
    numbered = one_batch(SETMLPClassifier, X, y, class_weight={0: 2, 1: 1, 2: 0.5})
    assert_array_equal(named.predict_proba(X), numbered.predict_proba(X))


def test_later_batches_may_consist_of_classes_without_weight():
    X, y = flowers()
    settings = {"class_weight": {0: 0, 1: 1, 2: 1}, "random_state": 0}
    net = SETMLPClassifier((5,), **settings)
    with pytest.raises(ValueError, match="No row has a positive weight"):
        net.partial_fit(X[:50], y[:50], classes=[0, 1, 2])
    net.partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X[:50], y[:50])
    assert np.isfinite(net.predict_proba(X)).all()


def test_class_weights_of_labels_are_a_list():
    X = np.random.default_rng(0).normal(size=(100, 4))
    y = (X[:, :2] > 0).astype(int)
    weight = [{0: 1.0, 1: 3.0}, {0: 0.5, 1: 1.0}]
    listed = one_batch(SETMLPClassifier, X, y, class_weight=weight)
    by_hand = np.array([1.0, 3.0])[y[:, 0]] * np.array([0.5, 1.0])[y[:, 1]]
    weighted = one_batch(SETMLPClassifier, X, y, sample_weight=by_hand)
    assert_allclose(listed.predict_proba(X), weighted.predict_proba(X), rtol=1e-9)


def test_the_class_weight_is_never_changed():
    X, y = flowers()
    weight = {0: 2, 1: 1, 2: 0.5}
    net = SETMLPClassifier((5,), class_weight=weight, max_iter=2).fit(X, y)
    assert net.class_weight is weight
    assert weight == {0: 2, 1: 1, 2: 0.5}


@pytest.mark.parametrize("network", [SETMLPRegressor, DenseMLPRegressor])
def test_the_weighted_mean_is_learned_from_nothing(network):
    y = load_diabetes(return_X_y=True)[1]
    weight = np.where(y > y.mean(), 5.0, 1.0)
    net = network((5,), max_iter=50, random_state=0)
    net.fit(np.zeros((y.size, 3)), y, sample_weight=weight)
    # 10 seeds: within 0.02 standard deviations.
    expected = np.average(y, weights=weight)
    assert_allclose(net.predict([[0, 0, 0]]), expected, atol=0.1 * y.std())
