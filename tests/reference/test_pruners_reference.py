"""Pruners agree with loops over dense layers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from sparsekit.topology import (
    LAMPPruner,
    Layer,
    MagnitudePruner,
    MESTPruner,
    RelativeImportancePruner,
    SignChangePruner,
    SoftPruner,
    TaylorPruner,
    ThresholdPruner,
)
from sparsekit.topology._selection import mark_lowest
from tests.reference import naive_pruners as naive
from tests.reference.strategies import known_layers, shares

RNG = np.random.default_rng(0)  # nothing here depends on it


@given(known_layers(), shares)
def test_the_magnitude_pruner_drops_as_by_sorting(drawn, fraction):
    layer, _ = drawn
    dropped = MagnitudePruner().select(layer, fraction, RNG)
    assert dropped.tolist() == naive.lowest(naive.magnitude(layer), fraction)


@given(st.lists(known_layers(), min_size=1, max_size=4), shares)
def test_magnitude_over_the_network(drawn, fraction):
    network = [layer for layer, _ in drawn]
    dropped = MagnitudePruner("network").select_network(network, fraction, RNG)
    scores = [score for layer in network for score in naive.magnitude(layer)]
    assert np.concatenate(dropped).tolist() == naive.lowest(scores, fraction)
    for layer, mask in zip(network, dropped, strict=True):
        assert mask.shape == layer.weights.shape


@given(known_layers(), st.sampled_from([0.0, 1.0, 2.0, 2.5]), shares)
def test_the_threshold_pruner_drops_as_by_sorting(drawn, threshold, fraction):
    layer, _ = drawn
    dropped = ThresholdPruner(threshold).select(layer, fraction, RNG)
    assert dropped.tolist() == naive.below_threshold(layer, threshold, fraction)


@given(
    known_layers(), st.sampled_from([0.0, 1.5]), st.sampled_from([0.0, 2.0]), st.data()
)
def test_the_sign_change_pruner_drops_as_one_by_one(drawn, shrinkage, noise, data):
    layer, _ = drawn
    seed = data.draw(st.integers(0, 2**32 - 1))
    pruner = SignChangePruner(shrinkage, noise)
    dropped = pruner.select(layer, 0.3, np.random.default_rng(seed))
    moves = noise * np.random.default_rng(seed).standard_normal(dropped.size)
    assert dropped.tolist() == naive.crossed_zero(layer, shrinkage, moves)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(st.data())
def test_scores_of_pruners_equal_their_formulas(dtype, data):
    layer, _ = data.draw(known_layers(dtype=dtype))
    twins = [
        (RelativeImportancePruner(), naive.relative_importance(layer)),
        (MESTPruner(0.3), naive.mest(layer, 0.3)),
        (LAMPPruner(), naive.lamp(layer)),
        (TaylorPruner(), naive.taylor(layer)),
        (SoftPruner(TaylorPruner(), 2.0), naive.taylor(layer)),
    ]
    # Gradients are sums of up to 6 products: they may cancel.
    largest = np.abs(layer.weights).max(initial=1)
    for pruner, expected in twins:
        np.testing.assert_allclose(
            pruner.scores(layer), expected, rtol=1e-4, atol=1e-5 * largest
        )


@given(
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.0, 2.0, np.inf]), max_size=30), shares
)
def test_lowest_scores_go_and_of_equal_ones_the_first(scores, fraction):
    marked = mark_lowest(np.array(scores), int(fraction * len(scores)))
    assert marked.tolist() == naive.lowest(scores, fraction)


def test_scores_that_are_no_numbers_go_last():
    scores = np.array([np.nan, 2.0, np.nan, np.inf, 1.0])
    order = [4, 1, 3, 0, 2]
    for count in range(6):
        assert set(np.flatnonzero(mark_lowest(scores, count))) == set(order[:count])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_soft_survivors_are_drawn_one_after_another(temperature):
    weights = np.array([0.5, -1.0, 2.0, 1.5])
    layer = Layer(np.array([0, 4]), np.arange(4), weights, 9)
    chances = naive.chances_to_survive(np.abs(weights), temperature, 2)
    counts = dict.fromkeys(chances, 0)
    rng = np.random.default_rng(0)
    for _ in range(4000):
        dropped = SoftPruner(temperature=temperature).select(layer, 0.5, rng)
        counts[frozenset(np.flatnonzero(~dropped).tolist())] += 1
    expected = [4000 * chance for chance in chances.values()]
    assert chisquare(list(counts.values()), expected).pvalue > 1e-3
