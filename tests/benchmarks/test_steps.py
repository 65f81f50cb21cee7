"""Epochs of the small and of the wide network."""

import numba
import numpy as np
import pytest

from benchmarks.speed.networks import SMALL, trainer_for, wide

pytestmark = pytest.mark.benchmark


def benchmark_epoch(benchmark, work, n_threads=1):
    """Time epochs without rewirings, all compiled; report the time of a step, too."""
    trainer = trainer_for(work, n_threads)
    order = np.arange(work.n_rows)
    loss, finite = benchmark.pedantic(
        trainer.run_epoch,
        (order, work.learning_rate),
        rounds=10,
        warmup_rounds=2,
    )
    assert finite
    assert loss > 0
    if benchmark.stats:
        seconds = benchmark.stats.stats.median
        benchmark.extra_info["ms_per_step"] = 1e3 * seconds / work.steps_per_epoch


@pytest.mark.benchmark(group="epoch of the small network: 38 steps")
def test_small_network(benchmark):
    benchmark_epoch(benchmark, SMALL)


@pytest.mark.benchmark(group="epoch of the wide network: 20 steps")
@pytest.mark.parametrize(
    "n_threads",
    [
        1,
        pytest.param(
            2,
            marks=pytest.mark.skipif(
                numba.config.NUMBA_NUM_THREADS < 2, reason="numba has one thread here"
            ),
        ),
    ],
)
@pytest.mark.parametrize("sparsity", [0.99, 0.96, 0.9, 0.5])
def test_wide_network(benchmark, sparsity, n_threads):
    benchmark_epoch(benchmark, wide(1.0 - sparsity), n_threads)
