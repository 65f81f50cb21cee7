"""Gradients against central differences of the loss, in double precision.

One epoch of one batch with a rate of 1 and no momentum moves each parameter by its
gradient; an epoch with a rate of 0 returns the loss and moves nothing.
"""

import numpy as np
import pytest

from tests.reference.cases import (
    plain_sgd,
    random_naive_network,
    random_target,
    sparse_network,
    trainer_of,
)
from tests.reference.naive_network import forward

N_ROWS = 13
STEP = 1e-5

# Loss and number of outputs: multiclass, binary, multilabel, one and more targets.
PROBLEMS = [
    ("softmax", 3),
    ("logistic", 1),
    ("logistic", 3),
    ("squared_error", 1),
    ("squared_error", 3),
    ("absolute_error", 2),
    ("huber", 2),
    ("quantile", 2),
    ("poisson", 2),
    ("gamma", 2),
    ("smooth softmax", 3),
    ("smooth logistic", 2),
]


def case_away_from_kinks(activation, slope, sizes):
    """Draw networks and inputs until no hidden neuron is near the kink at zero."""
    rng = np.random.default_rng(5)
    while True:
        naive = random_naive_network(rng, sizes, 0.6, activation, slope)
        X = rng.normal(size=(N_ROWS, sizes[0]))
        values = forward(naive, X)[0]
        hidden = zip(values[:-2], naive.matrices[:-1], naive.biases[:-1], strict=True)
        margins = [np.abs(x @ w.T + b).min() for x, w, b in hidden]
        if min(margins, default=np.inf) > 100 * STEP:
            return rng, naive, X


def central_differences(trainer, parameters):
    """Return the slope of the loss along each parameter."""
    order = np.arange(N_ROWS)

    def loss_with(k, value):
        before, parameters[k] = parameters[k], value
        trainer.state.step = 0  # the same dropout each time
        mean, finite = trainer.run_epoch(order, 0.0)
        parameters[k] = before
        assert finite
        return mean

    slopes = np.empty(parameters.size)
    for k, value in enumerate(parameters.copy()):
        difference = loss_with(k, value + STEP) - loss_with(k, value - STEP)
        slopes[k] = difference / (2 * STEP)
    return slopes


def moves(trainer):
    """Return what one step of rate 1 subtracts from the weights and the biases."""
    network = trainer.network.copy()
    trainer.state.step = 0
    trainer.run_epoch(np.arange(N_ROWS), 1.0)
    after = trainer.network
    return network.weights - after.weights, network.biases - after.biases


def assert_gradients_are_slopes(trainer, alpha, total, factor=1):
    """Compare, where the data's part of the gradient is `factor` times the slope."""
    network = trainer.network
    penalties = [alpha * network.weights / total, 0.0 * network.biases]
    slopes = [
        central_differences(trainer, parameters)
        for parameters in (network.weights, network.biases)
    ]
    for ours, slope, penalty in zip(moves(trainer), slopes, penalties, strict=True):
        assert np.abs(slope).max() > 1e-3
        expected = factor * (slope - penalty) + penalty
        np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-9)


def check(activation, slope, loss, n_outputs, *, alpha=0.7, sizes=(4, 5, 4), **noise):
    rng, naive, X = case_away_from_kinks(activation, slope, (*sizes, n_outputs))
    weight = rng.uniform(0.1, 3.0, size=N_ROWS)
    trainer = trainer_of(
        sparse_network(naive),
        X,
        loss,
        random_target(rng, loss, N_ROWS, n_outputs),
        plain_sgd(alpha),
        batch_size=N_ROWS,
        weight=weight,
        **noise,
    )
    # As in scikit-learn, losses of numbers are averaged over the outputs, but their
    # gradient is not.
    factor = 1 if loss.endswith(("softmax", "logistic")) else n_outputs
    assert_gradients_are_slopes(trainer, alpha, weight.sum(), factor)


@pytest.mark.parametrize(("loss", "n_outputs"), PROBLEMS)
@pytest.mark.parametrize(
    ("activation", "slope"),
    [
        ("identity", None),
        ("logistic", None),
        ("tanh", None),
        ("relu", None),
        ("leaky_relu", None),
        ("leaky_relu", 0.3),
        ("all_relu", None),
        ("all_relu", 0.25),
    ],
)
def test_gradients_with_weighted_samples_and_penalty(
    activation, slope, loss, n_outputs
):
    check(activation, slope, loss, n_outputs)


@pytest.mark.parametrize(("loss", "n_outputs"), PROBLEMS)
def test_gradients_without_penalty(loss, n_outputs):
    check("tanh", None, loss, n_outputs, alpha=0.0)


@pytest.mark.parametrize("activation", ["tanh", "all_relu"])
def test_gradients_under_dropout(activation):
    check(activation, None, "softmax", 3, dropout=0.4, noise_seed=3)


@pytest.mark.parametrize(("loss", "n_outputs"), PROBLEMS)
def test_gradients_of_a_linear_model(loss, n_outputs):
    check("relu", None, loss, n_outputs, sizes=(6,))
