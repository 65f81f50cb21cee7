"""What all pruners have in common, and what each is for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from sparsekit.topology import (
    Layer,
    MagnitudePruner,
    MESTPruner,
    RandomGrower,
    RandomPruner,
    RelativeImportancePruner,
    SETPruner,
    SignChangePruner,
    SoftPruner,
    TaylorPruner,
    ThresholdPruner,
    needs_of,
    plan_rewiring,
)
from tests.reference.strategies import known_layers, shares

RNG = np.random.default_rng(0)  # nothing here depends on it

RANKING = [
    MagnitudePruner(),
    MESTPruner(),
    RandomPruner(),
    RelativeImportancePruner(),
    SoftPruner(),
    SoftPruner(MESTPruner(), temperature=3.0),
    SoftPruner(final_temperature=3.0),
    TaylorPruner(),
]
OTHERS = [SETPruner(), SignChangePruner(), ThresholdPruner(1.5)]


def layer_of(weights, **facts):
    weights = np.asarray(weights, dtype=np.float64)
    indptr, indices = np.array([0, weights.size]), np.arange(weights.size)
    return Layer(indptr, indices, weights, weights.size, **facts)


@pytest.mark.parametrize("pruner", RANKING, ids=repr)
@given(known_layers(), shares)
def test_count_is_the_fraction_rounded_down(pruner, drawn, fraction):
    layer, rng = drawn
    dropped = pruner.select(layer, fraction, rng)
    assert dropped.dtype == bool
    assert dropped.shape == layer.weights.shape
    assert dropped.sum() == int(fraction * dropped.size)


@pytest.mark.parametrize("pruner", RANKING, ids=repr)
def test_first_of_equal_connections_go_unless_they_are_drawn(pruner):
    facts = {"values": np.ones((1, 8, 1)), "deltas": np.ones((1, 1, 1))}
    facts["progress"] = 0.5
    dropped = pruner.select(layer_of(np.ones(8), **facts), 0.5, RNG)
    is_random = isinstance(pruner, RandomPruner | SoftPruner)
    assert is_random or dropped.tolist() == [True] * 4 + [False] * 4


@pytest.mark.parametrize("pruner", RANKING + OTHERS, ids=repr)
@given(known_layers(), shares, st.integers(0, 9))
def test_same_generator_gives_the_same_choice(pruner, drawn, fraction, seed):
    layer, _ = drawn
    first, again = (
        pruner.select(layer, fraction, np.random.default_rng(seed)) for _ in "ab"
    )
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    "pruner", [MESTPruner(), TaylorPruner(), SignChangePruner()], ids=repr
)
def test_fact_that_is_not_known_is_an_error(pruner):
    with pytest.raises(ValueError, match="not known"):
        pruner.select(layer_of([1, 2]), 0.5, RNG)


def test_set_and_magnitude_differ_by_the_signs():
    layer = layer_of([1, 2, 3, 4, -5, -6])
    dropped = SETPruner().select(layer, 0.5, RNG)
    assert dropped.tolist() == [True, True, False, False, True, False]
    dropped = MagnitudePruner().select(layer, 0.5, RNG)
    assert dropped.tolist() == [True, True, True, False, False, False]


def test_gradient_saves_a_small_weight():
    facts = {"values": np.array([[[30.0], [0.0]]]), "deltas": np.array([[[-1.0]]])}
    layer = layer_of([0.1, 0.2], **facts)
    assert MESTPruner(0.0).select(layer, 0.5, RNG).tolist() == [True, False]
    assert MESTPruner(0.01).select(layer, 0.5, RNG).tolist() == [False, True]
    assert TaylorPruner().select(layer, 0.5, RNG).tolist() == [False, True]


def test_threshold_decides_how_many_go_up_to_the_fraction():
    layer = layer_of([0.1, -0.2, 0.3, -0.4, 5.0])
    assert ThresholdPruner(0.15).select(layer, 0.6, RNG).sum() == 1
    dropped = ThresholdPruner(1.0).select(layer, 0.6, RNG)
    assert dropped.tolist() == [True, True, True, False, False]


def test_random_pruner_drops_all_connections_alike():
    layer, counts = layer_of(np.arange(10)), np.zeros(10)
    rng = np.random.default_rng(0)
    for _ in range(2000):
        counts += RandomPruner().select(layer, 0.3, rng)
    # Draws without replacement vary less than chi-square allows for.
    assert chisquare(counts).pvalue > 1e-3


def test_soft_pruner_drops_zeros_first():
    layer = layer_of([0, 1, 0, 1e-9])
    dropped = SoftPruner().select(layer, 0.5, RNG)
    assert dropped.tolist() == [True, False, True, False]


def test_soft_pruner_is_hard_at_a_high_temperature():
    layer = layer_of([3, 1, 4, 1.5, 9, 2.6])
    dropped = SoftPruner(temperature=1e6).select(layer, 0.5, RNG)
    np.testing.assert_array_equal(dropped, MagnitudePruner().select(layer, 0.5, RNG))


def test_soft_pruner_takes_needs_and_scope_from_the_pruner_inside():
    assert needs_of(SoftPruner()) == frozenset()
    assert needs_of(SoftPruner(TaylorPruner())) == {"values", "deltas"}
    assert SoftPruner(MagnitudePruner(scope="network")).scope == "network"


@pytest.mark.parametrize(
    ("progress", "temperature"), [(0.0, 1.0), (0.5, 5 / 3), (1.0, 3.0)]
)
def test_soft_temperature_rises_as_its_softness_does_linearly(progress, temperature):
    rising = SoftPruner(final_temperature=3.0)
    layer = layer_of(np.arange(1.0, 40.0), progress=progress)
    for seed in range(20):
        np.testing.assert_array_equal(
            rising.select(layer, 0.5, np.random.default_rng(seed)),
            SoftPruner(temperature=temperature).select(
                layer, 0.5, np.random.default_rng(seed)
            ),
        )


def test_a_rising_temperature_asks_for_the_progress():
    assert needs_of(SoftPruner(final_temperature=2.0)) == {"progress"}
    with pytest.raises(ValueError, match=r"layer\.progress is None"):
        SoftPruner(final_temperature=2.0).select(layer_of([1, 2]), 0.5, RNG)


@pytest.mark.parametrize(
    "pruner",
    [MagnitudePruner("network"), SoftPruner(MagnitudePruner("network"), 1e6)],
    ids=repr,
)
def test_network_scope_ranks_all_layers_together(pruner):
    network = [layer_of([9, 8, 7, 6]), layer_of([1, 2, 3, 10])]
    plans = plan_rewiring(network, pruner, RandomGrower(), 0.0, RNG, counts=[2, 2])
    assert plans[0].dropped.tolist() == [False, False, False, True]
    assert plans[1].dropped.tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    ("pruner", "message"),
    [
        (MagnitudePruner(scope="all"), "MagnitudePruner: scope must be one of 'layer'"),
        (ThresholdPruner(-0.1), r"threshold must be a number in \[0, inf\]; got -0.1"),
        (ThresholdPruner(np.nan), r"threshold must be a number in \[0, inf\]; got nan"),
        (ThresholdPruner("0.1"), "threshold must be a number"),
        (MESTPruner(np.inf), r"gradient_weight must be a number in \[0, inf\)"),
        (SoftPruner(temperature=0), r"temperature must be a number in \(0, inf\)"),
    ],
)
def test_bad_parameter_is_an_error(pruner, message):
    facts = {"values": np.ones((1, 2, 1)), "deltas": np.ones((1, 1, 1))}
    with pytest.raises(ValueError, match=message):
        pruner.select(layer_of([1, 2], **facts), 0.5, RNG)


def test_soft_pruner_refuses_a_pruner_without_scores():
    with pytest.raises(TypeError, match="must be a ScorePruner"):
        SoftPruner(SETPruner()).select(layer_of([1, 2]), 0.5, RNG)
