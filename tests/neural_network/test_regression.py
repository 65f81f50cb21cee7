"""Targets of regressions: shapes, scales, several outputs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_diabetes, make_regression
from sklearn.metrics import r2_score

from sparsekit import DenseMLPRegressor, SETMLPRegressor
from tests.estimators import REGRESSORS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def patients():
    return load_diabetes(return_X_y=True)


@pytest.mark.parametrize("network", REGRESSORS)
def test_a_vector_and_a_column_are_the_same_target(network):
    X, y = patients()
    flat = network((10,), max_iter=5, random_state=0).fit(X, y)
    column = network((10,), max_iter=5, random_state=0).fit(X, y[:, np.newaxis])
    assert flat.predict(X).shape == (442,)
    assert column.predict(X).shape == (442, 1)
    assert_array_equal(column.predict(X)[:, 0], flat.predict(X))


@pytest.mark.parametrize("network", REGRESSORS)
def test_several_outputs_are_learned_together(network):
    X, y = make_regression(n_samples=200, n_features=5, n_targets=3, random_state=0)
    net = network((50,), learning_rate_init=0.02, max_iter=100, random_state=0)
    if network is not DenseMLPRegressor:
        net.set_params(sparsity=0.5)
    net.fit(X, y)
    assert net.n_outputs_ == 3
    assert net.predict(X).shape == (200, 3)
    # 10 seeds of each network: 0.979 or more.
    assert net.score(X, y) > 0.95


@pytest.mark.parametrize("network", REGRESSORS)
@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1e-6), (1e4, 1.0), (-5.0, 1e6)])
def test_location_and_scale_of_the_target_do_not_matter(network, shift, scale):
    X, y = patients()
    plain = network((10,), max_iter=20, dtype="float64", random_state=0).fit(X, y)
    moved = network((10,), max_iter=20, dtype="float64", random_state=0)
    moved.fit(X, shift + scale * y)
    assert_allclose((moved.predict(X) - shift) / scale, plain.predict(X), rtol=1e-6)
    assert_allclose(moved.loss_curve_, plain.loss_curve_, rtol=1e-6)


def test_the_score_is_r2_in_original_units():
    X, y = patients()
    net = SETMLPRegressor((50,), sparsity=0.5, random_state=0).fit(X, y)
    assert net.score(X, y) == r2_score(y, net.predict(X))


@pytest.mark.parametrize("network", REGRESSORS)
def test_a_constant_target_is_predicted(network):
    X, _ = patients()
    net = network((10,), max_iter=50, random_state=0).fit(X, np.full(442, 7.0))
    # 10 seeds: the mean is within 0.1.
    assert abs(net.predict(X).mean() - 7) < 0.5


@pytest.mark.parametrize("dtype", [np.int64, np.float32, bool, object])
def test_targets_may_be_numbers_of_any_kind(dtype):
    X, y = patients()
    y = (y > 100) if dtype is bool else np.round(y)
    net = SETMLPRegressor((10,), max_iter=5, random_state=0)
    expected = net.fit(X, y.astype(float)).predict(X)
    assert_array_equal(net.fit(X, y.astype(dtype)).predict(X), expected)


def test_without_standardising_the_target_is_taken_as_it_is():
    X = np.random.default_rng(0).normal(size=(100, 3))
    net = DenseMLPRegressor((), standardize=False, max_iter=1, random_state=0)
    small = net.fit(X, np.full(100, 1.0)).loss_curve_[0]
    large = net.fit(X, np.full(100, 1000.0)).loss_curve_[0]
    assert large > 1e4 * small


def test_predictions_of_one_output_do_not_depend_on_later_calls_shapes():
    X, y = patients()
    net = SETMLPRegressor((10,), random_state=0).partial_fit(X, y)
    net.partial_fit(X, y[:, np.newaxis])
    assert net.predict(X).shape == (442,)
