"""The gradient that a probe tells, at positions with and without a connection."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from sparsekit.kernels._structs import STORED
from sparsekit.network import Optimizer, csr_samples, probe
from tests.reference.cases import (
    random_naive_network,
    random_target,
    sparse_network,
    trainer_of,
)
from tests.reference.naive_network import loss_and_gradients

SIZES = (7, 9, 8, 3)


def dense_gradients(naive, X, loss, target, weight):
    """Return the gradient of the mean loss at every position, connected or not."""
    everywhere = [np.ones_like(mask) for mask in naive.masks]
    full = replace(naive, masks=everywhere)
    return loss_and_gradients(full, X, loss, target, weight, alpha=0.0)[1]


def told(trainer, n_batches, rng):
    """Return the gradient of every layer that a probe tells."""
    values, deltas = probe(trainer, n_batches, rng)
    return [np.einsum("til,tol->oi", v, d) for v, d in zip(values, deltas, strict=True)]


@pytest.mark.parametrize("loss", ["softmax", "logistic", "squared_error"])
@pytest.mark.parametrize("density", [0.4, 1])
def test_a_batch_of_all_rows_tells_the_gradient_everywhere(loss, density):
    rng = np.random.default_rng(0)
    naive = random_naive_network(rng, SIZES, density, "tanh")
    X, target = rng.normal(size=(40, 7)), random_target(rng, loss, 40, 3)
    weight = rng.uniform(0.5, 2, size=40)
    trainer = trainer_of(
        sparse_network(naive),
        X,
        loss,
        target,
        Optimizer("adam", 0.1),
        batch_size=40,
        weight=weight,
        dropout=0.5,
        input_dropout=0.5,
    )
    expected = dense_gradients(naive, X, loss, target, weight)
    for ours, theirs in zip(told(trainer, 1, rng), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_the_gradients_of_several_batches_are_averaged():
    rng = np.random.default_rng(1)
    naive = random_naive_network(rng, SIZES, 0.4, "tanh")
    X, target = rng.normal(size=(40, 7)), random_target(rng, "softmax", 40, 3)
    trainer = trainer_of(
        sparse_network(naive),
        X,
        "softmax",
        target,
        Optimizer("sgd", 0.0),
        batch_size=10,
    )
    expected = dense_gradients(naive, X, "softmax", target, np.ones(40))
    # Four batches of ten are all the rows, whichever comes when.
    for ours, theirs in zip(told(trainer, 4, rng), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_rows_without_weight_take_no_part_in_a_probe():
    rng = np.random.default_rng(5)
    naive = random_naive_network(rng, SIZES, 0.4, "tanh")
    X, target = rng.normal(size=(40, 7)), random_target(rng, "softmax", 40, 3)
    weight = np.zeros(40)
    weight[[3, 31]] = 1.0, 0.5
    trainer = trainer_of(
        sparse_network(naive),
        X,
        "softmax",
        target,
        Optimizer("sgd", 0.0),
        batch_size=10,
        weight=weight,
    )
    expected = dense_gradients(naive, X, "softmax", target, weight)
    for ours, theirs in zip(told(trainer, 1, rng), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_a_first_layer_on_stored_entries_tells_its_gradient_too():
    rng = np.random.default_rng(2)
    sizes = (200, 9, 3)
    naive = random_naive_network(rng, sizes, 0.1, "tanh")
    X = sparse.random_array((30, 200), density=0.02, rng=rng).tocsr()
    samples = csr_samples(X, np.zeros(200), np.ones(200), np.float64)
    target = random_target(rng, "softmax", 30, 3)
    trainer = trainer_of(
        sparse_network(naive),
        samples,
        "softmax",
        target,
        Optimizer("sgd", 0.0),
        batch_size=30,
    )
    assert trainer._formats[1] == STORED
    expected = dense_gradients(naive, X.toarray(), "softmax", target, np.ones(30))
    for ours, theirs in zip(told(trainer, 1, rng), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_lanes_without_a_sample_hold_nothing():
    rng = np.random.default_rng(4)
    naive = random_naive_network(rng, SIZES, 0.4, "logistic")
    X, target = rng.normal(size=(21, 7)), random_target(rng, "softmax", 21, 3)
    network = sparse_network(naive)
    trainer = trainer_of(
        network, X, "softmax", target, Optimizer("sgd", 0.0), batch_size=21
    )
    values, deltas = probe(trainer, 1, rng)
    for told in (*values, *deltas):
        lanes = np.concatenate(list(told), axis=1)
        assert (lanes[:, :21] != 0).any()
        assert not lanes[:, 21:].any()


def test_a_probe_moves_nothing():
    rng = np.random.default_rng(3)
    naive = random_naive_network(rng, SIZES, 0.4)
    X, target = rng.normal(size=(40, 7)), random_target(rng, "softmax", 40, 3)
    trainer = trainer_of(
        sparse_network(naive),
        X,
        "softmax",
        target,
        Optimizer("adam", 0.1),
        batch_size=10,
    )
    trainer.run_epoch(np.arange(40), 0.01)
    parts = [
        *trainer.network.to_dict().values(),
        *trainer.state.weight_moments().values(),
    ]
    before = [part.tobytes() for part in parts], trainer.state.step
    probe(trainer, 3, rng)
    assert before == ([part.tobytes() for part in parts], trainer.state.step)
