"""Connections that grow from often observed inputs."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import chisquare

from sparsekit.topology import Layer, ObservedGrower, RandomGrower
from tests.reference import naive_topology as naive
from tests.reference.strategies import layers, pairs_of, shares

NONE = np.zeros(0, dtype=bool)


def empty_layer(n_in, n_out, rates):
    return Layer(
        np.zeros(n_out + 1, dtype=np.int64),
        np.zeros(0, dtype=np.int32),
        np.zeros(0),
        n_in,
        input_rates=np.asarray(rates),
    )


def grown(layer, dropped, count, seed):
    return ObservedGrower().select(layer, dropped, count, np.random.default_rng(seed))


@given(layers(), shares, shares)
def test_positions_are_free_sorted_distinct_and_as_many_as_asked_for(
    drawn, drop_rate, grow_rate
):
    layer, rng = drawn
    dropped = rng.random(layer.indices.size) < drop_rate
    free = naive.free_positions(pairs_of(layer), layer.n_in, layer.n_out, dropped)
    count = int(grow_rate * len(free))
    rates = rng.choice([0.0, 0.1, 1.0], size=layer.n_in)
    positions = grown(layer._replace(input_rates=rates), dropped, count, 0)
    assert positions.dtype == np.int64
    assert positions.size == count
    assert positions.tolist() == sorted(set(positions.tolist()) & set(free))


def test_a_position_is_as_probable_as_its_input_is_often_observed():
    rates = np.array([0.1, 0.9, 0.0, 0.4])
    # Two of twelve positions are taken by survivors, one by a connection that goes.
    layer = Layer(np.array([0, 1, 1, 3]), np.array([1, 0, 3]), np.ones(3), 4, rates)
    dropped = np.array([False, False, True])
    rng = np.random.default_rng(0)
    counts = np.zeros(12)
    for _ in range(5000):
        counts[ObservedGrower().select(layer, dropped, 1, rng)] += 1
    weights = np.tile(rates, 3)
    weights[[1, 8]] = 0
    assert not counts[weights == 0].any()
    expected = 5000 * weights / weights.sum()
    possible = weights > 0
    assert chisquare(counts[possible], expected[possible]).pvalue > 1e-3


def test_several_positions_are_drawn_one_after_another_from_those_left():
    rates = np.array([0.1, 0.3, 0.6])
    layer = empty_layer(3, 1, rates)
    rng = np.random.default_rng(1)
    counts = {(0, 1): 0, (0, 2): 0, (1, 2): 0}
    for _ in range(5000):
        counts[tuple(ObservedGrower().select(layer, NONE, 2, rng).tolist())] += 1
    chances = dict.fromkeys(counts, 0.0)
    for first, second in permutations(range(3), 2):
        pair = min(first, second), max(first, second)
        chances[pair] += rates[first] * rates[second] / (1 - rates[first])
    expected = [5000 * chances[pair] for pair in counts]
    assert chisquare(list(counts.values()), expected).pvalue > 1e-3


def test_large_samples_follow_the_rates():
    n = 2000
    rates = np.linspace(0, 1, n)
    positions = grown(empty_layer(n, n, rates), NONE, 50_000, 0)
    counts = np.bincount(positions % n, minlength=n).reshape(20, -1).sum(axis=1)
    expected = 50_000 * rates.reshape(20, -1).sum(axis=1) / rates.sum()
    # The sample is an 80th of the positions: a draw changes the chances hardly.
    assert chisquare(counts, expected).pvalue > 1e-3
    by_row = np.bincount(positions // n, minlength=n).reshape(20, -1).sum(axis=1)
    assert chisquare(by_row).pvalue > 1e-3


def test_inputs_that_are_never_observed_come_last_and_uniformly():
    layer = empty_layer(4, 5, [0.0, 0.5, 1.0, 0.0])
    counts = np.zeros(20)
    for seed in range(2000):
        counts[grown(layer, NONE, 13, seed)] += 1
    is_observed = np.tile(layer.input_rates > 0, 5)
    assert (counts[is_observed] == 2000).all()
    # Draws without replacement vary less than chi-square allows for.
    assert chisquare(counts[~is_observed]).pvalue > 1e-3


@pytest.mark.parametrize("rates", [None, np.full(9, 0.3), np.zeros(9), np.ones(9)])
def test_equal_rates_give_what_the_random_grower_gives(rates):
    layer = empty_layer(9, 9, rates)._replace(input_rates=rates)
    expected = RandomGrower().select(layer, NONE, 20, np.random.default_rng(3))
    np.testing.assert_array_equal(grown(layer, NONE, 20, 3), expected)


def test_same_generator_gives_the_same_positions():
    layer = empty_layer(100, 50, np.linspace(0, 1, 100))
    first, again, other = (grown(layer, NONE, 500, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_rare_observations_make_no_draw_longer():
    # By rejection from uniform draws, each of these would take 10**12 tries.
    rates = np.full(10_000, 1e-12)
    rates[7] = 1.0
    positions = grown(empty_layer(10_000, 100, rates), NONE, 1100, 0)
    assert np.isin(np.arange(100) * 10_000 + 7, positions).all()


def test_a_layer_larger_than_memory():
    n = 10**6
    positions = grown(empty_layer(n, n, np.linspace(0, 1, n)), NONE, 10_000, 0)
    assert np.unique(positions).size == 10_000
    # The density of the column is 2 x: its mean is 2/3, and its deviation 0.24.
    assert (positions % n).mean() == pytest.approx(2 / 3 * n, rel=0.02)


@pytest.mark.parametrize(
    "rates", [np.ones(3), np.array([0.5, np.nan]), np.array([-0.1, 1]), [0.5, 1.1]]
)
def test_rates_that_are_none_are_an_error(rates):
    layer = empty_layer(2, 2, rates)
    with pytest.raises(ValueError, match=r"must be 2 numbers in \[0, 1\]"):
        grown(layer, NONE, 1, 0)
