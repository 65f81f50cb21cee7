"""The memory of a pruner follows the connections, not the size of the layer."""

import tracemalloc

import numpy as np
import pytest

from sparsekit.topology import (
    AblationPruner,
    AdaptiveThresholdPruner,
    Layer,
    MagnitudePruner,
    MESTPruner,
    RandomGrower,
    RandomPruner,
    RandomTopology,
    RelativeImportancePruner,
    SETPruner,
    SignChangePruner,
    SoftPruner,
    TaylorPruner,
    ThresholdPruner,
    plan_rewiring,
)

N = 50_000
N_CONNECTIONS = 250_000  # 0.01 % of the positions

PRUNERS = [
    AblationPruner(),
    AdaptiveThresholdPruner(1.0),
    MESTPruner(),
    MagnitudePruner(),
    RandomPruner(),
    RelativeImportancePruner(),
    SETPruner(),
    SignChangePruner(),
    SoftPruner(MESTPruner()),
    TaylorPruner(),
    ThresholdPruner(1.0),
]


@pytest.fixture(scope="module", params=[np.float32, np.float64])
def layer(request):
    rng = np.random.default_rng(0)
    indptr, indices = RandomTopology().draw(N, N, N_CONNECTIONS, rng)
    return Layer(
        indptr,
        indices,
        rng.normal(size=N_CONNECTIONS).astype(request.param),
        N,
        values=np.ones((1, N, 16), dtype=request.param),
        deltas=np.ones((1, N, 16), dtype=request.param),
        signs=rng.choice(np.array([-1, 1], dtype=np.int8), N_CONNECTIONS),
        state={},
    )


def peak_bytes(work):
    work()  # compiles, which takes memory, too
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("pruner", PRUNERS, ids=repr)
def test_pruner_takes_less_than_60_bytes_for_a_connection(layer, pruner):
    def prune():
        pruner.select(layer, 0.3, np.random.default_rng(0))

    assert peak_bytes(prune) < 60 * N_CONNECTIONS


@pytest.mark.parametrize(
    "pruner", [MagnitudePruner("network"), SoftPruner(MESTPruner(scope="network"))]
)
def test_ranking_the_network_takes_less_than_60_bytes_for_a_connection(layer, pruner):
    network = [layer, layer]

    def prune():
        pruner.select_network(network, 0.3, np.random.default_rng(0))

    assert peak_bytes(prune) < 60 * 2 * N_CONNECTIONS


def test_plan_that_must_drop_more_takes_less_than_60_bytes_for_a_connection(layer):
    network = [layer, layer]

    def plan():
        rng = np.random.default_rng(0)
        counts = [N_CONNECTIONS // 2] * 2
        pruner = ThresholdPruner(0.01)
        plan_rewiring(network, pruner, RandomGrower(), 0.3, rng, counts=counts)

    assert peak_bytes(plan) < 60 * 2 * N_CONNECTIONS
