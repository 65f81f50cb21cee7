"""A static network is a SET network that replaces nothing, to the bit."""

import numpy as np
import pytest

from sparsekit import (
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
    StaticSparseMLPRegressor,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def assert_same_bits(a, b):
    assert a.loss_curve_ == b.loss_curve_
    for one, other in zip(a.coefs_, b.coefs_, strict=True):
        np.testing.assert_array_equal(one.indptr, other.indptr)
        np.testing.assert_array_equal(one.indices, other.indices)
        np.testing.assert_array_equal(one.data.view("u4"), other.data.view("u4"))
    for one, other in zip(a.intercepts_, b.intercepts_, strict=True):
        np.testing.assert_array_equal(one.view("u4"), other.view("u4"))


@pytest.mark.parametrize(
    ("static", "rewiring"),
    [
        (StaticSparseMLPClassifier, SETMLPClassifier),
        (StaticSparseMLPRegressor, SETMLPRegressor),
    ],
)
@pytest.mark.parametrize("settings", [{"solver": "adam"}, {"solver": "sgd"}], ids=str)
def test_static_equals_set_without_replacement(static, rewiring, settings):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(70, 8))
    y = rng.integers(3, size=70)
    settings = {
        **settings,
        "hidden_layer_sizes": (20, 10),
        "sparsity": 0.7,
        "dropout": 0.2,
        "batch_size": 16,
        "max_iter": 6,
        "n_iter_no_change": 10,
        "random_state": 3,
    }
    a = static(**settings).fit(X, y)
    b = rewiring(**settings, prune_fraction=0.0).fit(X, y)
    assert_same_bits(a, b)
    # The state of optimizer and generator is the same, too: so training goes on alike.
    assert_same_bits(a.partial_fit(X, y), b.partial_fit(X, y))
    np.testing.assert_array_equal(a.predict(X), b.predict(X))


def test_replacement_makes_a_difference():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(70, 8)), rng.integers(3, size=70)
    settings = {"sparsity": 0.7, "max_iter": 2, "random_state": 3}
    a = StaticSparseMLPClassifier(**settings).fit(X, y)
    b = SETMLPClassifier(**settings).fit(X, y)
    assert a.loss_curve_[0] == b.loss_curve_[0]
    assert a.loss_curve_[1] != b.loss_curve_[1]
