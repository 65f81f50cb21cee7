"""A compiled epoch does what the formulas say: losses, weights, biases and moments."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit.network import Optimizer, _formats, csr_samples
from tests.reference.cases import (
    ALL_LOSSES,
    per_layer,
    plain_samples,
    random_naive_network,
    random_target,
    sparse_network,
    targets_of,
    trainer_of,
)
from tests.reference.naive_training import NaiveOptimizer, train_epoch

SIZES = (6, 9, 7, 3)


@pytest.fixture(params=["sparse", "dense", "stored"], autouse=True)
def storage(request, monkeypatch):
    """Let training work on the layers in each of the formats, whatever is fastest."""
    dense_from = 0.0 if request.param == "dense" else 2.0
    monkeypatch.setattr(_formats, "DENSE_FROM", dense_from)
    monkeypatch.setattr(_formats, "DENSE_SIDE", 0)
    stored_below = 0.9 if request.param == "stored" else 0.0
    monkeypatch.setattr(_formats, "STORED_BELOW", stored_below)
    return request.param


RTOL, ATOL = 1e-10, 1e-13


def holey(rng, X, dtype=np.float64):
    """Return samples in CSR with their dense, standardised form.

    Half of the entries are not stored and stand for a fill value.
    """
    X = np.where(rng.random(X.shape) < 0.5, X, 0.0)
    shift, scale = rng.normal(size=X.shape[1]), rng.uniform(0.5, 2, size=X.shape[1])
    samples = csr_samples(sparse.csr_array(X), shift, scale, dtype)
    return samples, ((X - shift) * scale).astype(dtype)


def both_optimizers(solver, alpha=0.01, nesterov=True):
    compiled = Optimizer(solver, alpha, momentum=0.8, nesterovs_momentum=nesterov)
    return compiled, NaiveOptimizer(solver, alpha, momentum=0.8, nesterov=nesterov)


def assert_same_state(trainer, naive, optimizer, rtol=RTOL, atol=ATOL):
    close = dict(rtol=rtol, atol=atol)
    network, state = trainer.network, trainer.state
    flat = {
        "value": (network.weights, network.biases),
        "first": (state.weight_first, state.bias_first),
        "second": (state.weight_second, state.bias_second),
    }
    layers = range(len(naive.matrices))
    twin = {
        "value": (naive.matrices, naive.biases),
        "first": [[optimizer.first[k, i] for i in layers] for k in ("matrix", "bias")],
        "second": [
            [optimizer.second.get((k, i), np.empty(0)) for i in layers]
            for k in ("matrix", "bias")
        ],
    }
    for kind, (weights, biases) in flat.items():
        matrices, vectors = twin[kind]
        np.testing.assert_allclose(biases, np.concatenate(vectors), **close)
        if weights.size:
            for ours, theirs in zip(per_layer(naive, weights), matrices, strict=True):
                np.testing.assert_allclose(ours, theirs, **close)
    assert state.step == optimizer.step


def compare(
    *,
    sizes=SIZES,
    density=0.4,
    activation="relu",
    loss="softmax",
    solver="sgd",
    nesterov=True,
    n_rows=40,
    batch_size=16,
    dtype=np.float64,
    weighted=False,
    dropout=0.0,
    rate=0.05,
    epochs=2,
    rtol=RTOL,
    atol=ATOL,
):
    """Train twice over, here and there, on the rows in a random order."""
    rng = np.random.default_rng(7)
    naive = random_naive_network(rng, sizes, density, activation)
    X = rng.normal(size=(n_rows, sizes[0])).astype(dtype)
    samples = X
    if _formats.STORED_BELOW:
        samples, X = holey(rng, X, dtype)
    target = random_target(rng, loss, n_rows, sizes[-1])
    weight = rng.integers(4, size=n_rows).astype(float) if weighted else None
    compiled, optimizer = both_optimizers(solver, nesterov=nesterov)
    trainer = trainer_of(
        sparse_network(naive, dtype),
        samples,
        loss,
        target,
        compiled,
        batch_size=batch_size,
        weight=weight,
        dropout=dropout,
        noise_seed=11,
    )
    for _ in range(epochs):
        order = rng.permutation(n_rows)
        mean, finite = trainer.run_epoch(order, rate)
        expected = train_epoch(
            naive,
            optimizer,
            X.astype(float),
            loss,
            target,
            order=order,
            batch_size=batch_size,
            rate=rate,
            weight=weight,
            dropout=dropout,
            noise_seed=11,
        )
        assert finite
        np.testing.assert_allclose(mean, expected, rtol=rtol)
    assert_same_state(trainer, naive, optimizer, rtol, atol)


@pytest.mark.parametrize("batch_size", [1, 5, 16, 17, 64, 65, 130])
def test_epoch_for_batches_that_do_and_do_not_fill_their_tiles(batch_size):
    compare(n_rows=min(150, 5 * batch_size + 3), batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [5, 130])
def test_epoch_in_single_precision(batch_size):
    compare(n_rows=150, batch_size=batch_size, dtype=np.float32, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "activation", ["identity", "logistic", "tanh", "relu", "leaky_relu", "all_relu"]
)
def test_epoch_for_each_activation(activation):
    compare(sizes=(5, 8, 7, 6, 2), activation=activation)


@pytest.mark.parametrize("loss", ALL_LOSSES)
@pytest.mark.parametrize("n_outputs", [1, 2, 4])
def test_epoch_for_each_loss(loss, n_outputs):
    compare(sizes=(6, 8, n_outputs), loss=loss, density=0.6)


@pytest.mark.parametrize(
    ("solver", "nesterov"),
    [("sgd", True), ("sgd", False), ("adam", False), ("adamw", False)],
)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_epoch_for_each_solver(solver, nesterov, weighted, dropout):
    compare(solver=solver, nesterov=nesterov, weighted=weighted, dropout=dropout)


def test_dropout_mask_does_not_depend_on_the_width_of_tiles():
    # 130 rows travel in three tiles, and the twin knows of none.
    compare(n_rows=130, batch_size=130, dropout=0.5, activation="tanh")


@pytest.mark.parametrize(
    "sizes", [(4, 3), (1, 1), (1, 1, 1), (3, 1, 1, 2), (1, 6, 1)], ids=str
)
@pytest.mark.parametrize("density", [0.5, 1])
def test_epoch_for_awkward_shapes(sizes, density):
    compare(sizes=sizes, density=density, loss="squared_error", activation="tanh")


def test_epoch_of_a_dense_network():
    compare(density=1, solver="adam")


def test_epoch_over_more_connections_than_are_updated_at_a_time():
    compare(sizes=(40, 110, 50, 2), density=1, epochs=1, n_rows=20, rate=0.01)


def test_batch_whose_weights_are_all_zero_takes_no_step_and_has_no_loss():
    rng = np.random.default_rng(0)
    naive = random_naive_network(rng, SIZES, 0.5)
    X, weight = rng.normal(size=(12, 6)), np.ones(12)
    weight[4:8] = 0
    target = random_target(rng, "softmax", 12, 3)
    compiled, optimizer = both_optimizers("adam")
    trainer = trainer_of(
        sparse_network(naive),
        X,
        "softmax",
        target,
        compiled,
        batch_size=4,
        weight=weight,
    )
    mean, _ = trainer.run_epoch(np.arange(12), 0.1)
    expected = train_epoch(
        naive,
        optimizer,
        X,
        "softmax",
        target,
        order=np.flatnonzero(weight),
        batch_size=4,
        rate=0.1,
    )
    assert mean == pytest.approx(expected, rel=1e-10)
    assert trainer.state.step == 2
    assert_same_state(trainer, naive, optimizer)


def test_weight_of_zero_equals_absence():
    rng = np.random.default_rng(1)
    naive = random_naive_network(rng, SIZES, 0.5)
    X = rng.normal(size=(10, 6))
    target = random_target(rng, "softmax", 10, 3)
    weight = np.ones(10)
    weight[[2, 5, 6]] = 0
    present = np.flatnonzero(weight)
    compiled, _ = both_optimizers("sgd")
    trainers = [
        trainer_of(
            sparse_network(naive),
            X,
            "softmax",
            target,
            compiled,
            batch_size=10,
            weight=weight,
        ),
        trainer_of(sparse_network(naive), X, "softmax", target, compiled, batch_size=7),
    ]
    losses = [
        trainer.run_epoch(order, 0.1)[0]
        for trainer, order in zip(trainers, [np.arange(10), present], strict=True)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)
    np.testing.assert_allclose(
        trainers[0].network.weights, trainers[1].network.weights, rtol=1e-12
    )


def test_epoch_on_csr_rows_equals_that_on_their_dense_form():
    rng = np.random.default_rng(2)
    naive = random_naive_network(rng, SIZES, 0.5)
    samples, X = holey(rng, rng.normal(size=(40, 6)))
    target = random_target(rng, "softmax", 40, 3)
    compiled, optimizer = both_optimizers("sgd")
    trainer = trainer_of(
        sparse_network(naive), samples, "softmax", target, compiled, batch_size=16
    )
    order = rng.permutation(40)
    mean, _ = trainer.run_epoch(order, 0.1)
    expected = train_epoch(
        naive,
        optimizer,
        X,
        "softmax",
        target,
        order=order,
        batch_size=16,
        rate=0.1,
    )
    assert mean == pytest.approx(expected, rel=1e-10)
    assert_same_state(trainer, naive, optimizer)


def test_order_may_visit_some_rows_only():
    rng = np.random.default_rng(3)
    naive = random_naive_network(rng, SIZES, 0.5)
    X = rng.normal(size=(30, 6))
    target = random_target(rng, "softmax", 30, 3)
    compiled, optimizer = both_optimizers("sgd")
    trainer = trainer_of(
        sparse_network(naive), X, "softmax", target, compiled, batch_size=4
    )
    order = np.array([3, 29, 4, 4, 17, 0])
    mean, _ = trainer.run_epoch(order, 0.1)
    expected = train_epoch(
        naive, optimizer, X, "softmax", target, order=order, batch_size=4, rate=0.1
    )
    assert mean == pytest.approx(expected, rel=1e-10)
    assert_same_state(trainer, naive, optimizer)


def test_training_leaves_the_samples_alone():
    rng = np.random.default_rng(4)
    naive = random_naive_network(rng, SIZES, 0.5)
    X = rng.normal(size=(20, 6))
    target = random_target(rng, "squared_error", 20, 3)
    compiled, _ = both_optimizers("adam")
    weight = rng.random(20)
    trainer = trainer_of(
        sparse_network(naive),
        X,
        "squared_error",
        target,
        compiled,
        batch_size=16,
        weight=weight,
    )
    order = rng.permutation(20)
    before = order.copy()
    trainer.run_epoch(order, 0.1)
    untouched = plain_samples(X, np.float64)
    np.testing.assert_array_equal(trainer.samples.dense, untouched.dense)
    expected = targets_of("squared_error", target, weight, np.float64)
    for ours, theirs in zip(trainer.targets, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(order, before)
