"""A rewiring that compiled code decides is the one that Python plans layer by layer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.network import Optimizer
from sparsekit.topology import (
    MagnitudePruner,
    RandomGrower,
    RandomPruner,
    SETPruner,
    ThresholdPruner,
)
from tests.reference.cases import (
    random_naive_network,
    random_target,
    sparse_network,
    trainer_of,
)

PRUNERS = [
    SETPruner(),
    MagnitudePruner(),
    RandomPruner(),
    *map(ThresholdPruner, (0.0, -0.0, 1e-3, 0.5, 1e300, np.inf)),
]
levels = st.lists(st.integers(1, 9), min_size=2, max_size=5).map(tuple)
# An edge, the numbers next to it, or anything between.
fractions = st.sampled_from([0.0, 5e-324, 0.3, 0.5, 1.0 - 2**-53, 1.0]) | st.floats(
    0, 1
)


class OwnGrower(RandomGrower):
    """One of a user's own, for which Python plans every layer."""


def trainer_with(seed, sizes, density, dtype, solver):
    """Return a trainer whose network has equal weights and zeros of both signs, too."""
    rng = np.random.default_rng(seed)
    network = sparse_network(random_naive_network(rng, sizes, density), dtype)
    few = rng.choice(np.array([0.0, -0.0, 0.5, -0.5, 1e-40]), network.weights.size)
    network.weights[:] = np.where(rng.random(few.size) < 0.4, few, network.weights)
    X, target = rng.normal(size=(3, sizes[0])), None
    target = random_target(rng, "squared_error", 3, sizes[-1])
    optimizer = Optimizer(solver, 0.0)
    trainer = trainer_of(network, X, "squared_error", target, optimizer, batch_size=3)
    for moment in trainer.state.weight_moments().values():
        moment[:] = rng.normal(size=moment.size)
    trainer.state.count_steps(rng.random() < 0.5)
    trainer.state.weight_born[:] = rng.integers(9, size=trainer.state.weight_born.size)
    return trainer


def everything(trainer, change):
    """Return all arrays of a network, its optimizer and a change, by name."""
    plan = change.plan._asdict()
    others = {"n_regrown": change.n_regrown, "degrees": change.degrees}
    return trainer.network.to_dict() | trainer.state.to_dict() | plan | others


@pytest.mark.parametrize("pruner", PRUNERS, ids=str)
@given(
    levels,
    st.sampled_from([0.1, 0.5, 0.9, 1]),
    st.sampled_from([np.float32, np.float64]),
    st.sampled_from(["sgd", "adam"]),
    fractions,
    st.sampled_from([np.random.PCG64, np.random.Philox]),
    st.integers(0, 10**6),
)
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_same_random_numbers_make_the_same_network(
    pruner, sizes, density, dtype, solver, fraction, source, seed
):
    results = []
    for grower in (RandomGrower(), OwnGrower()):
        trainer = trainer_with(seed, sizes, density, dtype, solver)
        rng = np.random.Generator(source(seed))
        change = trainer.rewire(pruner, grower, fraction, rng)
        results.append(everything(trainer, change) | {"next": rng.integers(2**63)})
    ours, theirs = results
    for name in theirs:
        assert np.asarray(ours[name]).dtype == np.asarray(theirs[name]).dtype, name
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)
