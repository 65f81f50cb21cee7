"""Sorted sets of whole numbers agree with set arithmetic."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.kernels.sampling import insert_absent, sort_distinct
from tests.reference import naive_topology as naive


def array_of(numbers):
    return np.array(numbers, dtype=np.int64)


# Spread evenly or not: that matters to speed only.
@given(st.integers(1, 10**18), st.data())
def test_sort_distinct(population, data):
    numbers = st.integers(0, population - 1) | st.integers(0, min(population - 1, 5))
    values = data.draw(st.lists(numbers, max_size=60))
    assert sort_distinct(array_of(values), population).tolist() == sorted(set(values))


small_sets = st.sets(st.integers(0, 30), max_size=20).map(sorted)


@given(small_sets, small_sets)
def test_insert_absent(values, ranks):
    result = insert_absent(array_of(values), array_of(ranks))
    assert result.tolist() == naive.insert_absent(values, ranks)
