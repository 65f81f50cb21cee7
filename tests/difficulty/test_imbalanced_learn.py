"""Selection of rows as a step of imbalanced-learn's pipelines."""

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from scipy.sparse import csr_array
from sklearn.datasets import load_diabetes, load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.difficulty import HardSampleSelector

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def flowers():
    X, y = load_iris(return_X_y=True)
    X[::7, 2] = np.nan
    return X, y


def net_of(**options):
    options = {"max_iter": 15, "learning_rate_init": 0.01, "batch_size": 16} | options
    return SETMLPClassifier((20,), random_state=0, **options)


def selector(**options):
    return HardSampleSelector(net_of(), random_state=0, **options)


@pytest.mark.parametrize("make", [np.asarray, pd.DataFrame, csr_array])
def test_a_step_keeps_the_rows_that_the_selector_keeps(make):
    X, y = flowers()
    table = make(X)
    pipeline = make_pipeline(selector(keep_fraction=0.4), net_of()).fit(table, y)
    rows = selector(keep_fraction=0.4).fit(table, y).sample_indices_
    alone = net_of().fit(make(X[rows]), y[rows])
    np.testing.assert_array_equal(
        pipeline.predict_proba(table), alone.predict_proba(table)
    )


def test_a_grid_search_tunes_the_share_that_is_kept():
    X, y = flowers()
    pipeline = make_pipeline(StandardScaler(), selector(), net_of())
    grid = {"hardsampleselector__keep_fraction": [0.3, 0.8]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    kept = search.best_estimator_[1].sample_indices_
    assert kept.size == round(
        search.best_params_["hardsampleselector__keep_fraction"] * 150
    )
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.predict(X).shape == (150,)


def test_a_regression_is_resampled():
    X, y = load_diabetes(return_X_y=True)
    net = SETMLPRegressor((20,), max_iter=5, random_state=0)
    pipeline = make_pipeline(HardSampleSelector(net, random_state=0), net).fit(X, y)
    assert pipeline[0].sample_indices_.size == 221
    assert pipeline.predict(X).shape == (442,)
