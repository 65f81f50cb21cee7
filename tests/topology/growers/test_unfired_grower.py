"""Connections grow where none has ever been."""

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import chisquare

from sparsekit.topology import Layer, UnfiredGrower
from tests.reference.strategies import rewirings


@given(rewirings())
def test_positions_that_had_a_connection_come_last(drawn):
    layer, dropped, count, free = drawn
    positions = UnfiredGrower().select(layer, dropped, count, np.random.default_rng(0))
    unfired = set(free) - set(layer.explored.tolist())
    again = set(positions.tolist()) - unfired
    assert len(again) == max(count - len(unfired), 0)


@pytest.mark.parametrize("explored", [[1, 3, 4], [0, 1, 2, 3, 4, 6, 8]])
def test_growth_is_uniform_over_the_positions_of_a_kind(explored):
    # Of nine positions one is taken by a survivor, and one was by a connection that
    # goes. In the second case two of nine are unfired, so that all of them are taken.
    layer = Layer(np.array([0, 1, 2, 2]), np.array([1, 0]), np.ones(2), 3)
    layer = layer._replace(explored=np.array(explored))
    dropped = np.array([False, True])
    rng = np.random.default_rng(0)
    counts = np.zeros(9)
    for _ in range(2000):
        counts[UnfiredGrower().select(layer, dropped, 4, rng)] += 1
    unfired = np.setdiff1d(np.arange(9), explored)
    fired = np.setdiff1d(explored, [1])
    assert counts[1] == 0
    if unfired.size >= 4:
        assert counts[fired].sum() == 0
        assert chisquare(counts[unfired]).pvalue > 1e-3
    else:
        assert (counts[unfired] == 2000).all()
        assert chisquare(counts[fired]).pvalue > 1e-3


def test_a_layer_that_does_not_tell_what_was_explored_is_an_error():
    layer = Layer(np.array([0, 1]), np.array([0]), np.ones(1), 2)
    with pytest.raises(ValueError, match=r"layer\.explored is None"):
        UnfiredGrower().select(layer, np.array([True]), 1, np.random.default_rng(0))
