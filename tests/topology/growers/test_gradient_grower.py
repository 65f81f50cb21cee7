"""Connections grow where the gradient or its momentum is largest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from sparsekit.topology import (
    FanInGrower,
    GradientGrower,
    Layer,
    MomentumGrower,
    RandomGrower,
)
from tests.reference.strategies import rewirings

NONE = np.zeros(0, dtype=bool)


def empty_layer(values, deltas):
    """Return a layer without connections; `values` and `deltas` have a lane each."""
    values, deltas = np.asarray(values, dtype=float), np.asarray(deltas, dtype=float)
    indptr = np.zeros(deltas.shape[1] + 1, dtype=np.int64)
    return Layer(
        indptr,
        np.zeros(0, dtype=np.int32),
        np.zeros(0),
        values.shape[1],
        values=values[..., None],
        deltas=deltas[..., None],
    )


def grown(grower, layer, count, seed=0):
    return grower.select(layer, NONE, count, np.random.default_rng(seed)).tolist()


@given(rewirings(), st.integers(0, 2**32 - 1))
def test_one_candidate_for_a_connection_is_random_growth(drawn, seed):
    layer, dropped, count, _ = drawn
    a, b = (
        grower.select(layer, dropped, count, np.random.default_rng(seed))
        for grower in (GradientGrower(candidates=1), RandomGrower())
    )
    np.testing.assert_array_equal(a, b)


def test_more_candidates_find_larger_gradients():
    rng = np.random.default_rng(0)
    layer = empty_layer(rng.normal(size=(1, 100)), rng.normal(size=(1, 100)))
    sizes = [
        np.abs(layer.gradients_at(np.array(grown(GradientGrower(c), layer, 50)))).min()
        for c in (1, 3, 30, None)
    ]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] / 2


def test_infinitely_many_candidates_are_all():
    rng = np.random.default_rng(0)
    layer = empty_layer(rng.normal(size=(1, 9)), rng.normal(size=(1, 9)))
    everything = grown(GradientGrower(candidates=None), layer, 5)
    assert grown(GradientGrower(candidates=np.inf), layer, 5) == everything


def test_a_connection_that_was_just_dropped_may_come_back():
    layer = empty_layer([[1.0, 5.0]], [[1.0]])
    layer = layer._replace(
        indptr=np.array([0, 1]), indices=np.array([1]), weights=np.ones(1)
    )
    rng = np.random.default_rng(0)
    assert GradientGrower(None).select(layer, np.array([True]), 1, rng).tolist() == [1]


@pytest.mark.parametrize("grower", [GradientGrower(None), MomentumGrower(0.9, 1, None)])
def test_equal_gradients_are_decided_at_random(grower):
    layer = empty_layer([[0.0, 0.0, 0.0, 1.0]], [[1.0]])
    counts = np.zeros(4)
    for seed in range(1000):
        counts[grown(grower, layer, 2, seed)] += 1
    assert counts[3] == 1000
    assert chisquare(counts[:3]).pvalue > 1e-3


def test_a_gradient_that_is_no_number_comes_last():
    layer = empty_layer([[np.nan, 0.0, 2.0, np.nan]], [[1.0]])
    assert grown(GradientGrower(None), layer, 2) == [1, 2]


def test_momentum_prefers_gradients_that_keep_their_sign():
    # In the last batch the second gradient is larger.
    layer = empty_layer([[2.0, 3.0], [2.0, -3.0], [2.0, 3.0]], np.ones((3, 1)))
    assert grown(MomentumGrower(0.9, n_batches=3, candidates=None), layer, 1) == [0]
    assert grown(MomentumGrower(0.0, n_batches=3, candidates=None), layer, 1) == [1]


def test_a_gradient_of_several_batches_is_their_sum():
    layer = empty_layer([[2.0, 3.0], [2.0, -3.0]], np.ones((2, 1)))
    assert grown(GradientGrower(None, n_batches=2), layer, 1) == [0]


@pytest.mark.parametrize("candidates", [0.5, 0, -1, np.nan])
@pytest.mark.parametrize("grower", [GradientGrower, MomentumGrower, FanInGrower])
def test_fewer_candidates_than_connections_are_an_error(grower, candidates):
    layer = empty_layer([[1.0, 2.0]], [[1.0]])
    with pytest.raises(
        ValueError, match=r"candidates must be a number in \[1, inf\] or None"
    ):
        grown(grower(candidates=candidates), layer, 1)


@pytest.mark.parametrize("decay", [-0.1, 1.1, np.nan])
def test_a_decay_outside_the_unit_interval_is_an_error(decay):
    layer = empty_layer([[1.0, 2.0]], [[1.0]])
    with pytest.raises(ValueError, match=r"decay must be a number in \[0, 1\]"):
        grown(MomentumGrower(decay), layer, 1)


@pytest.mark.parametrize("grower", [GradientGrower(), MomentumGrower(), FanInGrower()])
def test_a_layer_without_its_gradient_is_an_error(grower):
    layer = empty_layer([[1.0, 2.0]], [[1.0]])._replace(values=None)
    with pytest.raises(ValueError, match="The gradient is not known"):
        grown(grower, layer, 1)
