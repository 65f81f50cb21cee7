"""The rows of a layer are split into blocks by their connections."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.kernels import blocks
from tests.reference.inner import callable_from_python

first_row = callable_from_python(blocks.first_row)


@given(
    st.lists(st.integers(0, 9), min_size=3, max_size=30),
    st.integers(1, 8),
    st.integers(0, 2),
)
def test_parts_cover_every_row_once_and_in_order(fan_ins, parts, begin):
    indptr = np.concatenate([[0], np.cumsum(fan_ins)])
    n_rows = len(fan_ins) - begin
    bounds = [first_row(indptr, begin, n_rows, p, parts) for p in range(parts + 1)]
    assert bounds[0] == 0
    assert bounds[-1] == n_rows
    assert bounds == sorted(bounds)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(1, 8))
def test_no_part_exceeds_its_share_by_more_than_a_row(fan_ins, parts):
    indptr = np.concatenate([[0], np.cumsum(fan_ins)])
    n_rows = len(fan_ins)
    bounds = [first_row(indptr, 0, n_rows, p, parts) for p in range(parts + 1)]
    loads = np.diff(indptr[bounds])
    assert loads.max() <= indptr[-1] / parts + max(fan_ins)
