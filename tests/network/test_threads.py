"""The number of threads changes no bit, and two threads never run kernels at once."""

import numba
import numpy as np
import pytest
from scipy import sparse

from sparsekit.kernels._structs import DENSE, STORED
from sparsekit.network import (
    Optimizer,
    build_network,
    csr_samples,
    raw_outputs,
    thread_count,
)
from sparsekit.network._inference import parallel_section, useful_threads
from sparsekit.topology import RandomGrower, SETPruner
from tests.reference.cases import plain_samples, random_target, trainer_of

needs_two_threads = pytest.mark.skipif(
    numba.config.NUMBA_NUM_THREADS < 2, reason="numba has one thread here"
)
# The second layer is larger than the stretches in which parameters are updated.
SIZES = (12, 200, 100, 3)
COUNTS = (600, 5000, 150)
N_ROWS = 70


@pytest.fixture(autouse=True)
def threads_for_small_work(monkeypatch):
    """Let the threads share even steps that are too short to gain by it."""
    monkeypatch.setattr("sparsekit.network._inference._WORTH_THREADS", 0)


def trainer_with(n_threads, solver, batch_size=16, stored=False):
    """Return a trainer; all of them are alike but for the number of threads."""
    rng = np.random.default_rng(0)
    network = build_network(SIZES, COUNTS, "relu", None, np.float32, rng)
    X = rng.normal(size=(N_ROWS, SIZES[0]))
    if stored:
        X[rng.random(X.shape) < 0.5] = 0.0
        zeros, ones = np.zeros(SIZES[0]), np.ones(SIZES[0])
        X = csr_samples(sparse.csr_array(X), zeros, ones, np.float32)
    return trainer_of(
        network,
        X,
        "softmax",
        random_target(rng, "softmax", N_ROWS, 3),
        Optimizer(solver, 0.01),
        batch_size=batch_size,
        weight=rng.uniform(0.5, 2, size=N_ROWS),
        dropout=0.2,
        noise_seed=5,
        n_threads=n_threads,
    )


def bits_after_training(trainer, n_epochs=4):
    """Train, rewiring in between; return all that came of it, as bytes."""
    rng = np.random.default_rng(1)
    losses = []
    for epoch in range(n_epochs):
        if epoch:
            trainer.rewire(SETPruner(), RandomGrower(), 0.3, rng)
        losses.append(trainer.run_epoch(rng.permutation(N_ROWS), 0.05))
    arrays = {**trainer.network.to_dict(), **trainer.state.to_dict()}
    return losses, {name: np.asarray(array).tobytes() for name, array in arrays.items()}


@needs_two_threads
@pytest.mark.parametrize(("solver", "batch_size"), [("sgd", 16), ("adam", 70)])
def test_training_gives_the_same_bits_on_one_and_two_threads(solver, batch_size):
    serial = bits_after_training(trainer_with(1, solver, batch_size))
    assert bits_after_training(trainer_with(2, solver, batch_size)) == serial


@needs_two_threads
def test_dense_layers_give_the_same_bits_on_one_and_two_threads(monkeypatch):
    monkeypatch.setattr("sparsekit.network._formats.DENSE_FROM", 0.0)
    monkeypatch.setattr("sparsekit.network._formats.DENSE_SIDE", 0)
    trainer = trainer_with(1, "sgd", 70)
    assert (trainer.ready()[0].formats[1:] == DENSE).all()
    serial = bits_after_training(trainer)
    assert bits_after_training(trainer_with(2, "sgd", 70)) == serial


@needs_two_threads
def test_stored_entries_give_the_same_bits_on_one_and_two_threads(monkeypatch):
    monkeypatch.setattr("sparsekit.network._formats.STORED_BELOW", 0.9)
    trainer = trainer_with(1, "sgd", 70, stored=True)
    assert trainer.ready()[0].formats[1] == STORED
    serial = bits_after_training(trainer)
    assert bits_after_training(trainer_with(2, "sgd", 70, stored=True)) == serial


@needs_two_threads
def test_prediction_gives_the_same_bits_on_one_and_two_threads():
    rng = np.random.default_rng(0)
    network = trainer_with(1, "sgd").network
    samples = plain_samples(rng.normal(size=(333, SIZES[0])), np.float32)
    serial = raw_outputs(network, samples)
    np.testing.assert_array_equal(raw_outputs(network, samples, 2), serial)


def test_same_seed_gives_the_same_bits_twice():
    first = bits_after_training(trainer_with(1, "sgd"), n_epochs=2)
    assert bits_after_training(trainer_with(1, "sgd"), n_epochs=2) == first


def test_one_thread_needs_no_parallel_section():
    with parallel_section(1) as first, parallel_section(1) as second:
        assert not first
        assert not second


@needs_two_threads
def test_only_one_section_at_a_time_is_parallel():
    with parallel_section(2) as first:
        with parallel_section(2) as second:
            assert (first, second) == (True, False)
        with parallel_section(2) as third:
            assert not third
    with parallel_section(2) as fourth:
        assert fourth


@needs_two_threads
def test_section_ends_and_gives_back_the_threads_after_an_error():
    before = numba.get_num_threads()
    with pytest.raises(RuntimeError, match="stop"), parallel_section(2):
        raise RuntimeError("stop")
    assert numba.get_num_threads() == before
    with parallel_section(2) as parallel:
        assert parallel


def test_the_number_of_threads_lies_between_one_and_those_there_are():
    available = numba.config.NUMBA_NUM_THREADS
    assert thread_count(None) == 1
    assert thread_count(1) == 1
    assert thread_count(10**6) == available
    assert 1 <= thread_count(-1) <= available


def test_short_work_is_not_shared(monkeypatch):
    monkeypatch.setattr("sparsekit.network._inference._WORTH_THREADS", 1000)
    assert useful_threads(4, n_connections=10, n_samples=99) == 1
    assert useful_threads(4, n_connections=10, n_samples=100) == 4
