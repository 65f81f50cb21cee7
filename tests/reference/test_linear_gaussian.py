"""The best predictor is the best, and a sparse network comes near it."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline

from sparsekit import SETMLPRegressor
from tests.reference.linear_gaussian import (
    MECHANISMS,
    bayes_prediction,
    draw_data,
    draw_world,
)

each_mechanism = pytest.mark.parametrize("mechanism", MECHANISMS)

# R2 of the best predictor in the paper's published results, d = 10.
PUBLISHED = {"MCAR": 0.780, "MAR": 0.827, "self-masking": 0.802}


def imputed_linear_model():
    return make_pipeline(
        SimpleImputer(strategy="constant", fill_value=0.0, add_indicator=True),
        LinearRegression(),
    )


@each_mechanism
def test_half_of_the_maskable_cells_are_missing(mechanism):
    X, _ = draw_data(draw_world(mechanism, seed=0), 20_000, seed=1)
    maskable = X[:, 2:] if mechanism == "MAR" else X
    # Rows of self-masking are correlated; 20 seeds: within 0.006 of one half.
    assert np.isnan(maskable).mean() == pytest.approx(0.5, abs=0.01)


@each_mechanism
def test_the_best_predictor_is_as_good_as_in_the_paper(mechanism):
    scores = []
    for seed in range(20):
        world = draw_world(mechanism, seed)
        X, y = draw_data(world, 3000, seed=1)
        scores.append(r2_score(y, bayes_prediction(world, X)))
    # The mean over 20 draws of parameters has a standard error of 0.006 to 0.011.
    assert np.mean(scores) == pytest.approx(PUBLISHED[mechanism], abs=0.025)


@each_mechanism
def test_its_errors_depend_on_nothing_that_is_observed(mechanism):
    world = draw_world(mechanism, seed=3)
    X, y = draw_data(world, 40_000, seed=1)
    error = y - bayes_prediction(world, X)
    seen = ~np.isnan(X)
    standard = np.where(seen, (X - world.mean) / world.spread, 0.0)
    functions = np.hstack([seen, standard, standard**2, standard * seen[:, :1]])
    functions = functions[:, functions.std(axis=0) > 0]
    z = (functions - functions.mean(axis=0)).T @ error
    z /= np.sqrt(((functions - functions.mean(axis=0)) ** 2).T @ error**2)
    # The largest of 40 standard normal numbers exceeds 4.5 once in 3,700 times.
    assert np.abs(z).max() < 4.5


def test_self_masking_is_integrated_as_by_brute_force():
    world = draw_world("self-masking", seed=0, n_features=2)
    row = np.array([[world.mean[0] + 0.3, np.nan]])
    grid = np.linspace(-12, 12, 20_001) * world.spread[1] + world.mean[1]
    points = np.column_stack([np.full(grid.size, row[0, 0]), grid])
    density = multivariate_normal(world.mean, world.covariance).pdf(points)
    density *= np.exp(-((grid - world.peak[1]) ** 2) / (2 * world.width[1] ** 2))
    value = (density @ grid) / density.sum()
    expected = world.intercept + world.slopes @ [row[0, 0], value]
    np.testing.assert_allclose(bayes_prediction(world, row), expected, rtol=1e-6)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@each_mechanism
def test_the_network_lies_between_the_linear_model_and_the_best_predictor(mechanism):
    world = draw_world(mechanism, seed=0)
    train, test = draw_data(world, 10_000, seed=1), draw_data(world, 10_000, seed=2)
    network = SETMLPRegressor(
        (100, 100),
        sparsity=0.8,
        missing="indicator",
        learning_rate="cosine",
        learning_rate_init=0.01,
        early_stopping=True,
        n_iter_no_change=np.inf,
        max_iter=60,
        random_state=0,
    )
    score = network.fit(*train).score(*test)
    bayes = r2_score(test[1], bayes_prediction(world, test[0]))
    linear = imputed_linear_model().fit(*train).score(*test)
    assert max(score, linear) < bayes
    # 10 worlds of each: 0.015 to 0.124 above the linear model, 0.020 to 0.088 below
    # the best predictor.
    assert score > linear + 0.01
    assert score > bayes - 0.1
