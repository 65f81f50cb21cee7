"""Rewirings after which a network has another number of connections."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.kernels._structs import BY_INPUT, DENSE
from sparsekit.network import Optimizer
from sparsekit.topology import RandomGrower, SETPruner
from tests.network.test_trainer_rewiring import (
    belongings,
    layers_of,
    naive_copy,
    random_trainer,
)
from tests.reference.cases import (
    plain_sgd,
    random_naive_network,
    sparse_network,
    trainer_of,
)
from tests.reference.naive_plan import divided
from tests.reference.naive_training import NaiveOptimizer, train_epoch


@given(
    st.sampled_from(["sgd", "adam"]),
    st.sampled_from([0.0, 0.3]),
    st.sampled_from([0.5, 0.9, 1.3]),
    st.integers(0, 10**6),
)
def test_survivors_keep_weight_and_moments_and_the_total_is_exact(
    solver, fraction, factor, seed
):
    rng = np.random.default_rng(seed)
    trainer = random_trainer(rng, (6, 9, 8, 3), 0.5, solver)
    before = belongings(trainer)
    total = max(3, int(factor * trainer.network.weights.size))
    counts = divided(trainer.network.layers(), total)
    change = trainer.rewire(SETPruner(), RandomGrower(), fraction, rng, counts=counts)
    network = trainer.network
    assert network.weights.size == network.indices.size == total
    assert network.indptr[-1] == total
    after = belongings(trainer)
    for layer, (old, new) in enumerate(zip(before, after, strict=True)):
        stayed = [pair for pair, value in new.items() if old.get(pair) == value]
        assert len(stayed) >= len(old) - change.plan.n_dropped[layer]
        assert (
            len(new)
            == len(old) - change.plan.n_dropped[layer] + change.plan.n_grown[layer]
        )
        for pair in new.keys() - set(stayed):
            assert all(not any(value) for value in new[pair])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_and_moments_keep_their_precision(dtype):
    rng = np.random.default_rng(0)
    trainer = random_trainer(rng, (6, 9, 8, 3), 0.5, "adam", dtype)
    trainer.rewire(SETPruner(), RandomGrower(), 0.3, rng, counts=[15, 15, 10])
    moved = [trainer.network.weights, *trainer.state.weight_moments().values()]
    assert {values.dtype for values in moved} == {np.dtype(dtype)}


def test_training_goes_on_with_fewer_connections():
    rng = np.random.default_rng(1)
    network = sparse_network(random_naive_network(rng, (6, 9, 8, 3), 0.8, "tanh"))
    X, target = rng.normal(size=(10, 6)), rng.normal(size=(10, 3))
    trainer = trainer_of(network, X, "squared_error", target, plain_sgd(), batch_size=4)
    order = np.arange(10)
    trainer.run_epoch(order, 0.1)
    trainer.rewire(SETPruner(), RandomGrower(), 0.2, rng, counts=[15, 15, 10])
    twin = naive_copy(trainer.network, "tanh")
    mean, _ = trainer.run_epoch(order, 0.1)
    optimizer = NaiveOptimizer("sgd", momentum=0.0, nesterov=False)
    expected = train_epoch(
        twin, optimizer, X, "squared_error", target, order=order, batch_size=4, rate=0.1
    )
    assert mean == pytest.approx(expected, rel=1e-10)
    ours = layers_of(naive_copy(trainer.network, "tanh"))
    for (theirs, _), (mine, _) in zip(layers_of(twin), ours, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-13)


def test_a_layer_that_becomes_sparse_is_no_longer_multiplied_as_a_matrix():
    rng = np.random.default_rng(2)
    network = sparse_network(random_naive_network(rng, (5, 80, 80, 3), 1.0))
    X, target = rng.normal(size=(20, 5)), rng.normal(size=(20, 3))
    trainer = trainer_of(
        network, X, "squared_error", target, Optimizer("adam", 0.0), batch_size=20
    )
    assert trainer._formats[2] == DENSE
    trainer.rewire(SETPruner(), RandomGrower(), 0.0, rng, counts=[150, 770, 80])
    assert trainer._formats[2] == BY_INPUT
    assert np.isfinite(trainer.run_epoch(np.arange(20), 0.01)[0])
