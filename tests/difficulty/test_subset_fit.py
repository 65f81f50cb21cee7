"""Estimators that train on selected rows do so inside scikit-learn's tools."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import is_classifier, is_regressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.difficulty import (
    HardSampleSelector,
    SubsetFitClassifier,
    SubsetFitRegressor,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def selector():
    net = SETMLPClassifier((10,), max_iter=5, random_state=0)
    return HardSampleSelector(net, keep_fraction=0.5, random_state=0)


def test_a_classifier_is_fitted_to_the_selected_rows(selector):
    X, y = load_iris(return_X_y=True)
    net = SubsetFitClassifier(LogisticRegression(), selector).fit(X, y)
    assert not hasattr(selector, "sample_indices_")  # a clone of it was fitted
    rows = selector.fit(X, y).sample_indices_
    np.testing.assert_array_equal(net.sample_indices_, rows)
    plain = LogisticRegression().fit(X[rows], y[rows])
    np.testing.assert_array_equal(net.predict_proba(X), plain.predict_proba(X))
    np.testing.assert_array_equal(net.decision_function(X), plain.decision_function(X))
    assert net.score(X, y) == plain.score(X, y)
    assert net.classes_.tolist() == [0, 1, 2]
    assert is_classifier(net)
    assert not hasattr(
        SubsetFitClassifier(RidgeClassifier(), selector), "predict_proba"
    )


def test_a_regressor_is_fitted_to_the_selected_rows():
    X, y = load_diabetes(return_X_y=True)
    scoring = SETMLPRegressor((10,), max_iter=5, random_state=0)
    selector = HardSampleSelector(scoring, keep_fraction=0.3, random_state=0)
    model = SubsetFitRegressor(LinearRegression(), selector).fit(X, y)
    rows = model.sample_indices_
    plain = LinearRegression().fit(X[rows], y[rows])
    np.testing.assert_array_equal(model.predict(X), plain.predict(X))
    assert is_regressor(model)
    assert model.n_features_in_ == 10


def test_a_grid_search_in_a_pipeline_reaches_the_selector(selector):
    X, y = load_iris(return_X_y=True)
    net = make_pipeline(
        StandardScaler(), SubsetFitClassifier(RidgeClassifier(), selector)
    )
    grid = {"subsetfitclassifier__selector__keep_fraction": [0.2, 0.8]}
    search = GridSearchCV(net, grid, cv=2).fit(X, y)
    kept = search.best_params_["subsetfitclassifier__selector__keep_fraction"]
    assert search.best_estimator_[-1].sample_indices_.size == round(kept * 150)


def test_sparse_rows_can_be_selected(selector):
    X, y = load_iris(return_X_y=True)
    dense = SubsetFitClassifier(SETMLPClassifier(random_state=0), selector)
    dense.set_params(estimator__max_iter=4)
    assert dense.fit(sparse.csr_array(X), y).predict(sparse.csr_array(X)).shape == (
        150,
    )


def test_prediction_before_fit_is_an_error(selector):
    with pytest.raises(NotFittedError):
        SubsetFitClassifier(LogisticRegression(), selector).predict([[0.0]])
