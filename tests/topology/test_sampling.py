"""Uniform samples without replacement."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from sparsekit.topology._positions import draw_seeds, sample_distinct


@st.composite
def populations(draw):
    population = draw(st.integers(0, 200))
    return population, draw(st.integers(0, population)), draw(st.integers(0, 10**6))


@given(populations())
def test_sample_has_the_size_asked_for_and_is_sorted_and_distinct(drawn):
    population, size, seed = drawn
    sample = sample_distinct(population, size, np.random.default_rng(seed))
    assert sample.dtype == np.int64
    assert sample.shape == (size,)
    assert (np.diff(sample) > 0).all()
    assert size == 0 or (sample[0] >= 0 and sample[-1] < population)


# The last two draw the complement; in the second, an integer is often drawn twice.
@pytest.mark.parametrize(("population", "size"), [(9, 2), (8, 4), (7, 4), (8, 6)])
def test_every_subset_is_as_probable_as_any_other(population, size):
    rng = np.random.default_rng(0)
    subsets = {s: k for k, s in enumerate(combinations(range(population), size))}
    counts = np.zeros(len(subsets))
    for _ in range(100 * len(subsets)):
        counts[subsets[tuple(sample_distinct(population, size, rng).tolist())]] += 1
    assert chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize("population", [3 * 10**4, 10**9 + 7])
def test_large_samples_are_spread_evenly(population):
    # In the first, a fifth of the draws are repeated.
    rng = np.random.default_rng(0)
    counts = np.zeros(100)
    for _ in range(20):
        sample = sample_distinct(population, 10**4, rng)
        counts += np.bincount(sample * 100 // population, minlength=100)
    # Draws without replacement vary less than chi-square allows for.
    assert chisquare(counts).pvalue > 1e-3


def test_same_generator_gives_the_same_sample():
    a = sample_distinct(10**12, 1000, np.random.default_rng(5))
    b = sample_distinct(10**12, 1000, np.random.default_rng(5))
    np.testing.assert_array_equal(a, b)


def test_population_may_be_larger_than_memory():
    sample = sample_distinct(2**62, 100_000, np.random.default_rng(0))
    assert np.unique(sample).size == 100_000
    assert sample.mean() == pytest.approx(2**61, rel=0.02)


@pytest.mark.parametrize("source", [np.random.PCG64, np.random.MT19937])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_seeds_are_those_that_samples_take_one_by_one(source, count):
    first, second = (np.random.Generator(source(7)) for _ in range(2))
    seeds = draw_seeds(count, first)
    assert seeds.dtype == np.uint64
    assert seeds.tolist() == [
        int(second.integers(2**64, dtype=np.uint64)) for _ in range(count)
    ]
    assert first.integers(2**64, dtype=np.uint64) == second.integers(
        2**64, dtype=np.uint64
    )
