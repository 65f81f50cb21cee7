"""Input neurons are dropped, come back, and get fewer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.topology import (
    InputGrower,
    InputPruner,
    Layer,
    MagnitudePruner,
    RandomTopology,
    plan_rewiring,
)
from tests.reference.naive_growers import dense_gradient

N_IN, N_OUT = 30, 12


def first_layer(seed, progress, count=60):
    rng = np.random.default_rng(seed)
    indptr, indices = RandomTopology().draw(N_IN, N_OUT, count, rng)
    return Layer(
        indptr,
        indices,
        rng.normal(size=count),
        N_IN,
        input_rates=np.ones(N_IN),
        values=rng.normal(size=(1, N_IN, 16)),
        deltas=rng.normal(size=(1, N_OUT, 16)),
        progress=progress,
    )


def read_by(positions):
    """Return the inputs that positions of connections belong to."""
    return set((positions % N_IN).tolist())


seeds, progresses = st.integers(0, 10**6), st.sampled_from([0.0, 0.3, 0.64, 0.65, 1.0])


@given(seeds, progresses)
def test_the_weakest_inputs_lose_all_connections(seed, progress):
    layer = first_layer(seed, progress)
    strengths = np.bincount(layer.indices, np.abs(layer.weights), N_IN)
    pruner = InputPruner(n_inputs=8, exchange=0.0, pruner=MagnitudePruner())
    mask = pruner.select(layer, 1e-9, np.random.default_rng(0))
    kept, gone = set(layer.indices[~mask]), set(layer.indices[mask])
    assert not kept & gone
    wanted = 8 + int(22 * max(0.0, 1 - progress / 0.65))
    assert len(kept) == min(wanted, len(set(layer.indices)))
    if kept and gone:
        assert strengths[list(kept)].min() >= strengths[list(gone)].max()


@given(seeds, progresses)
def test_a_rewiring_leaves_as_many_inputs_as_are_due(seed, progress):
    layer = first_layer(seed, progress)
    (plan,) = plan_rewiring(
        [layer],
        InputPruner(n_inputs=8, exchange=0.3),
        InputGrower(n_inputs=8),
        0.3,
        np.random.default_rng(0),
    )
    positions = np.concatenate([layer.positions()[~plan.dropped], plan.grown])
    wanted = 8 + int(22 * max(0.0, 1 - progress / 0.65))
    n_read = len(read_by(positions))
    # All at the start, where as many are exchanged as are not read.
    assert n_read == wanted or progress == 0.0
    assert n_read <= wanted


@given(seeds)
def test_inputs_come_back_where_the_gradient_is_largest(seed):
    layer = first_layer(seed, progress=0.3)
    dropped = layer.indices >= 10
    count = int(dropped.sum())
    if count < 20:
        return
    grower = InputGrower(n_inputs=8, candidates=None)
    grown = grower.select(layer, dropped, count, np.random.default_rng(0))
    before = read_by(layer.positions()[~dropped])
    new = read_by(grown) - before
    sizes = np.abs(dense_gradient(layer)).reshape(N_OUT, N_IN).max(axis=0)
    others = sorted(set(range(N_IN)) - before, key=lambda j: -sizes[j])
    wanted = 8 + int(22 * (1 - 0.3 / 0.65))
    assert new == set(others[: wanted - len(before)])


def test_hidden_layers_grow_by_the_gradient():
    layer = first_layer(0, progress=1.0)._replace(input_rates=None)
    dropped = np.arange(60) < 30
    grown = InputGrower(n_inputs=1).select(layer, dropped, 30, np.random.default_rng(0))
    assert len(read_by(grown)) > 10


def test_connections_that_need_more_inputs_keep_them():
    layer = first_layer(1, progress=1.0, count=130)
    (plan,) = plan_rewiring(
        [layer],
        InputPruner(n_inputs=2),
        InputGrower(n_inputs=2),
        0.3,
        np.random.default_rng(0),
    )
    positions = np.concatenate([layer.positions()[~plan.dropped], plan.grown])
    assert len(read_by(positions)) == 11  # of 12 positions each, for 130


@pytest.mark.parametrize("strategy", [InputPruner(), InputGrower()], ids=str)
def test_the_progress_must_be_known(strategy):
    layer = first_layer(0, progress=None)
    arguments = [np.ones(60, dtype=bool), 3] if "Grower" in str(strategy) else [0.5]
    with pytest.raises(ValueError, match=r"layer\.progress is None"):
        strategy.select(layer, *arguments, np.random.default_rng(0))


def test_a_class_as_the_pruner_inside_is_refused():
    with pytest.raises(TypeError, match="InputPruner: pruner must be an object"):
        InputPruner(pruner=MagnitudePruner).check_parameters()
