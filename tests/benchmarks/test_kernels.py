"""The parts of a step by themselves: forward, backward, and the rewiring."""

import numpy as np
import pytest

from benchmarks.speed.networks import square_of, trainer_for
from benchmarks.speed.roofline import layer_kernels
from sparsekit.topology import RandomGrower, SETPruner

pytestmark = pytest.mark.benchmark


@pytest.mark.parametrize("density", [0.01, 0.1])
def test_kernels_of_a_layer(benchmark, density):
    kernels = benchmark.pedantic(layer_kernels, (density,), rounds=1)
    for kernel in kernels:
        gigaflops = kernel.flops / kernel.seconds / 1e9
        benchmark.extra_info[kernel.name] = gigaflops
        # Plain loops that reload their sums reach 2 to 4 on any machine of today.
        assert gigaflops > 1


@pytest.mark.benchmark(group="rewiring")
@pytest.mark.parametrize("n_connections", [10**5, 10**6, 10**7])
def test_rewiring(benchmark, n_connections):
    trainer = trainer_for(square_of(n_connections, 0.01, batch_size=16))
    rng = np.random.default_rng(0)
    n_replaced = benchmark.pedantic(
        trainer.rewire,
        (SETPruner(), RandomGrower(), 0.1, rng),
        rounds=5,
        warmup_rounds=1,
    )
    assert n_replaced == pytest.approx(0.1 * n_connections, rel=0.01)
