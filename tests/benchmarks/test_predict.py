"""Prediction of few and of many rows, beside scikit-learn."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.speed.networks import data_for, estimator_for, wide

pytestmark = pytest.mark.benchmark
WORK = wide(0.04)


@pytest.fixture(scope="module")
def networks():
    """Both libraries' networks after one epoch."""
    X, y = data_for(WORK)
    ours = estimator_for(WORK, max_iter=1)
    theirs = MLPClassifier(WORK.sizes[1:-1], batch_size=128, max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return {"sparsekit": ours.fit(X, y), "scikit-learn": theirs.fit(X, y)}


@pytest.mark.benchmark(group="predict")
@pytest.mark.parametrize("n_rows", [1, 100, 10_000])
@pytest.mark.parametrize("library", ["sparsekit", "scikit-learn"])
def test_predict(benchmark, networks, library, n_rows):
    rng = np.random.default_rng(1)
    X = rng.standard_normal((n_rows, WORK.sizes[0]), dtype=np.float32)
    labels = benchmark.pedantic(
        networks[library].predict,
        (X,),
        rounds=5 if n_rows == 10_000 else 200,
        warmup_rounds=1,
    )
    assert labels.shape == (n_rows,)
