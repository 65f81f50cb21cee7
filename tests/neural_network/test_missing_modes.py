"""missing="indicator" and "expected", missing_scaling, input_dropout in estimators."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from sparsekit import (
    DenseMLPClassifier,
    MCARMasker,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
)
from sparsekit.network import _formats

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

MODES = {
    "indicator": {"missing": "indicator"},
    "expected": {"missing": "expected"},
    "sample": {"missing_scaling": "sample"},
    "neuron": {"missing_scaling": "neuron"},
    "indicator and neuron": {"missing": "indicator", "missing_scaling": "neuron"},
    "indicator and sample": {"missing": "indicator", "missing_scaling": "sample"},
    "input dropout": {"input_dropout": 0.3},
}
each_mode = pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
# CSR inputs lose raw values to dropout, dense ones standardised values.
each_mode_of_missing = pytest.mark.parametrize(
    "mode", [m for m in MODES.values() if "input_dropout" not in m]
)


def holes(rate=0.3, n_samples=200):
    X, y = load_breast_cancer(return_X_y=True)
    X, y = X[:n_samples], y[:n_samples]
    X[np.random.default_rng(0).random(X.shape) < rate] = np.nan
    return X, y


def network_of(network=SETMLPClassifier, **settings):
    settings = {"max_iter": 8, "dtype": "float64", "random_state": 0} | settings
    return network((20,), batch_size=30, **settings)


def test_indicator_equals_a_column_of_indicators_beside_imputed_values():
    X, y = holes()
    ours = network_of(missing="indicator").fit(X, y)
    beside = make_pipeline(
        make_union(
            make_pipeline(StandardScaler(), SimpleImputer(strategy="constant")),
            MissingIndicator(),
        ),
        network_of(standardize=False),
    ).fit(X, y)
    assert_allclose(ours.predict_proba(X), beside.predict_proba(X), rtol=1e-9)
    assert_allclose(ours.coefs_[0].toarray(), beside[-1].coefs_[0].toarray(), rtol=1e-8)


def test_only_features_that_are_missing_sometimes_get_an_indicator():
    X, y = holes()
    X[:, [2, 5]] = 1.5
    X[:, 7] = np.nan
    with pytest.warns(UserWarning, match="no observed value"):
        net = network_of(missing="indicator").fit(X, y)
    assert_array_equal(
        net.indicator_features_, [j for j in range(30) if j not in (2, 5, 7)]
    )
    assert net.coefs_[0].shape == (30 + 27, 20)
    assert net.n_features_in_ == 30


def test_the_first_partial_fit_gives_every_feature_an_indicator():
    X, y = holes(rate=0.0)
    net = network_of(missing="indicator").partial_fit(X, y, classes=[0, 1])
    assert_array_equal(net.indicator_features_, range(30))
    X[:, 3] = np.nan
    assert np.isfinite(net.partial_fit(X, y).predict_proba(X)).all()


def test_without_indicator_there_are_no_indicator_features():
    X, y = holes()
    assert network_of().fit(X, y).indicator_features_.size == 0


def test_an_indicator_learns_what_holes_tell():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 5)), rng.integers(2, size=400)
    X[:, 0] = np.where((rng.random(400) < 0.9) == y, np.nan, X[:, 0])
    settings = {"max_iter": 60, "sparsity": 0.5, "learning_rate_init": 0.01}
    told = network_of(missing="indicator", **settings).fit(X[:200], y[:200])
    # 10 seeds: 0.85 to 0.92, and 0.73 to 0.84 without.
    assert told.score(X[200:], y[200:]) > 0.82


@each_mode_of_missing
@pytest.mark.parametrize("standardize", [True, False])
def test_dense_equals_csr(mode, standardize):
    X, y = holes()
    X[:, ::3] = np.where(X[:, ::3] < np.nanmedian(X[:, ::3], axis=0), 0.0, X[:, ::3])
    if not standardize:
        X = X / np.nanstd(X, axis=0)
    dense = network_of(standardize=standardize, **mode).fit(X, y)
    stored = network_of(standardize=standardize, **mode).fit(sparse.csr_array(X), y)
    assert_allclose(
        stored.predict_proba(sparse.csr_array(X)), dense.predict_proba(X), rtol=1e-7
    )


@each_mode
def test_threads_change_no_bit(mode):
    X, y = holes(n_samples=569)
    networks = [
        StaticSparseMLPClassifier(
            (300, 200),
            sparsity=0.5,
            batch_size=256,
            max_iter=3,
            random_state=0,
            n_jobs=n_jobs,
            **mode,
        ).fit(X, y)
        for n_jobs in (1, 2)
    ]
    assert_array_equal(*[net.coefs_[0].toarray() for net in networks])
    assert_array_equal(*[net.predict_proba(X) for net in networks])


@each_mode
def test_a_prediction_does_not_depend_on_the_other_rows(mode):
    X, y = holes()
    net = network_of(dtype="float32", **mode).fit(X, y)
    together = net.predict_proba(X[:40])
    alone = [net.predict_proba(row[np.newaxis]) for row in X[:40]]
    assert_array_equal(np.vstack(alone), together)


@each_mode
def test_pickled_networks_predict_the_same(mode):
    X, y = holes()
    net = network_of(**mode).fit(X, y)
    copy = pickle.loads(pickle.dumps(net))
    assert_array_equal(copy.predict_proba(X), net.predict_proba(X))


@each_mode
def test_every_mode_learns(mode):
    X, y = load_breast_cancer(return_X_y=True)
    X = MCARMasker(0.3, random_state=0).fit_transform(X)
    net = SETMLPClassifier(max_iter=40, random_state=0, **mode).fit(X[::2], y[::2])
    # 10 seeds of each: 0.898 to 0.951.
    assert net.score(X[1::2], y[1::2]) > 0.87


@each_mode
def test_regressors_take_every_mode(mode):
    X, y = load_diabetes(return_X_y=True)
    X = MCARMasker(0.2, random_state=0).fit_transform(X)
    net = SETMLPRegressor(max_iter=60, random_state=0, **mode).fit(X, y)
    # 10 seeds of each: 0.36 to 0.51.
    assert net.score(X, y) > 0.3


def test_rows_of_one_value_are_scaled_by_what_they_lack():
    X, y = holes()
    net = network_of(missing_scaling="sample", activation="identity").fit(X, y)
    plain = network_of(activation="identity").fit(X, y)
    plain._network = net._network
    row = np.full((1, 30), np.nan)
    row[0, 4] = X[np.isfinite(X[:, 4]), 4].max()
    nothing = plain.decision_function(np.full((1, 30), np.nan))
    typical = np.isfinite(X).sum(axis=1).mean()
    assert_allclose(
        net.decision_function(row) - nothing,
        np.sqrt(typical) * (plain.decision_function(row) - nothing),
        rtol=1e-9,
    )


@pytest.mark.parametrize("scaling", ["sample", "neuron"])
def test_expected_refuses_scaling(scaling):
    net = network_of(missing="expected", missing_scaling=scaling)
    with pytest.raises(ValueError, match=r"missing_scaling=.*; use one of them"):
        net.fit(*holes())


@pytest.mark.parametrize("activation", ["tanh", "logistic"])
def test_expected_refuses_activations_without_a_formula(activation):
    net = network_of(missing="expected", activation=activation)
    with pytest.raises(ValueError, match=f"activation='{activation}'"):
        net.fit(*holes())


@pytest.mark.parametrize(
    "change", [{"missing": "expected"}, {"missing_scaling": "neuron"}], ids=str
)
def test_a_warm_start_keeps_what_the_first_layer_does(change):
    X, y = holes()
    net = network_of(warm_start=True).fit(X, y).set_params(**change)
    with pytest.raises(ValueError, match="missing=absent, missing_scaling=None"):
        net.fit(X, y)


@each_mode
def test_a_warm_start_goes_on(mode):
    X, y = holes()
    net = network_of(warm_start=True, max_iter=5, **mode).fit(X, y)
    first = net.loss_curve_[-1]
    assert net.fit(X, y).loss_curve_[-1] < first


@pytest.mark.parametrize("mode", [{}, {"missing": "indicator"}])
def test_the_few_observed_values_of_a_dense_table_are_enough(mode):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 60)), np.arange(120) % 2
    X[rng.random(X.shape) < 0.99] = np.nan
    X[0] = 1.0  # no column without values
    assert np.isfinite(X).mean() < _formats.STORED_BELOW
    few = network_of(DenseMLPClassifier, **mode).fit(X, y)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_formats, "STORED_BELOW", 0.0)
        lanes = network_of(DenseMLPClassifier, **mode).fit(X, y)
        assert_allclose(few.predict_proba(X), lanes.predict_proba(X), rtol=1e-9)
    assert_allclose(few.predict_proba(X), lanes.predict_proba(X), rtol=1e-9)


def test_input_dropout_leaves_predictions_alone():
    X, y = holes()
    net = network_of(input_dropout=0.5).fit(X, y)
    plain = network_of().fit(X, y)
    plain._network = net._network
    assert_array_equal(net.predict_proba(X), plain.predict_proba(X))
