"""Single steps and gradients, as the tests of scikit-learn's MLP ask for them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import GammaRegressor, PoissonRegressor

from sparsekit import DenseMLPClassifier, DenseMLPRegressor


def stepping(activation, alpha, n_hidden, rate):
    """Return a network of which each `partial_fit` is one plain gradient step."""
    settings = {"solver": "sgd", "momentum": 0, "standardize": False, "random_state": 0}
    return DenseMLPClassifier(
        n_hidden,
        activation=activation,
        alpha=alpha,
        learning_rate_init=rate,
        dtype="float64",
        **settings,
    )


def parameters_of(net):
    return np.concatenate([net._network.weights, net._network.biases])


def step_from(net, start, X, y):
    """Take a step from given weights; return the loss there."""
    n_weights = net._network.weights.size
    net._network.weights[:] = start[:n_weights]
    net._network.biases[:] = start[n_weights:]
    return net.partial_fit(X, y).loss_curve_[-1]


def test_fit():
    X, y = np.array([[0.6, 0.8, 0.7]]), [0]
    net = stepping("logistic", 0.1, 2, 0.1).partial_fit(X, y, classes=[0, 1])
    first = np.array([[0.1, 0.2], [0.3, 0.1], [0.5, 0.0]])
    second = np.array([[0.1], [0.2]])
    start = [first.T.ravel(), second.T.ravel(), [0.1, 0.1], [1.0]]
    step_from(net, np.concatenate(start), X, y)
    # By hand: the step of each parameter is -0.1 times the gradient of the loss.
    hidden = 1 / (1 + np.exp(-(X @ first + 0.1)))
    delta = 1 / (1 + np.exp(-(hidden @ second + 1.0)))
    below = delta * second.T * hidden * (1 - hidden)
    expected = [first - 0.1 * (X.T @ below + 0.1 * first)]
    expected += [second - 0.1 * (hidden.T @ delta + 0.1 * second)]
    for mine, hand in zip(net.coefs_, expected, strict=True):
        assert_allclose(mine.toarray(), hand, rtol=1e-12)
    assert_allclose(net.intercepts_[0], (0.1 - 0.1 * below)[0])
    assert_allclose(net.intercepts_[1], (1.0 - 0.1 * delta)[0])
    assert_allclose(net.predict_proba(X)[0, 1], 0.739, atol=1e-3)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("n_labels", [2, 3])
def test_gradient(n_labels, activation):
    X = np.random.RandomState(42).rand(5, 4)
    y = np.arange(5) % n_labels
    rate, epsilon = 1e-3, 1e-5
    net = stepping(activation, 1e-2, 3, rate).partial_fit(X, y, classes=np.unique(y))
    start = parameters_of(net).copy()
    step_from(net, start, X, y)
    gradient = (start - parameters_of(net)) / rate
    for place in range(start.size):
        there, back = (start.copy() for _ in range(2))
        there[place] += epsilon
        back[place] -= epsilon
        slope = step_from(net, there, X, y) - step_from(net, back, X, y)
        assert_allclose(slope / (2 * epsilon), gradient[place], atol=1e-6)


@pytest.mark.parametrize("loss", ["poisson", "gamma"])
def test_mlp_vs_poisson_glm_equivalent(loss):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    mean = np.exp(0.5 * X[:, 0] - 0.3 * X[:, 1] + 1)
    y = rng.poisson(mean) if loss == "poisson" else rng.gamma(2.0, mean / 2)
    linear = {"poisson": PoissonRegressor, "gamma": GammaRegressor}[loss](alpha=0.0)
    net = DenseMLPRegressor(
        (),
        loss=loss,
        alpha=0.0,
        batch_size=40,
        learning_rate="cosine",
        learning_rate_init=0.02,
        max_iter=200,
        n_iter_no_change=np.inf,
        random_state=0,
    )
    assert_allclose(net.fit(X, y).predict(X), linear.fit(X, y).predict(X), rtol=0.01)
