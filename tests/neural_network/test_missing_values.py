"""Missing values: absent from the first layer, in training and in prediction."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_breast_cancer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparsekit import (
    DenseMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
)
from tests.estimators import NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def holes(rate=0.3, n_samples=200):
    X, y = load_breast_cancer(return_X_y=True)
    X, y = X[:n_samples], y[:n_samples]
    X[np.random.default_rng(0).random(X.shape) < rate] = np.nan
    return X, y


def outputs(net, X):
    return net.predict_proba(X) if hasattr(net, "predict_proba") else net.predict(X)


def network_of(network, **settings):
    settings = {"max_iter": 8, "dtype": "float64", "random_state": 0} | settings
    return network((20,), batch_size=30, **settings)


@pytest.mark.parametrize(
    ("activation", "imputer"),
    [
        ("tanh", SimpleImputer(strategy="mean")),
        # The mean is zero but for rounding, and relu makes much of that where all that
        # a neuron reads is missing.
        ("relu", SimpleImputer(strategy="constant", fill_value=0.0)),
    ],
    ids=["tanh", "relu"],
)
@pytest.mark.parametrize("network", NETWORKS)
def test_absent_equals_mean_imputation_of_standardised_data(
    network, activation, imputer
):
    X, y = holes()
    absent = network_of(network, activation=activation).fit(X, y)
    imputed = make_pipeline(
        StandardScaler(),
        imputer,
        network_of(network, activation=activation, standardize=False),
    )
    if hasattr(absent, "predict_proba"):
        imputed.fit(X, y)
        scale, shift = 1.0, 0.0
    else:
        # A regressor that standardises does so to its target, too.
        scale, shift = y.std(), y.mean()
        imputed.fit(X, (y - shift) / scale)
    assert_allclose(
        outputs(absent, X), outputs(imputed, X) * scale + shift, rtol=1e-9, atol=1e-12
    )
    for mine, other in zip(absent.coefs_, imputed[-1].coefs_, strict=True):
        assert_allclose(mine.toarray(), other.toarray(), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("network", NETWORKS)
def test_absent_without_standardising_equals_zero_imputation(network):
    X, y = holes()
    X = (X - np.nanmean(X, axis=0)) / np.nanstd(X, axis=0)
    absent = network_of(network, standardize=False).fit(X, y)
    filled = network_of(network, standardize=False).fit(np.nan_to_num(X), y)
    assert_array_equal(outputs(absent, X), outputs(filled, np.nan_to_num(X)))


@pytest.mark.parametrize("network", NETWORKS)
def test_location_and_scale_are_those_of_the_observed_values(network):
    X, y = holes()
    net = network_of(network, max_iter=1).fit(X, y)
    assert_allclose(net._inputs["shift"], np.nanmean(X, axis=0))
    assert_allclose(1 / net._inputs["scale"], np.nanstd(X, axis=0))


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
def test_a_column_without_values_warns_and_contributes_nothing(network, store):
    X, y = holes()
    X[:, 4] = np.nan
    net = network_of(network)
    with pytest.warns(UserWarning, match=r"1 feature\(s\) have no observed value.*: 4"):
        net.fit(store(X), y)
    expected = outputs(net, store(X))
    X[:, 4] = np.linspace(-1e3, 1e3, len(X))
    assert_array_equal(outputs(net, store(X)), expected)


def test_columns_without_values_are_named():
    pd = pytest.importorskip("pandas")
    X, y = holes()
    X[:, [1, 3]] = np.nan
    frame = pd.DataFrame(X[:, :4], columns=["a", "b", "c", "d"])
    with pytest.warns(UserWarning, match=r"2 feature\(s\) .*: b, d\."):
        network_of(SETMLPClassifier).fit(frame, y)


def test_many_columns_without_values_are_named_in_part():
    X, y = np.full((20, 30), np.nan), np.arange(20) % 2
    X[:, 0] = np.arange(20)
    with pytest.warns(UserWarning, match=r"29 feature.*: 1, 2, 3.* 10, \.\.\."):
        SETMLPClassifier((20,), max_iter=2).fit(X, y)


@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
def test_a_column_that_partial_fit_sees_later_takes_part_from_then_on(store):
    X, y = holes(rate=0.0)
    # What a network that learned from the column must make of it: 1 and 0 by class.
    late = np.where(y == 1, 1.0, 3.0)
    X[:, 4] = np.nan
    net = network_of(DenseMLPClassifier, learning_rate_init=0.01)
    with pytest.warns(UserWarning, match="no observed value"):
        net.partial_fit(store(X), y, classes=[0, 1])
    X[:, 4] = late
    for _ in range(50):
        net.partial_fit(store(X), y)
    with_column = outputs(net, store(X))
    X[:, 4] = 4 - late
    assert np.abs(outputs(net, store(X)) - with_column).max() > 0.01


def of_biases(net):
    """Return the raw outputs where all inputs are absent."""
    values = np.zeros(net.n_features_in_)
    for layer, (coefs, biases) in enumerate(
        zip(net.coefs_, net.intercepts_, strict=True), start=1
    ):
        values = values @ coefs.toarray() + biases
        if layer < len(net.coefs_):
            values = np.maximum(values, 0)
    return values


@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
def test_a_row_without_values_gets_what_the_biases_say(store):
    X, y = holes()
    nothing = store(np.full((2, X.shape[1]), np.nan))
    classifier = network_of(SETMLPClassifier).fit(X, y)
    assert_allclose(
        classifier.decision_function(nothing), np.repeat(of_biases(classifier), 2)
    )
    regressor = network_of(SETMLPRegressor).fit(X, y)
    expected = of_biases(regressor) * y.std() + y.mean()
    assert_allclose(regressor.predict(nothing), np.repeat(expected, 2))


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
def test_rows_without_values_may_be_trained_on(network, store):
    X, y = holes()
    X[::5] = np.nan
    net = network_of(network).fit(store(X), y)
    assert np.isfinite(net.loss_curve_).all()
    assert np.isfinite(outputs(net, store(X))).all()


@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
def test_nothing_but_missing_values_leaves_the_biases(network):
    X, y = np.full((40, 3), np.nan), np.arange(40) % 4 > 0
    net = network_of(network, max_iter=300, learning_rate_init=0.01)
    with pytest.warns(UserWarning, match=r"3 feature\(s\) have no observed value"):
        net.fit(X, y)
    share = outputs(net, X)[0]
    # 10 seeds: 0.74 to 0.765.
    assert_allclose(share[1] if share.ndim else share, 0.75, atol=0.03)


@pytest.mark.parametrize("network", NETWORKS)
def test_where_nothing_is_missing_raise_and_absent_are_the_same(network):
    X, y = holes(rate=0.0)
    absent = network_of(network, missing="absent").fit(X, y)
    refusing = network_of(network, missing="raise").fit(X, y)
    assert_array_equal(outputs(absent, X), outputs(refusing, X))


@pytest.mark.parametrize("network", NETWORKS)
def test_the_weights_of_an_absent_value_do_not_move(network):
    X, y = holes(rate=0.0)
    X[:, 7] = 0
    X[:3, 7] = np.nan
    X[3:, 7] = np.where(np.arange(len(X) - 3) % 2, 1.0, -1.0)
    net = network_of(network, alpha=0.0)
    if "prune_fraction" in net.get_params():
        net.set_params(prune_fraction=0.0)
    net.fit(X, y)
    before = net.coefs_[0].toarray()
    # One step on rows where the column is absent. A new solver starts without
    # momentum, so only gradients move weights.
    net.set_params(warm_start=True, solver="sgd", max_iter=1, batch_size=len(X))
    net.fit(X, y, sample_weight=np.where(np.arange(len(X)) < 3, 1.0, 0.0))
    moved = (net.coefs_[0].toarray() != before).any(axis=1)
    assert not moved[7]
    assert moved.sum() > 10
