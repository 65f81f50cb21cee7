"""Strategies with random parameters, on random layers."""

import inspect
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit import suggest_format, topology
from sparsekit.topology import (
    ErdosRenyi,
    Layer,
    check_strategy,
    plan_rewiring,
)
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import NONSENSE, parameters
from tests.fuzz.tables import seeds

CLASSES = {
    name: found
    for name in topology.__all__
    if inspect.isclass(found := getattr(topology, name))
    and not inspect.isabstract(found)
    and found is not Layer
}
PRUNERS = [c for name, c in CLASSES.items() if name.endswith("Pruner")]
GROWERS = [c for name, c in CLASSES.items() if name.endswith("Grower")]


@st.composite
def networks(draw):
    """Draw the layers of a network, with all fields that a strategy may need."""
    sizes = draw(st.lists(st.integers(1, 8), min_size=2, max_size=4))
    return [draw(layers(n_in, n_out)) for n_in, n_out in pairwise(sizes)]


@st.composite
def layers(draw, n_in, n_out):
    """Draw a layer of the given size."""
    rng = np.random.default_rng(draw(seeds))
    connected = rng.random((n_out, n_in)) < draw(st.sampled_from([0.0, 0.2, 0.5, 1.0]))
    weights = rng.normal(size=connected.sum()) * draw(
        st.sampled_from([0, 1, 1e-40, 1e30])
    )
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    weights = weights.astype(dtype)
    explored = np.flatnonzero(connected | (rng.random(connected.shape) < 0.3))
    protected = rng.random(weights.size) < draw(st.sampled_from([0.0, 0.5, 1.0]))
    return Layer(
        indptr=np.append(0, connected.sum(axis=1).cumsum()).astype(np.int64),
        indices=np.nonzero(connected)[1].astype(np.int32),
        weights=weights,
        n_in=n_in,
        input_rates=draw(st.sampled_from([None, rng.random(n_in), np.zeros(n_in)])),
        nonzero_rates=draw(st.sampled_from([None, rng.random(n_in)])),
        values=rng.normal(size=(2, n_in, 4)).astype(dtype),
        deltas=rng.normal(size=(2, n_out, 4)).astype(dtype),
        signs=rng.choice(np.array([-1, 1], dtype=np.int8), size=weights.size),
        explored=explored,
        progress=draw(st.floats(0, 1)),
        epoch=3,
        step=30,
        number=draw(st.integers(1, 2)),
        n_layers=2,
        state={},
        protected=draw(st.sampled_from([None, protected])),
    )


@pytest.mark.parametrize("strategy", CLASSES.values(), ids=CLASSES)
@given(data=st.data())
def test_strategies_refuse_bad_parameters_or_keep_their_contract(strategy, data):
    needs = inspect.signature(strategy).parameters
    given = data.draw(parameters(strategy)) if needs else {}
    made = behaves(lambda: strategy(**given))
    if made is None:
        return
    # These drop more than asked for: all that leads nowhere, or is to be read no more.
    greedy = topology.NeuronPruner, topology.InputPruner
    if strategy in PRUNERS + GROWERS and strategy not in greedy:
        behaves(lambda: keep_contract(made))
    for method, arguments in (
        ("density", (0.1, 0.5)),
        ("fraction", (3, 10, 0.3)),
        ("counts", ([4, 5, 2], 0.5)),
    ):
        if hasattr(made, method):
            n = len(inspect.signature(getattr(made, method)).parameters)
            if n == len(arguments):
                behaves(lambda: getattr(made, method)(*arguments))  # noqa: B023


def keep_contract(strategy):
    """Check a strategy, which may refuse its parameters where it is first used."""
    try:
        check_strategy(strategy)
    except AssertionError as error:
        if not isinstance(error.__cause__, ValueError | TypeError):
            raise


@given(
    networks(),
    st.sampled_from(PRUNERS),
    st.sampled_from(GROWERS),
    st.sampled_from([0.0, 0.3, 1.0]),
    seeds,
)
def test_a_plan_keeps_the_number_of_connections(
    network, pruner, grower, fraction, seed
):
    rng = np.random.default_rng(seed)
    plan = behaves(
        lambda: plan_rewiring(network, pruner(), grower(), fraction, rng), network
    )
    if plan is not None:
        for layer, change in zip(network, plan, strict=True):
            dropped = np.asarray(change.dropped)
            assert not (dropped & (layer.protected == np.True_)).any()
        assert sum(np.sum(c.dropped) for c in plan) == sum(c.grown.size for c in plan)


@given(
    st.lists(st.sampled_from([0, 1, 3, 50, -1, 2.5, None]), max_size=4),
    st.sampled_from([0.0, 0.5, 0.999, *NONSENSE]),
)
def test_counts(sizes, sparsity):
    counts = behaves(lambda: ErdosRenyi().counts(sizes, sparsity), sizes)
    if counts is not None:
        positions = np.multiply(sizes[:-1], sizes[1:])
        assert (counts <= positions).all()


@given(
    *[st.sampled_from([1, 10, 10**6, *NONSENSE])] * 2, *[st.sampled_from(NONSENSE)] * 2
)
def test_suggest_format(n_in, n_out, density, stored):
    found = behaves(
        lambda: suggest_format(n_in, n_out, density=density, stored_fraction=stored)
    )
    assert found is None or isinstance(found, str)
