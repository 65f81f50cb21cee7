"""Strength of features, and selection by it."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sparsekit import (
    SETMLPClassifier,
)
from sparsekit.neural_network import QuickSelector
from tests.estimators import NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def flowers():
    X, y = load_iris(return_X_y=True)
    X[::7, 2] = np.nan
    return X, y


def two_of_many(storage=np.asarray):
    """Return classes that depend on features 3 and 7 of 40, with holes."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 40))
    y = (X[:, 3] + X[:, 7] > 0).astype(int)
    X[rng.random(X.shape) < 0.05] = np.nan
    return storage(X), y


def network(**settings):
    # 20 seeds: features 3 and 7 are four times as strong as any other, or more.
    given = {"alpha": 1.0, "batch_size": 20, "max_iter": 30, "learning_rate_init": 0.01}
    return SETMLPClassifier((40,), **given | {"random_state": 0} | settings)


@pytest.mark.parametrize("kind", NETWORKS)
def test_importances_are_shares_of_the_absolute_weights(kind):
    X, y = flowers()
    net = kind((10,), max_iter=3, random_state=0).fit(X, y)
    strengths = np.abs(net.coefs_[0].toarray().astype(float)).sum(axis=1)
    assert_allclose(net.feature_importances_, strengths / strengths.sum(), rtol=1e-12)
    assert_allclose(net.feature_importances_.sum(), 1.0, rtol=1e-12)


def test_indicators_count_for_their_features():
    X, y = flowers()
    X[::5, 0] = np.nan
    net = SETMLPClassifier((30,), missing="indicator", max_iter=3, random_state=0)
    strengths = np.abs(net.fit(X, y).coefs_[0].toarray().astype(float)).sum(axis=1)
    assert_array_equal(net.indicator_features_, [0, 2])
    wanted = strengths[:4] + np.array([strengths[4], 0, strengths[5], 0])
    assert_allclose(net.feature_importances_, wanted / wanted.sum(), rtol=1e-12)


def test_importances_without_any_strength_are_zero():
    net = SETMLPClassifier((5,), max_iter=1).fit(*flowers())
    net._network.weights[:] = 0
    assert_array_equal(net.feature_importances_, np.zeros(4))


def test_there_are_no_importances_before_fit():
    assert not hasattr(SETMLPClassifier(), "feature_importances_")


@pytest.mark.parametrize("storage", [np.asarray, sparse.csr_array, pd.DataFrame])
@pytest.mark.parametrize("missing", ["absent", "indicator"])
def test_the_features_that_matter_are_selected(missing, storage):
    X, y = two_of_many()
    if storage is pd.DataFrame:
        X = pd.DataFrame(X, columns=[f"f{j}" for j in range(40)])
    else:
        X = storage(X)
    selector = QuickSelector(network(missing=missing), 2).fit(X, y)
    assert_array_equal(selector.get_support(indices=True), [3, 7])
    assert selector.transform(X).shape == (400, 2)
    if storage is pd.DataFrame:
        assert selector.get_feature_names_out().tolist() == ["f3", "f7"]


def test_select_from_model_takes_the_importances():
    X, y = two_of_many()
    selector = SelectFromModel(network(), max_features=2).fit(X, y)
    assert_array_equal(selector.get_support(indices=True), [3, 7])


@pytest.mark.parametrize(
    ("wanted", "count"), [(None, 20), (1, 1), (40, 40), (0.1, 4), (0.001, 1), (1.0, 40)]
)
def test_number_of_selected_features(wanted, count):
    X, y = two_of_many()
    selector = QuickSelector(network(max_iter=1), wanted).fit(X, y)
    assert selector.n_features_ == selector.support_.sum() == count


def test_of_equally_strong_features_the_first_are_selected():
    class Even(LogisticRegression):
        feature_importances_ = np.full(4, 0.25)

    X, y = load_iris(return_X_y=True)
    selector = QuickSelector(Even(max_iter=1000), 2).fit(X, y)
    assert_array_equal(selector.get_support(indices=True), [0, 1])


def test_sample_weights_reach_the_estimator():
    X, y = two_of_many()
    weight = np.linspace(0, 2, len(y))
    selector = QuickSelector(network(max_iter=2), 2).fit(X, y, sample_weight=weight)
    net = network(max_iter=2).fit(X, y, sample_weight=weight)
    assert_array_equal(selector.strengths_, net.feature_importances_)


def test_a_pipeline_searches_over_the_number_of_features():
    X, y = two_of_many()
    pipeline = make_pipeline(QuickSelector(network(max_iter=10)), network(max_iter=5))
    grid = {"quickselector__n_features_to_select": [2, 20]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, y)
    assert search.best_estimator_[-1].n_features_in_ in (2, 20)


def test_more_features_than_there_are_is_an_error():
    X, y = two_of_many()
    with pytest.raises(ValueError, match="n_features_to_select=41 is more than the 40"):
        QuickSelector(network(max_iter=1), 41).fit(X, y)


@pytest.mark.parametrize("wanted", [0, -1, 0.0, 1.5, "2"])
def test_a_wrong_number_of_features_is_an_error(wanted):
    with pytest.raises(ValueError, match="'n_features_to_select' parameter"):
        QuickSelector(network(), wanted).fit(*two_of_many())


def test_an_estimator_without_importances_is_an_error():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(AttributeError, match="feature_importances_"):
        QuickSelector(LogisticRegression(max_iter=1000)).fit(X, y)
