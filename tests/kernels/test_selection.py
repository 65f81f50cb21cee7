"""Work on sorted positions agrees with counts and with set arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.kernels import selection
from tests.reference.inner import callable_from_python
from tests.reference.strategies import layers, pairs_of

first_not_below = callable_from_python(selection.first_not_below)


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(-1, 10), st.data())
def test_all_before_the_place_are_smaller_and_none_from_it_on(drawn, goal, data):
    low = data.draw(st.integers(0, len(drawn)))
    high = data.draw(st.integers(low, len(drawn)))
    values = np.array(drawn, dtype=np.int64)
    values[low:high].sort()  # what lies outside is in any order
    place = first_not_below(values, low, high, goal)
    assert place == low + (values[low:high] < goal).sum()


def is_sampled(position, n_bits):
    """Tell whether the first bits of the product with the golden ratio are zero."""
    product = position * 0x9E3779B97F4A7C15 % 2**64
    return product < 2 ** (64 - n_bits)


@pytest.mark.parametrize("n_bits", [0, 1, 3, 64])
@given(layers(), st.integers(0, 2**40))
def test_positions_of_connections_or_a_sample_of_them(n_bits, drawn, first):
    layer, _ = drawn
    positions = selection.positions_of(
        layer.indptr, layer.indices, layer.n_in, first, n_bits
    )
    everywhere = (row * layer.n_in + column for row, column in pairs_of(layer))
    expected = [p for p in everywhere if is_sampled(first + p, n_bits)]
    assert positions.tolist() == expected


@pytest.mark.parametrize("n_bits", [0, 1, 3, 64])
@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.integers(0, 10**6))
def test_new_connections_join_those_that_were_explored(n_bits, spans, seed):
    rng = np.random.default_rng(seed)
    starts = np.cumsum([0, *spans])
    explored = np.flatnonzero(rng.random(starts[-1]) < rng.random())
    grown = [np.flatnonzero(rng.random(span) < rng.random()) for span in spans]
    result = np.empty(explored.size + sum(map(len, grown)), dtype=np.int64)
    ends, rates = np.cumsum([0, *map(len, grown)]), np.empty(len(spans))
    n_kept = selection.add_explored(
        explored, starts, np.concatenate(grown), ends, n_bits, result, rates
    )
    known = set(explored.tolist())
    for first, new in zip(starts.tolist(), grown, strict=False):
        known |= {first + position for position in new.tolist()}
    kept = sorted(p for p in known if is_sampled(p, n_bits))
    assert result[:n_kept].tolist() == kept
    for layer, span in enumerate(spans):
        begin, end = starts[layer : layer + 2]
        n_here = sum(begin <= position < end for position in kept)
        assert rates[layer] == min(1.0, n_here * 2.0**n_bits / span)
