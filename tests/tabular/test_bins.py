"""Bins of one column."""

import numpy as np
import pytest

from sparsekit._utils._table_values import ramps
from sparsekit.tabular._bins import bin_edges


def test_quantile_bins_hold_equally_many_values():
    values = np.random.default_rng(0).normal(size=1000)
    edges = bin_edges(values, 8)
    counts = np.histogram(values, edges)[0]
    assert edges.size == 9
    assert abs(counts - 125).max() <= 1


def test_bins_of_few_distinct_values_end_at_them():
    assert bin_edges(np.array([3.0, 1.0, 2.0, 3.0]), 8).tolist() == [1.0, 2.0, 3.0]


def test_two_values_make_one_bin_and_a_constant_none():
    assert bin_edges(np.array([0.0, 1.0, 1.0, np.nan]), 8).tolist() == [0.0, 1.0]
    assert bin_edges(np.array([5.0, 5.0, np.nan]), 8).size == 0
    assert bin_edges(np.array([np.nan, np.nan]), 8).size == 0


def test_trees_cut_where_the_target_jumps():
    values = np.linspace(0.0, 1.0, 500)
    edges = bin_edges(values, 2, "tree", (values > 0.3).astype(float))
    assert edges.size == 3
    assert values[values <= 0.3].max() <= edges[1] <= values[values > 0.3].min()


def test_trees_of_classes_take_text():
    values = np.linspace(0.0, 1.0, 200)
    y = np.where(values > 0.5, "late", "early")
    assert bin_edges(values, 2, "tree", y, classify=True).size == 3


def test_ramps_follow_the_formula_of_the_paper():
    """Gorishniy et al. 2022, equation 1, but for values beyond the outer edges."""
    edges = np.array([0.0, 1.0, 3.0])
    values = np.array([-1.0, 0.25, 1.0, 2.0, 9.0, np.nan])
    expected = [[0, 0], [0.25, 0], [1, 0], [1, 0.5], [1, 1], [np.nan, np.nan]]
    np.testing.assert_array_equal(ramps(values, edges), expected)


@pytest.mark.parametrize("largest", [1e300, 1.7e308])
def test_ramps_of_the_largest_numbers_are_finite(largest):
    edges = np.array([-largest, 0.0, largest])
    found = ramps(np.array([-largest, -0.5 * largest, largest]), edges)
    np.testing.assert_allclose(found, [[0, 0], [0.5, 0], [1, 1]])
