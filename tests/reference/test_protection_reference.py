"""Importance of connections, and steps that leave some alone, against dense loops."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit.network import (
    Optimizer,
    Protection,
    connection_importance,
    csr_samples,
)
from tests.reference.cases import (
    per_layer,
    random_naive_network,
    random_target,
    sparse_network,
    trainer_of,
)
from tests.reference.naive_network import loss_and_gradients

SIZES = (7, 9, 8, 3)


def row_gradients(naive, X, loss, target, weight):
    """Yield the gradients of the weighted loss of each row."""
    for i, w in enumerate(weight):
        row = slice(i, i + 1)
        one = loss_and_gradients(naive, X[row], loss, target[row], np.ones(1), 0.0)[1]
        yield [w * gradient for gradient in one]


@pytest.mark.parametrize("loss", ["softmax", "logistic", "squared_error"])
@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("density", [0.4, 1])
def test_importance_is_the_mean_power_of_the_gradients_of_single_rows(
    loss, power, density
):
    rng = np.random.default_rng(0)
    naive = random_naive_network(rng, SIZES, density, "tanh")
    X, target = rng.normal(size=(43, 7)), random_target(rng, loss, 43, 3)
    weight = rng.uniform(0.5, 2, size=43)
    trainer = trainer_of(
        sparse_network(naive),
        X,
        loss,
        target,
        Optimizer("adam", 0.1),
        batch_size=20,
        weight=weight,
        dropout=0.5,
    )
    expected = [np.zeros(mask.shape) for mask in naive.masks]
    for gradients in row_gradients(naive, X, loss, target, weight):
        for total, gradient in zip(expected, gradients, strict=True):
            total += np.abs(gradient) ** power / 43
    found = per_layer(naive, connection_importance(trainer, power))
    for ours, theirs, mask in zip(found, expected, naive.masks, strict=True):
        np.testing.assert_allclose(ours, theirs * mask, rtol=1e-9, atol=1e-14)


def test_importance_from_stored_entries_is_that_of_dense_rows():
    rng = np.random.default_rng(1)
    X = sparse.random_array((40, 100), density=0.02, rng=rng, format="csr")
    naive = random_naive_network(rng, (100, 9, 3), 0.4)
    target = random_target(rng, "softmax", 40, 3)
    samples = csr_samples(X, np.zeros(100), np.ones(100), np.float64)
    found = [
        connection_importance(
            trainer_of(
                sparse_network(naive),
                rows,
                "softmax",
                target,
                Optimizer("adam", 0.1),
                batch_size=20,
            ),
            2,
        )
        for rows in (samples, X.toarray())
    ]
    np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("solver", ["sgd", "sgdw", "adam", "adamw"])
@pytest.mark.parametrize("density", [0.4, 1])
def test_a_step_moves_the_free_weights_as_if_none_were_frozen(solver, density):
    rng = np.random.default_rng(2)
    sizes = (7, 80, 80, 3)  # full, the middle layer is a dense matrix
    naive = random_naive_network(rng, sizes, density)
    X, target = rng.normal(size=(20, 7)), random_target(rng, "softmax", 20, 3)
    free, frozen = sparse_network(naive), sparse_network(naive)
    chosen = rng.random(frozen.weights.size) < 0.5
    positions = [
        layer.positions()[chosen[frozen.connections(number)]]
        for number, layer in enumerate(frozen.layers(), start=1)
    ]
    before = frozen.weights.copy()
    for network, protection in ((free, None), (frozen, Protection(positions, True))):
        trainer_of(
            network,
            X,
            "softmax",
            target,
            Optimizer(solver, 0.1),
            batch_size=20,
            protection=protection,
        ).run_epoch(np.arange(20), 0.01)
    np.testing.assert_array_equal(frozen.weights[chosen], before[chosen])
    np.testing.assert_array_equal(frozen.weights[~chosen], free.weights[~chosen])
    assert (free.weights != before).mean() > 0.9
    np.testing.assert_array_equal(frozen.biases, free.biases)


def test_protected_connections_must_exist():
    network = sparse_network(random_naive_network(np.random.default_rng(3), SIZES, 0.4))
    missing = [np.array([6]), np.array([], dtype=int), np.array([], dtype=int)]
    with pytest.raises(ValueError, match="A protected connection is not in the"):
        Protection(missing, frozen=False).masks(network)
