"""Selected rows in pipelines and grid searches of scikit-learn."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import Ridge
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


def flowers():
    X, y = load_iris(return_X_y=True)
    X[::7, 2] = np.nan
    return X, y


def test_a_grid_search_in_a_pipeline_tunes_the_share_that_is_kept():
    X, y = flowers()
    net = SETMLPClassifier((20,), max_iter=15, learning_rate_init=0.01, random_state=0)
    model = SubsetFitClassifier(net, HardSampleSelector(net, random_state=0))
    pipeline = make_pipeline(StandardScaler(), model)
    grid = {"subsetfitclassifier__selector__keep_fraction": [0.3, 0.8]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    kept = search.best_estimator_[-1].sample_indices_
    share = search.best_params_["subsetfitclassifier__selector__keep_fraction"]
    assert kept.size == round(share * 150)
    assert search.predict(X).shape == (150,)


def test_a_grid_search_compares_rankings_of_a_regression():
    X, y = load_diabetes(return_X_y=True)
    net = SETMLPRegressor((20,), max_iter=5, random_state=0)
    model = SubsetFitRegressor(Ridge(), HardSampleSelector(net, random_state=0))
    grid = {"subsetfitregressor__selector__by": ["error", "random"]}
    pipeline = make_pipeline(StandardScaler(), model)
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_estimator_[-1].sample_indices_.size == 221
