"""Binary search in a part of an array agrees with a count of what is smaller."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.kernels import selection
from tests.reference.inner import callable_from_python

first_not_below = callable_from_python(selection.first_not_below)


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(-1, 10), st.data())
def test_all_before_the_place_are_smaller_and_none_from_it_on(drawn, goal, data):
    low = data.draw(st.integers(0, len(drawn)))
    high = data.draw(st.integers(low, len(drawn)))
    values = np.array(drawn, dtype=np.int64)
    values[low:high].sort()  # what lies outside is in any order
    place = first_not_below(values, low, high, goal)
    assert place == low + (values[low:high] < goal).sum()
