"""Options of training: penalty, dropout, order and size of batches, divergence."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris, make_regression
from sklearn.exceptions import ConvergenceWarning

from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
)
from tests.estimators import NETWORKS

short_training = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning"
)


def flowers():
    return load_iris(return_X_y=True)


def total_weight(net):
    return sum(np.abs(coefs.data).sum() for coefs in net.coefs_)


@short_training
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("solver", ["sgd", "sgdw", "adam", "adamw"])
def test_alpha_shrinks_the_weights(network, solver):
    X, y = load_digits(n_class=2, return_X_y=True)
    totals = [
        total_weight(
            network((10,), alpha=alpha, solver=solver, random_state=1).fit(
                X[:100], y[:100]
            )
        )
        # "adamw", "sgdw" take a share of the weights, the others a share per row.
        for alpha in ([0, 1, 10] if solver.endswith("w") else [0, 10, 100])
    ]
    assert totals[0] > totals[1] > totals[2]


@short_training
@pytest.mark.parametrize("network", [SETMLPRegressor, DenseMLPRegressor])
@pytest.mark.parametrize("shuffle", [True, False])
def test_a_seed_settles_the_order_of_the_rows(network, shuffle):
    X, y = make_regression(n_samples=50, n_features=5, random_state=0)
    one, other = (
        network(
            (10,),
            shuffle=shuffle,
            sparsity=0.5,
            max_iter=2,
            batch_size=1,
            random_state=0,
        )
        if network is SETMLPRegressor
        else network((10,), shuffle=shuffle, max_iter=2, batch_size=1, random_state=0)
        for _ in range(2)
    )
    assert one.fit(X, y).loss_curve_ == other.fit(X, y).loss_curve_
    assert_array_equal(one.predict(X), other.predict(X))


@short_training
def test_shuffling_changes_the_network():
    X, y = make_regression(n_samples=50, n_features=5, random_state=0)
    settings = {"max_iter": 1, "batch_size": 1, "random_state": 0}
    one = DenseMLPRegressor((3,), shuffle=True, **settings).fit(X, y)
    other = DenseMLPRegressor((3,), shuffle=False, **settings).fit(X, y)
    assert not np.array_equal(one.coefs_[0].toarray(), other.coefs_[0].toarray())


@short_training
def test_other_seeds_make_other_networks():
    X, y = flowers()
    one, other = (
        SETMLPClassifier((10,), max_iter=2, random_state=seed).fit(X, y)
        for seed in (0, 1)
    )
    assert ((one.coefs_[0] != 0) != (other.coefs_[0] != 0)).nnz > 0


@short_training
def test_without_a_seed_every_fit_differs():
    X, y = flowers()
    net = DenseMLPClassifier((10,), max_iter=2)
    first = net.fit(X, y).coefs_[0].toarray()
    assert not np.array_equal(net.fit(X, y).coefs_[0].toarray(), first)


@short_training
def test_a_random_state_instance_moves_on():
    X, y = flowers()
    net = DenseMLPClassifier((10,), max_iter=2, random_state=np.random.RandomState(0))
    first = net.fit(X, y).coefs_[0].toarray()
    assert not np.array_equal(net.fit(X, y).coefs_[0].toarray(), first)


@short_training
@pytest.mark.parametrize("network", NETWORKS)
def test_dropout_acts_in_training_only(network):
    X, y = flowers()
    settings = {"max_iter": 5, "random_state": 0}
    plain = network((20,), **settings).fit(X, y)
    dropping = network((20,), dropout=0.5, **settings).fit(X, y)
    assert plain.loss_curve_ != dropping.loss_curve_
    assert_array_equal(dropping.predict(X), dropping.predict(X))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_batch_larger_than_the_data_is_clipped_with_a_warning(network):
    X, y = flowers()
    settings = {"max_iter": 300, "tol": 0.1, "random_state": 0}
    net = network((5,), batch_size=151, **settings)
    with pytest.warns(UserWarning, match=r"batch_size=151 is larger .* 150.*clipped"):
        net.fit(X, y)
    assert net.batch_size == 151
    fitting = network((5,), batch_size=150, **settings).fit(X, y)
    assert net.loss_curve_ == fitting.loss_curve_


@pytest.mark.parametrize(
    ("n_rows", "of_fit", "of_partial_fit"),
    [(5, 5, 5), (150, 8, 32), (1000, 20, 32), (1797, 32, 32)],
)
def test_auto_means_about_fifty_steps_of_8_to_32_rows(n_rows, of_fit, of_partial_fit):
    X, y = load_digits(return_X_y=True)
    X, y = X[:n_rows], y[:n_rows]
    settings = {"max_iter": 2, "random_state": 0}
    auto = SETMLPClassifier((20,), **settings).fit(X, y)
    explicit = SETMLPClassifier((20,), batch_size=of_fit, **settings).fit(X, y)
    assert auto.loss_curve_ == explicit.loss_curve_
    # A call of partial_fit does not know how many rows there are in all.
    auto, explicit = clone(auto), clone(explicit)
    auto.partial_fit(X, y, range(10))
    explicit.set_params(batch_size=of_partial_fit).partial_fit(X, y, range(10))
    assert auto.loss_curve_ == explicit.loss_curve_


@short_training
def test_a_last_batch_of_fewer_rows_counts_as_its_rows():
    X, y = np.ones((5, 1)), np.array([1.0, 1.0, 1.0, 1.0, 11.0])
    net = DenseMLPRegressor(
        (),
        batch_size=4,
        standardize=False,
        shuffle=False,
        alpha=0.0,
        learning_rate_init=1e-12,
        max_iter=1,
        dtype="float64",
        random_state=0,
    ).fit(X, y)
    squares = (net.predict(X) - y) ** 2
    assert np.isclose(net.loss_curve_[0], squares.mean() / 2)


@short_training
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("batch_size", [1, 7])
def test_batches_of_weightless_rows_do_no_harm(network, batch_size):
    X, y = flowers()
    weight = np.repeat([1.0, 0.0, 1.0], 50)
    net = network((5,), batch_size=batch_size, shuffle=False, max_iter=3)
    net.fit(X, y, sample_weight=weight)
    assert np.isfinite(net.loss_curve_).all()
    assert all(np.isfinite(coefs.data).all() for coefs in net.coefs_)


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("network", [SETMLPRegressor, DenseMLPRegressor])
# Outputs on the validation rows that are huge, and that overflow.
@pytest.mark.parametrize("scale", [1e3, 1e10])
def test_a_diverging_loss_warns_and_leaves_finite_weights(
    network, early_stopping, scale
):
    X, y = flowers()
    net = network(
        (100,),
        activation="identity",
        solver="sgd",
        learning_rate_init=1e3,
        standardize=False,
        max_iter=20,
        early_stopping=early_stopping,
        random_state=0,
    )
    with pytest.warns(ConvergenceWarning, match="loss was no longer finite"):
        net.fit(X * scale, y * scale)
    assert net.n_iter_ < 20
    assert all(np.isfinite(coefs.data).all() for coefs in net.coefs_)
    assert all(np.isfinite(biases).all() for biases in net.intercepts_)
    if early_stopping:
        assert type(net.validation_scores_[-1]) is float
        assert np.isnan(net.validation_scores_[-1])
    assert np.isfinite(net.predict(X * scale)).all()


@short_training
def test_standardised_inputs_may_be_beyond_single_precision():
    X, y = flowers()
    settings = {"max_iter": 5, "random_state": 0}
    plain = SETMLPClassifier((10,), **settings).fit(X, y)
    large = SETMLPClassifier((10,), **settings).fit(X * 1e100, y)
    assert_allclose(large.predict_proba(X * 1e100), plain.predict_proba(X), rtol=1e-4)
