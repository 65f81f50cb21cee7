"""A dense network trains as scikit-learn's MLP does from the same weights."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_multilabel_classification
from sklearn.neural_network import MLPClassifier, MLPRegressor

from sparsekit import DenseMLPClassifier, DenseMLPRegressor

N_ROWS = 53  # batches of 10: the last one is short

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

COMMON = dict(
    hidden_layer_sizes=(9, 6),
    batch_size=10,
    shuffle=False,
    n_iter_no_change=1000,
    alpha=0.5,
    learning_rate="constant",
)
OURS = dict(standardize=False, dtype="float64", random_state=0)


def trained_pair(ours, theirs, X, y, settings, n_epochs, sample_weight=None):
    """Train both for some epochs, from the weights that ours draws."""
    settings = COMMON | settings
    ours.set_params(**OURS, **settings, max_iter=1)
    theirs.set_params(**settings, max_iter=1, warm_start=True)
    # A rate too small to move any weight shows where training starts; only the biases,
    # which start at zero, move by as little.
    start = clone(ours).set_params(learning_rate_init=1e-300).fit(X, y)
    theirs.fit(X, y)
    for layer, matrix in enumerate(start.coefs_):
        assert matrix.nnz == np.prod(matrix.shape)
        assert np.abs(start.intercepts_[layer]).max() < 1e-290
        theirs.coefs_[layer][:] = matrix.toarray()
        theirs.intercepts_[layer][:] = 0.0
    theirs.loss_curve_.clear()
    theirs.t_ = 0
    for estimator in (ours, theirs):
        estimator.set_params(max_iter=n_epochs)
        estimator.fit(X, y, sample_weight=sample_weight)
    assert not np.allclose(start.coefs_[0].toarray(), ours.coefs_[0].toarray(), 1e-3)
    return ours, theirs


def assert_equal_to_rounding(ours, theirs, X, n_epochs):
    close = dict(rtol=1e-10, atol=1e-12)
    assert len(ours.loss_curve_) == len(theirs.loss_curve_) == n_epochs
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, **close)
    for a, b in zip(ours.coefs_, theirs.coefs_, strict=True):
        np.testing.assert_allclose(a.toarray(), b, **close)
    for a, b in zip(ours.intercepts_, theirs.intercepts_, strict=True):
        np.testing.assert_allclose(a, b, **close)
    method = "predict_proba" if hasattr(ours, "predict_proba") else "predict"
    np.testing.assert_allclose(
        getattr(ours, method)(X), getattr(theirs, method)(X), **close
    )


def classification(kind, rng):
    X = rng.normal(size=(N_ROWS, 5))
    if kind == "multilabel":
        return X, make_multilabel_classification(N_ROWS, random_state=0)[1]
    return X, rng.integers(2 if kind == "binary" else 4, size=N_ROWS)


@pytest.mark.parametrize("n_epochs", [1, 3])
@pytest.mark.parametrize("kind", ["multiclass", "binary", "multilabel"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": True},
        {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": False},
        {"solver": "adam", "beta_1": 0.8, "epsilon": 1e-6},
    ],
    ids=["nesterov", "momentum", "adam"],
)
def test_a_dense_classifier_trains_as_scikit_learns(settings, weighted, kind, n_epochs):
    rng = np.random.default_rng(0)
    X, y = classification(kind, rng)
    weight = rng.uniform(0.1, 2.0, size=N_ROWS) if weighted else None
    settings = {"learning_rate_init": 0.02, **settings}
    ours, theirs = trained_pair(
        DenseMLPClassifier(), MLPClassifier(), X, y, settings, n_epochs, weight
    )
    assert_equal_to_rounding(ours, theirs, X, n_epochs)


@pytest.mark.parametrize("n_outputs", [1, 2])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "sgd", "nesterovs_momentum": True},
        {"solver": "sgd", "nesterovs_momentum": False},
        {"solver": "adam"},
    ],
    ids=["nesterov", "momentum", "adam"],
)
def test_a_dense_regressor_trains_as_scikit_learns(settings, weighted, n_outputs):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(N_ROWS, 5))
    y = rng.normal(size=(N_ROWS, n_outputs) if n_outputs > 1 else N_ROWS)
    weight = rng.uniform(0.1, 2.0, size=N_ROWS) if weighted else None
    settings = {"learning_rate_init": 0.01, **settings}
    ours, theirs = trained_pair(
        DenseMLPRegressor(), MLPRegressor(), X, y, settings, 2, weight
    )
    assert_equal_to_rounding(ours, theirs, X, 2)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_every_activation_trains_as_scikit_learns(activation):
    rng = np.random.default_rng(2)
    X, y = classification("multiclass", rng)
    settings = {"activation": activation, "solver": "sgd", "learning_rate_init": 0.05}
    ours, theirs = trained_pair(
        DenseMLPClassifier(), MLPClassifier(), X, y, settings, 2
    )
    assert_equal_to_rounding(ours, theirs, X, 2)


def test_learning_rate_that_falls_with_the_samples_seen():
    rng = np.random.default_rng(3)
    X, y = classification("multiclass", rng)
    settings = {
        "solver": "sgd",
        "learning_rate": "invscaling",
        "power_t": 0.3,
        "learning_rate_init": 0.1,
    }
    ours, theirs = trained_pair(
        DenseMLPClassifier(), MLPClassifier(), X, y, settings, 4
    )
    assert_equal_to_rounding(ours, theirs, X, 4)


def test_batch_of_all_rows():
    rng = np.random.default_rng(4)
    X, y = classification("binary", rng)
    settings = {"solver": "sgd", "learning_rate_init": 0.1}
    ours, theirs = DenseMLPClassifier(), MLPClassifier()
    for estimator in (ours, theirs):
        estimator.set_params(hidden_layer_sizes=(4,))
    ours, theirs = trained_pair(ours, theirs, X, y, settings, 3)
    assert_equal_to_rounding(ours, theirs, X, 3)
