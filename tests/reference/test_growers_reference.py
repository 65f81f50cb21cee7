"""Growers agree with loops over all positions, given the same random numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.kernels.sampling import draw_by_column
from tests.reference import naive_growers
from tests.reference import naive_topology as naive
from tests.reference.strategies import layers, pairs_of, shares

# Few different ones: columns without a rate, and ties, come up often.
rates = st.sampled_from([0.0, 0.0, 1e-6, 0.25, 0.5, 1.0])


@given(layers(), shares, shares, st.data())
def test_draw_by_column(drawn, drop_rate, grow_rate, data):
    layer, rng = drawn
    dropped = rng.random(layer.indices.size) < drop_rate
    column_rates = np.array([data.draw(rates) for _ in range(layer.n_in)])
    free = naive.free_positions(pairs_of(layer), layer.n_in, layer.n_out, dropped)
    count = int(grow_rate * len(free))
    seed = rng.integers(2**64, dtype=np.uint64)
    positions = draw_by_column(
        seed, layer.indptr, layer.indices, dropped, column_rates, count
    )
    expected = naive_growers.draw_by_column(
        seed, free, column_rates, layer.n_in, layer.n_out, count
    )
    assert positions.tolist() == expected
