"""Divergence: the last weights under which every training row has a loss are kept."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.exceptions import ConvergenceWarning

from sparsekit import (
    DenseMLPRegressor,
    DSTMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 10))
Y = (X[:, 0] > 0).astype(int)
DIVERGING = {"solver": "sgd", "learning_rate_init": 1e3, "random_state": 0}
NO_LONGER = "loss was no longer finite"


@pytest.mark.parametrize(
    "made", [SETMLPClassifier, StaticSparseMLPClassifier, SETMLPRegressor]
)
@pytest.mark.parametrize("rate", [1e3, 1e10, 1e30])
@pytest.mark.parametrize("batch_size", [200, 20])
def test_weights_that_are_kept_predict_finite_numbers(made, rate, batch_size):
    net = made((50,), **DIVERGING, batch_size=batch_size)
    net.set_params(learning_rate_init=rate)
    with pytest.warns(ConvergenceWarning, match=NO_LONGER):
        net.fit(X, Y)
    assert np.isfinite(net.predict(X)).all()
    if hasattr(net, "predict_proba"):
        assert np.isfinite(net.predict_proba(X)).all()


def test_the_weights_that_are_kept_are_those_before_the_epoch_that_diverged():
    # At a constant rate a shorter training is the beginning of a longer one.
    settings = DIVERGING | {"learning_rate": "constant", "batch_size": 200}
    net = StaticSparseMLPClassifier((50,), **settings)
    with pytest.warns(ConvergenceWarning, match=NO_LONGER):
        net.fit(X, Y)
    assert net.n_iter_ > 1
    stopped = StaticSparseMLPClassifier((50,), **settings, max_iter=net.n_iter_ - 1)
    with pytest.warns(ConvergenceWarning, match="Maximum number of epochs"):
        stopped.fit(X, Y)
    assert_array_equal(net.predict_proba(X), stopped.predict_proba(X))


def test_finite_losses_that_leave_weights_without_any_are_a_divergence():
    # In one step per epoch, the loss is that of the weights before the step.
    net = StaticSparseMLPClassifier((50, 50), **DIVERGING, batch_size=200, max_iter=1)
    net.set_params(learning_rate_init=1e30)
    with pytest.warns(ConvergenceWarning, match=NO_LONGER):
        net.fit(X, Y)
    assert np.isfinite(net.loss_curve_).all()
    assert np.isfinite(net.predict_proba(X)).all()


def test_a_batch_that_diverges_leaves_the_network_as_it_was():
    net = SETMLPClassifier((50,), solver="sgd", random_state=0)
    net.partial_fit(X, Y, classes=[0, 1])
    net.partial_fit(X, Y)
    before = net.coefs_[1].data.copy()
    net.set_params(learning_rate_init=1e30)
    # A rewiring comes first, and stays.
    with pytest.warns(ConvergenceWarning, match=NO_LONGER):
        net.set_params(prune_fraction=0.0).partial_fit(X, Y)
    assert_array_equal(net.coefs_[1].data, before)
    net.set_params(learning_rate_init=1e-3).partial_fit(X, Y)
    assert np.isfinite(net.predict_proba(X)).all()


@pytest.mark.parametrize("method", ["gmp", "rigl", "lottery"])
def test_a_method_that_changes_density_ends_with_its_connections(method):
    net = DSTMLPClassifier((20,), method=method, sparsity=0.5, **DIVERGING)
    with pytest.warns(ConvergenceWarning, match=NO_LONGER):
        net.fit(X, Y)
    assert np.isfinite(net.predict_proba(X)).all()
    plain = DSTMLPClassifier((20,), method="set", sparsity=0.5, max_iter=1)
    plain.fit(X, Y)
    assert net.n_connections_ == plain.n_connections_
    for name in ("signs", "initial_weights"):
        if name in net._rewiring:
            assert net._rewiring[name].size == net.n_connections_


@pytest.mark.parametrize("made", [SETMLPRegressor, DenseMLPRegressor])
def test_scores_of_a_regressor_that_diverges_are_nan_and_never_infinite(made):
    net = made((50,), **DIVERGING, activation="identity", standardize=False)
    with pytest.warns(ConvergenceWarning, match=NO_LONGER):
        net.fit(X * 1e3, Y * 1e3, X_val=X * 1e3, y_val=Y * 1e3)
    scores = np.array(net.validation_scores_)
    assert np.isnan(scores[-1])
    assert not np.isinf(scores).any()
