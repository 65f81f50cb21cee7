"""The number of threads changes no bit, and two threads never run kernels at once."""

import numba
import numpy as np
import pytest

from sparsekit.kernels.epoch import run_epoch
from sparsekit.network import (
    Optimizer,
    build_network,
    raw_outputs,
    thread_count,
)
from sparsekit.network._threads import parallel_section, useful_threads
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
    monkeypatch.setattr("sparsekit.network._threads._WORTH_THREADS", 0)


def trainer_with(n_threads, solver, batch_size=16):
    """Return a trainer; all of them are alike but for the number of threads."""
    rng = np.random.default_rng(0)
    network = build_network(SIZES, COUNTS, "relu", None, np.float32, rng)
    return trainer_of(
        network,
        rng.normal(size=(N_ROWS, SIZES[0])),
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
@pytest.mark.parametrize(("solver", "batch_size"), [("sgd", 16), ("adam", 64)])
def test_training_gives_the_same_bits_on_one_and_two_threads(solver, batch_size):
    serial = bits_after_training(trainer_with(1, solver, batch_size))
    assert bits_after_training(trainer_with(2, solver, batch_size)) == serial


@needs_two_threads
def test_prediction_gives_the_same_bits_on_one_and_two_threads():
    rng = np.random.default_rng(0)
    network = trainer_with(1, "sgd").network
    samples = plain_samples(rng.normal(size=(333, SIZES[0])), np.float32)
    serial = raw_outputs(network, samples)
    np.testing.assert_array_equal(raw_outputs(network, samples, 2), serial)


def epoch_in_parts(trainer, parts):
    """Run the serial twin with the work split as for some number of threads."""
    total, _, _ = run_epoch(
        trainer._lanes,
        trainer._arrays,
        trainer.samples,
        trainer.targets,
        trainer.loss,
        np.arange(N_ROWS),
        trainer.batch_size,
        trainer._values,
        trainer._deltas,
        trainer._slots,
        trainer.optimizer.rule(0.05, trainer.network.dtype),
        trainer.noise,
        0,
        parts,
    )
    return total, trainer.network.weights, trainer.network.biases


@pytest.mark.parametrize("parts", [2, 3, 7, 100])
def test_splitting_the_work_changes_no_bit(parts):
    whole = epoch_in_parts(trainer_with(1, "adam"), 1)
    split = epoch_in_parts(trainer_with(1, "adam"), parts)
    for one, other in zip(whole, split, strict=True):
        np.testing.assert_array_equal(one, other)


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


def test_thread_count():
    available = numba.config.NUMBA_NUM_THREADS
    assert thread_count(None) == 1
    assert thread_count(1) == 1
    assert thread_count(10**6) == available
    assert 1 <= thread_count(-1) <= available


def test_short_work_is_not_shared(monkeypatch):
    monkeypatch.setattr("sparsekit.network._threads._WORTH_THREADS", 1000)
    assert useful_threads(4, n_connections=10, n_samples=99) == 1
    assert useful_threads(4, n_connections=10, n_samples=100) == 4
