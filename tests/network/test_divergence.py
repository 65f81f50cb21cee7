"""Training that leaves the finite numbers stops, and the network stays finite."""

import numpy as np
import pytest

from sparsekit.network import Optimizer
from tests.reference.cases import (
    random_naive_network,
    random_target,
    sparse_network,
    trainer_of,
)

N_ROWS = 40

# In the run without compilation numpy warns of what the kernels look for.
pytestmark = [
    pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning"),
]


def diverging_trainer(solver, loss, dtype):
    rng = np.random.default_rng(0)
    network = sparse_network(random_naive_network(rng, (5, 8, 6, 3), 0.6), dtype)
    X = rng.normal(size=(N_ROWS, 5))
    target = random_target(rng, loss, N_ROWS, 3)
    optimizer = Optimizer(solver, 0.01)
    return trainer_of(network, X, loss, target, optimizer, batch_size=8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", ["softmax", "logistic", "squared_error"])
@pytest.mark.parametrize("solver", ["sgd", "sgdw", "adam", "adamw"])
def test_diverging_training_stops_with_finite_parameters(solver, loss, dtype):
    trainer = diverging_trainer(solver, loss, dtype)
    rate = float(np.sqrt(np.finfo(dtype).max))
    n_epochs = 0
    finite = True
    while finite and n_epochs < 50:
        _, finite = trainer.run_epoch(np.arange(N_ROWS), rate)
        n_epochs += 1
    assert not finite
    assert trainer.state.step < 50 * N_ROWS / 8
    assert np.isfinite(trainer.network.weights).all()
    assert np.isfinite(trainer.network.biases).all()


def test_epoch_stops_at_the_batch_that_is_not_finite():
    trainer = diverging_trainer("sgd", "squared_error", np.float64)
    trainer.targets.values[20] = np.inf  # in the third of five batches
    _, finite = trainer.run_epoch(np.arange(N_ROWS), 0.01)
    assert not finite
    assert trainer.state.step == 3
    # That batch changed nothing: the weights are those after two batches.
    expected = diverging_trainer("sgd", "squared_error", np.float64)
    expected.run_epoch(np.arange(16), 0.01)
    np.testing.assert_array_equal(trainer.network.weights, expected.network.weights)
    np.testing.assert_array_equal(trainer.network.biases, expected.network.biases)
    np.testing.assert_array_equal(
        trainer.state.weight_first, expected.state.weight_first
    )


def test_finite_training_says_so():
    trainer = diverging_trainer("sgd", "softmax", np.float64)
    mean, finite = trainer.run_epoch(np.arange(N_ROWS), 0.01)
    assert finite
    assert np.isfinite(mean)
    assert trainer.state.step == 5
