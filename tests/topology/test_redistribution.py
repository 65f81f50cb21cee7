"""How many of the new connections each layer gets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.topology import (
    Layer,
    MomentumRedistribution,
    NonzeroRedistribution,
    RandomGrower,
    SETPruner,
    plan_rewiring,
)
from tests.reference.strategies import layers, shares

RNG = np.random.default_rng(0)  # nothing here depends on it


def layer_of(n_connections, n_in, **facts):
    """Return a layer with one output and inputs that connect from the first on."""
    indptr, indices = np.array([0, n_connections]), np.arange(n_connections)
    return Layer(indptr, indices, np.ones(n_connections), n_in, **facts)


def mask(n, n_dropped):
    return np.arange(n) < n_dropped


def with_gradients(n_connections, n_in, gradients):
    """Return a layer whose gradient at input `j` is ``gradients[j]``."""
    values = np.asarray(gradients, dtype=np.float64).reshape(1, -1, 1)
    return layer_of(n_connections, n_in, values=values, deltas=np.ones((1, 1, 1)))


def test_nonzero_follows_the_survivors():
    network = [layer_of(10, 90), layer_of(10, 90), layer_of(10, 90)]
    dropped = [mask(10, 9), mask(10, 5), mask(10, 4)]
    counts = NonzeroRedistribution().share(network, dropped, 24)
    assert counts.tolist() == [2, 10, 12]


def test_momentum_follows_the_mean_gradient_of_the_survivors():
    gradients = [100.0, -1.0, 3.0, 50.0]  # the first goes, the last is free
    network = [with_gradients(3, 4, gradients), with_gradients(2, 9, [7, -8] + [0] * 7)]
    dropped = [mask(3, 1), mask(2, 1)]
    counts = MomentumRedistribution().share(network, dropped, 5)
    assert counts.tolist() == [1, 4]  # in proportion to 2 and 8
    counts = MomentumRedistribution().share(network, [mask(3, 1), mask(2, 0)], 5)
    assert counts.tolist() == [1, 4]  # 2 and 7.5


def test_what_a_full_layer_cannot_take_goes_to_the_others():
    network = [layer_of(8, 10), layer_of(4, 30), layer_of(4, 30)]
    dropped = [mask(8, 1), mask(4, 2), mask(4, 1)]
    # 7, 2 and 3 survive; the first layer has three free positions.
    counts = NonzeroRedistribution().share(network, dropped, 13)
    assert counts.tolist() == [3, 4, 6]


def test_layer_without_survivors_gets_one_connection():
    network = [layer_of(3, 10), layer_of(5, 10)]
    counts = NonzeroRedistribution().share(network, [mask(3, 3), mask(5, 2)], 5)
    assert counts.tolist() == [1, 4]


def test_layers_share_by_their_room_where_nothing_survives():
    network = [layer_of(3, 10), layer_of(3, 20)]
    counts = NonzeroRedistribution().share(network, [mask(3, 3), mask(3, 3)], 6)
    assert counts.tolist() == [2, 4]


@given(st.lists(layers(), min_size=1, max_size=4), shares)
def test_redistribution_keeps_the_total(drawn, fraction):
    network = [layer for layer, _ in drawn]
    total = sum(layer.indices.size for layer in network)
    plans = plan_rewiring(
        network,
        SETPruner(),
        RandomGrower(),
        fraction,
        drawn[0][1],
        redistribution=NonzeroRedistribution(),
    )
    after = [(~dropped).sum() + grown.size for dropped, grown in plans]
    assert sum(after) == total


def test_momentum_needs_the_gradient():
    with pytest.raises(ValueError, match="gradient is not known"):
        MomentumRedistribution().share([layer_of(2, 3)], [mask(2, 1)], 1)
