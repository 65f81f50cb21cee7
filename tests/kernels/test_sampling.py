"""Samples of whole numbers agree with their definition and with set arithmetic."""

from itertools import count, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from sparsekit.kernels.hashing import stream
from sparsekit.kernels.sampling import (
    draw,
    draw_distinct,
    draw_subset,
    insert_absent,
    sort_distinct,
)
from tests.reference import naive_topology as naive


def array_of(numbers):
    return np.array(numbers, dtype=np.int64)


def naive_draws(seed, population):
    """Yield the draws, and where the stream goes on after each."""
    surplus = 64 - population.bit_length()
    for position in count():
        value = int(stream(np.uint64(seed), position)) >> surplus
        if value < population:
            yield value, position + 1


@given(
    st.integers(0, 2**64 - 1),
    st.integers(1, 2**63 - 1) | st.integers(1, 9),
    st.integers(1, 20),
)
def test_draws_equal_one_by_one(seed, population, size):
    values, end = draw(np.uint64(seed), 0, population, size)
    expected = list(islice(naive_draws(seed, population), size))
    assert values.tolist() == [value for value, _ in expected]
    assert end == expected[-1][1]


@pytest.mark.parametrize("population", [1, 2, 3, 8, 100, 127])
def test_draws_prefer_no_integer(population):
    values, _ = draw(np.uint64(1), 0, population, 20_000)
    counts = np.bincount(values, minlength=population)
    assert counts.size == population
    assert population == 1 or chisquare(counts).pvalue > 1e-3


@given(st.integers(0, 2**64 - 1), st.integers(1, 300), st.data())
def test_draw_distinct_adds_from_the_absent_until_there_are_enough(
    seed, population, data
):
    size = data.draw(st.integers(0, population // 2))
    seed = np.uint64(seed)
    values, used = draw(seed, 0, population, size)
    chosen = sorted(set(values.tolist()))
    while len(chosen) < size:
        ranks, used = draw(seed, used, population - len(chosen), size - len(chosen))
        chosen = naive.insert_absent(chosen, sorted(set(ranks.tolist())))
    assert draw_distinct(seed, population, size).tolist() == chosen


@given(st.integers(0, 2**64 - 1), st.integers(0, 300), st.data())
def test_of_more_than_half_the_others_are_drawn(seed, population, data):
    size = data.draw(st.integers(0, population))
    seed, is_most = np.uint64(seed), 2 * size > population
    drawn = draw_distinct(seed, population, population - size if is_most else size)
    drawn = set(drawn.tolist())
    expected = set(range(population)) - drawn if is_most else drawn
    assert draw_subset(seed, population, size).tolist() == sorted(expected)


# Spread evenly or not: that matters to speed only.
@given(st.integers(1, 10**18), st.data())
def test_sorting_leaves_each_value_once(population, data):
    numbers = st.integers(0, population - 1) | st.integers(0, min(population - 1, 5))
    values = data.draw(st.lists(numbers, max_size=60))
    assert sort_distinct(array_of(values), population).tolist() == sorted(set(values))


small_sets = st.sets(st.integers(0, 30), max_size=20).map(sorted)


@given(small_sets, small_sets)
def test_ranks_of_absent_numbers_become_numbers(values, ranks):
    result = insert_absent(array_of(values), array_of(ranks))
    assert result.tolist() == naive.insert_absent(values, ranks)
