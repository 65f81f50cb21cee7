"""Input dropout, against masks from the twin of its hash."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit.network import _formats, csr_samples
from tests.reference.cases import (
    plain_samples,
    plain_sgd,
    random_naive_network,
    random_target,
    sparse_network,
    trainer_of,
)
from tests.reference.naive_network import kept_neurons, loss_and_gradients

RATE, SEED = 0.4, 11
N_ROWS, SIZES = 40, (6, 5, 3)


def kept_inputs(step, n_rows=N_ROWS):
    """Return which inputs each row of a batch keeps: dropout of level 0."""
    return kept_neurons(SEED, step, 0, n_rows, SIZES[0], RATE)


def one_step(samples, naive, target, **settings):
    """Return loss and weights after one step of rate 1 on all rows in order."""
    trainer = trainer_of(
        sparse_network(naive),
        samples,
        "softmax",
        target,
        plain_sgd(),
        batch_size=N_ROWS,
        input_dropout=RATE,
        noise_seed=SEED,
        **settings,
    )
    loss, finite = trainer.run_epoch(np.arange(N_ROWS), 1.0)
    assert finite
    return loss, trainer


def assert_same_step(samples, naive, target, inputs, **settings):
    before = sparse_network(naive)
    loss, trainer = one_step(samples, naive, target, **settings)
    expected, matrices, biases = loss_and_gradients(
        naive, inputs, "softmax", target, np.ones(N_ROWS), 0.0
    )
    np.testing.assert_allclose(loss, expected, rtol=1e-10)
    moved = before.weights - trainer.network.weights
    gradient = np.concatenate(
        [g[m] for g, m in zip(matrices, naive.masks, strict=True)]
    )
    np.testing.assert_allclose(moved, gradient, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(
        before.biases - trainer.network.biases, np.concatenate(biases), atol=1e-13
    )
    return trainer


@pytest.fixture
def case():
    rng = np.random.default_rng(1)
    naive = random_naive_network(rng, SIZES, 0.6, "tanh")
    X = rng.normal(size=(N_ROWS, SIZES[0]))
    return rng, naive, X, random_target(rng, "softmax", N_ROWS, 3)


def test_dense_values_are_dropped_or_scaled(case):
    _, naive, X, target = case
    inputs = X * kept_inputs(step=1) / (1 - RATE)
    assert_same_step(plain_samples(X, np.float64), naive, target, inputs)


def test_indicators_are_never_dropped(case):
    _, naive, X, target = case
    kept = kept_inputs(step=1)
    inputs = X * kept / (1 - RATE)
    inputs[:, 4:] = X[:, 4:]
    assert_same_step(plain_samples(X, np.float64), naive, target, inputs, n_values=4)


@pytest.mark.parametrize("format_", ["lanes", "stored"])
def test_stored_entries_become_zeros_of_the_raw_data_or_are_scaled(
    case, format_, monkeypatch
):
    rng, naive, X, target = case
    monkeypatch.setattr(_formats, "STORED_BELOW", 0.9 if format_ == "stored" else 0.0)
    X[rng.random(X.shape) < 0.4] = 0.0
    X[rng.random(X.shape) < 0.1] = np.nan
    shift, scale = rng.normal(size=6), rng.uniform(0.5, 2, size=6)
    samples = csr_samples(sparse.csr_array(X), shift, scale, np.float64)
    raw = X * kept_inputs(step=1) / (1 - RATE)
    inputs = np.where(np.isnan(X), 0.0, (raw - shift) * scale)
    trainer = assert_same_step(samples, naive, target, inputs)
    assert trainer._formats[1] == (_formats.STORED if format_ == "stored" else 0)


def test_each_step_drops_other_inputs(case):
    _, naive, X, target = case
    samples = plain_samples(X, np.float64)
    trainer = one_step(samples, naive, target)[1]
    first = trainer.network.copy()
    trainer.run_epoch(np.arange(N_ROWS), 1.0)
    naive.matrices = [
        layer.toarray().T for layer in first.coefs()
    ]  # the twin goes on from there
    naive.biases = first.intercepts()
    inputs = X * kept_inputs(step=2) / (1 - RATE)
    _, matrices, _ = loss_and_gradients(
        naive, inputs, "softmax", target, np.ones(N_ROWS), 0.0
    )
    moved = first.weights - trainer.network.weights
    gradient = np.concatenate(
        [g[m] for g, m in zip(matrices, naive.masks, strict=True)]
    )
    np.testing.assert_allclose(moved, gradient, rtol=1e-9, atol=1e-13)
