"""A rewiring is planned for all layers at once, exact in number."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import chisquare
from sklearn.base import BaseEstimator

from sparsekit.topology import (
    Layer,
    MagnitudePruner,
    RandomGrower,
    SETPruner,
    plan_rewiring,
)
from tests.reference import naive_topology as naive
from tests.reference.naive_plan import divided
from tests.reference.strategies import layers, pairs_of, shares

RNG = np.random.default_rng(0)  # nothing here depends on it

networks = st.lists(layers(), min_size=1, max_size=4)


class Lazy:
    """A pruner that drops nothing."""

    def select(self, layer, fraction, rng):
        return np.zeros(layer.indices.size, dtype=bool)


class Radical:
    """A pruner that drops everything."""

    def select(self, layer, fraction, rng):
        return np.ones(layer.indices.size, dtype=bool)


class Ranking:
    """A pruner that drops the smallest weights of the whole network."""

    scope = "network"

    def select_network(self, layers, fraction, rng):
        sizes = np.concatenate([np.abs(layer.weights) for layer in layers])
        dropped = np.zeros(sizes.size, dtype=bool)
        dropped[np.argsort(sizes, kind="stable")[: int(fraction * sizes.size)]] = True
        ends = np.cumsum([layer.indices.size for layer in layers])
        return np.split(dropped, ends[:-1])


pruners = st.sampled_from([SETPruner(), Lazy(), Radical(), Ranking()])


class Even:
    """A redistribution that gives all that it can to the first layers."""

    def share(self, layers, dropped, count):
        room = np.array([la.n_free for la in layers]) + [gone.sum() for gone in dropped]
        least = [int(gone.size > 0 and gone.all()) for gone in dropped]
        shares = np.array(least)
        for number in range(shares.size):
            more = min(room[number] - shares[number], count - shares.sum())
            shares[number] += more
        return shares


def layer_of(weights, n_in=None, n_out=1):
    weights = np.asarray(weights, dtype=np.float64)
    indptr = np.full(n_out + 1, weights.size)
    indptr[0] = 0
    return Layer(indptr, np.arange(weights.size), weights, n_in or weights.size)


def size_after(layer, replacement):
    return int((~replacement.dropped).sum()) + replacement.grown.size


def plan(drawn, fraction):
    layer, rng = drawn
    return plan_rewiring([layer], SETPruner(), RandomGrower(), fraction, rng)[0]


@given(layers(), shares)
def test_as_many_connections_grow_as_go(drawn, fraction):
    dropped, grown = plan(drawn, fraction)
    assert dropped.sum() == grown.size
    assert grown.dtype == np.int64


@given(networks, shares, shares, pruners, st.sampled_from([None, Even()]))
def test_total_is_exact_and_every_layer_keeps_a_connection(
    drawn, fraction, goal, pruner, redistribution
):
    network = [layer for layer, _ in drawn]
    least = sum(layer.indices.size > 0 for layer in network)
    most = sum(layer.n_in * layer.n_out for layer in network)
    total = least + int(goal * (most - least))
    plans = plan_rewiring(
        network,
        pruner,
        RandomGrower(),
        fraction,
        drawn[0][1],
        counts=divided(network, total),
        redistribution=redistribution,
    )
    after = [size_after(*pair) for pair in zip(network, plans, strict=True)]
    assert sum(after) == total
    for layer, now in zip(network, after, strict=True):
        assert now >= (layer.indices.size > 0)


@given(networks, shares, shares, pruners)
def test_new_positions_are_free_sorted_and_distinct(drawn, fraction, goal, pruner):
    network = [layer for layer, _ in drawn]
    most = sum(layer.n_in * layer.n_out for layer in network)
    total = max(int(goal * most), len(network))
    assume(total <= most)
    rng = drawn[0][1]
    counts = divided(network, total)
    plans = plan_rewiring(network, pruner, RandomGrower(), fraction, rng, counts=counts)
    for layer, (dropped, grown) in zip(network, plans, strict=True):
        free = naive.free_positions(pairs_of(layer), layer.n_in, layer.n_out, dropped)
        assert grown.tolist() == sorted(set(grown.tolist()) & set(free))


@given(networks, shares, pruners)
def test_each_layer_regrows_what_it_dropped_if_the_total_stays(drawn, fraction, pruner):
    network = [layer for layer, _ in drawn]
    plans = plan_rewiring(network, pruner, RandomGrower(), fraction, drawn[0][1])
    for layer, replacement in zip(network, plans, strict=True):
        assert size_after(layer, replacement) == layer.indices.size


@given(networks, shares)
def test_the_pruner_decides_what_goes(drawn, fraction):
    network = [layer for layer, _ in drawn]
    plans = plan_rewiring(network, SETPruner(), RandomGrower(), fraction, RNG)
    for layer, (dropped, _) in zip(network, plans, strict=True):
        expected = SETPruner().select(layer, fraction if layer.n_free else 0.0, RNG)
        np.testing.assert_array_equal(dropped, expected)


@given(networks, shares)
def test_growing_takes_the_random_numbers_layer_by_layer(drawn, fraction):
    network = [layer for layer, _ in drawn]
    rng = np.random.default_rng(7)
    plans = plan_rewiring(network, SETPruner(), RandomGrower(), fraction, rng)
    rng = np.random.default_rng(7)
    for layer, (dropped, grown) in zip(network, plans, strict=True):
        if layer.n_free == 0:
            assert not grown.size
            continue
        expected = RandomGrower().select(layer, dropped, int(dropped.sum()), rng)
        np.testing.assert_array_equal(grown, expected)


@given(networks, shares, shares, pruners, st.data())
def test_protected_connections_stay_and_the_total_is_exact(
    drawn, fraction, goal, pruner, data
):
    network = [
        layer._replace(
            protected=data.draw(
                arrays(bool, layer.indices.size, elements=st.booleans())
            )
        )
        for layer, _ in drawn
    ]
    kept = sum(max(la.n_protected, int(la.indices.size > 0)) for la in network)
    total = int(goal * sum(la.n_in * la.n_out for la in network))
    assume(total >= kept)
    rng = drawn[0][1]
    counts = divided(network, total)
    plans = plan_rewiring(network, pruner, RandomGrower(), fraction, rng, counts=counts)
    for layer, plan in zip(network, plans, strict=True):
        assert not (plan.dropped & layer.protected).any()
        assert size_after(layer, plan) >= (layer.indices.size > 0)
    assert sum(size_after(*pair) for pair in zip(network, plans, strict=True)) == total


def test_what_a_pruner_may_not_drop_is_not_made_up_for():
    protected = np.array([True, False, False, False])
    network = [layer_of([1, 2, 3, 4], n_in=9)._replace(protected=protected)]
    plans = plan_rewiring(network, SETPruner(), RandomGrower(), 0.5, RNG)
    assert plans[0].dropped.tolist() == [False, True, False, False]


def test_a_total_below_what_is_protected_is_an_error():
    network = [layer_of([1, 2, 3])._replace(protected=np.array([True, True, False]))]
    with pytest.raises(ValueError, match=r"\[1\] connections do not fit"):
        plan_rewiring(network, SETPruner(), RandomGrower(), 0.5, RNG, counts=[1])


def test_a_layer_with_more_protected_than_its_count_keeps_them():
    protected = np.array([True, True, True, False])
    network = [layer_of([4, 3, 2, 1], n_in=9)._replace(protected=protected)]
    network += [layer_of([1, 2, 3, 4], n_in=9)]
    plans = plan_rewiring(network, SETPruner(), RandomGrower(), 0.0, RNG, counts=[2, 4])
    after = [size_after(*pair) for pair in zip(network, plans, strict=True)]
    assert after == [3, 3]


@given(layers(), shares, pruners)
def test_planning_reads_its_layer_only(drawn, fraction, pruner):
    layer, rng = drawn
    before = Layer(*(np.copy(part) for part in layer[:3]), layer.n_in)
    counts = [max(layer.indices.size // 2, 1)]
    plan_rewiring([layer], pruner, RandomGrower(), fraction, rng, counts=counts)
    for now, then in zip(layer[:3], before[:3], strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("fraction", [0.0, 0.4])
def test_every_layer_comes_to_its_own_count(fraction):
    network = [layer_of(np.arange(1, n + 1), n_in=50) for n in (40, 20, 3)]
    counts = [10, 19, 12]
    for pruner in (SETPruner(), Lazy(), Radical()):
        plans = plan_rewiring(
            network, pruner, RandomGrower(), fraction, RNG, counts=counts
        )
        after = [size_after(*pair) for pair in zip(network, plans, strict=True)]
        assert after == counts


def test_with_a_redistribution_what_must_go_is_in_proportion_to_the_connections():
    network = [layer_of(np.arange(1, n + 1), n_in=50) for n in (40, 20, 3)]
    plans = plan_rewiring(
        network,
        SETPruner(),
        RandomGrower(),
        0.0,
        RNG,
        counts=[1, 1, 41],
        redistribution=Even(),
    )
    # Shares of 20 by 63: 12.70, 6.35 and 0.95.
    assert [size_after(*pair) for pair in zip(network, plans, strict=True)] == [
        40 - 13,
        20 - 6,
        3 - 1,
    ]
    assert all(replacement.grown.size == 0 for replacement in plans)


class Asked(RandomGrower):
    """A grower that notes the layers that it is asked for."""

    def __init__(self):
        self.layers = []

    def select(self, layer, dropped, count, rng):
        self.layers.append(layer)
        return super().select(layer, dropped, count, rng)


@pytest.mark.parametrize("pruner", [Radical(), Ranking(), MagnitudePruner("network")])
@pytest.mark.parametrize("redistribution", [None, Even()])
def test_a_layer_that_is_full_and_shall_be_is_left_alone(pruner, redistribution):
    full, other = layer_of([1, 2, 3]), layer_of(np.arange(9, 1, -1), n_in=20)
    grower = Asked()
    plans = plan_rewiring(
        [other, full],
        pruner,
        grower,
        0.5,
        RNG,
        counts=[6, 3],
        redistribution=redistribution,
    )
    assert not plans[1].dropped.any()
    assert not plans[1].grown.size
    assert size_after(other, plans[0]) == 6
    assert len(grower.layers) == 1


def test_a_full_layer_is_not_counted_in_the_ranking_of_the_network():
    full, other = layer_of([1, 2, 3]), layer_of(np.arange(9, 1, -1), n_in=20)
    pruner = MagnitudePruner("network")
    plans = plan_rewiring([other, full], pruner, RandomGrower(), 0.5, RNG)
    assert plans[0].dropped.sum() == 4


def test_a_full_layer_that_shall_have_fewer_is_pruned():
    plans = plan_rewiring(
        [layer_of([3, 1, 2])], SETPruner(), RandomGrower(), 0.0, RNG, counts=[2]
    )
    assert plans[0].dropped.tolist() == [False, True, False]


class OfEach:
    """A pruner that sees all layers, and drops the first connections of each."""

    scope = "layers"

    def select_network(self, layers, fraction, rng):
        self.fractions = fraction
        return [
            np.arange(la.indices.size) < int(share * la.indices.size)
            for la, share in zip(layers, fraction, strict=True)
        ]


def test_a_pruner_of_all_layers_is_told_a_fraction_for_each():
    network = [layer_of(np.ones(10), n_in=20), layer_of(np.ones(4)), layer_of([1] * 10)]
    pruner = OfEach()
    plans = plan_rewiring(network, pruner, RandomGrower(), 0.2, RNG, counts=[5, 4, 10])
    np.testing.assert_allclose(pruner.fractions, [0.6, 0.0, 0.0])
    assert [plan.dropped.sum() for plan in plans] == [6, 0, 0]
    assert [plan.grown.size for plan in plans] == [1, 0, 0]


@pytest.mark.parametrize("pruner", [SETPruner(), Ranking()])
def test_the_fraction_is_of_what_remains(pruner):
    network = [layer_of(np.arange(1, 101), n_in=500)]
    plans = plan_rewiring(network, pruner, RandomGrower(), 0.25, RNG, counts=[80])
    assert plans[0].dropped.sum() == 20 + 0.25 * 80
    assert plans[0].grown.size == 0.25 * 80


def test_smallest_weights_go_when_the_pruner_drops_too_few():
    network = [layer_of([5, -1, 3, -2, 4])]
    plans = plan_rewiring(network, Lazy(), RandomGrower(), 0.5, RNG, counts=[3])
    assert plans[0].dropped.tolist() == [False, True, False, True, False]
    assert plans[0].grown.size == 0


def test_network_ranking_takes_from_the_layers_with_small_weights():
    network = [layer_of([9, 8, 7, 6]), layer_of([1, 2, 3, 4])]
    plans = plan_rewiring(network, Ranking(), RandomGrower(), 0.0, RNG, counts=[3, 2])
    assert [replacement.dropped.sum() for replacement in plans] == [0, 3]


def test_network_ranking_spares_the_largest_weight_of_a_layer():
    network = [layer_of([9, 8, 7, 6]), layer_of([1, 3, 2, 1])]
    plans = plan_rewiring(network, Ranking(), RandomGrower(), 0.0, RNG, counts=[2, 2])
    assert plans[0].dropped.tolist() == [False, False, False, True]
    assert plans[1].dropped.tolist() == [True, False, True, True]


def test_layer_that_loses_all_gets_a_new_connection():
    network = [layer_of([9, 8, 7, 6], n_in=9), layer_of([1, 2], n_in=9)]
    # Both of the second layer and one of the first go; two come.
    plans = plan_rewiring(network, Ranking(), RandomGrower(), 0.4, RNG, counts=[3, 2])
    assert [replacement.dropped.sum() for replacement in plans] == [1, 2]
    assert plans[1].grown.size >= 1


def test_more_connections_can_come_than_go():
    network = [layer_of([1, 2, 3, 4], n_in=10), layer_of([1, 2], n_in=10)]
    counts = [8, 4]
    plans = plan_rewiring(network, SETPruner(), RandomGrower(), 0.5, RNG, counts=counts)
    assert [replacement.grown.size for replacement in plans] == [6, 3]
    plans = plan_rewiring(network, Ranking(), RandomGrower(), 0.5, RNG, counts=counts)
    # Three of the six go, one of the first layer and two of the second, and nine come.
    assert [replacement.dropped.sum() for replacement in plans] == [2, 1]
    assert [replacement.grown.size for replacement in plans] == [6, 3]


@pytest.mark.parametrize("scope", ["layer", "network"])
def test_mask_of_the_pruner_stays_what_it_is(scope):
    class Cached(BaseEstimator):
        def __init__(self, scope):
            self.scope = scope
            self.masks = [np.zeros(3, dtype=bool), np.ones(2, dtype=bool)]

        def select(self, layer, fraction, rng):
            return self.masks[layer.indices.size == 2]

        def select_network(self, layers, fraction, rng):
            return self.masks

    pruner = Cached(scope)
    network = [layer_of([1, 2, 3]), layer_of([1, 2])]
    plan_rewiring(network, pruner, RandomGrower(), 0.5, RNG, counts=[1, 1])
    assert not pruner.masks[0].any()
    assert pruner.masks[1].all()


@pytest.mark.parametrize("counts", [[1, 0], [6, 7], [3], [2, 2, 2]])
def test_impossible_counts_are_an_error(counts):
    network = [layer_of([1, 2, 3], n_in=6)] * 2
    with pytest.raises(ValueError, match="connections do not fit"):
        plan_rewiring(network, SETPruner(), RandomGrower(), 0.5, RNG, counts=counts)


@pytest.mark.parametrize("shares", [[1, 0], [1, 1, 0], [3, -1], [0, 2]])
def test_impossible_redistribution_is_an_error(shares):
    class Wrong:
        def share(self, layers, dropped, count):
            return np.array(shares)

    # The first layer must get one, the second has one free position only.
    network = [layer_of([1, 2], n_in=9), layer_of([3, 4, 5, 6])]
    with pytest.raises(ValueError, match="Wrong gave the layers"):
        plan_rewiring(
            network,
            Ranking(),
            RandomGrower(),
            0.5,
            RNG,
            counts=[2, 3],
            redistribution=Wrong(),
        )


def test_growth_is_uniform_over_the_free_positions():
    # Three of twelve positions are taken by survivors, one by a connection that goes.
    layer = Layer(np.array([0, 2, 2, 4]), np.array([0, 3, 1, 2]), np.ones(4), 4)
    dropped = np.array([False, False, True, False])
    rng = np.random.default_rng(0)
    counts = np.zeros(12)
    for _ in range(4000):
        counts[RandomGrower().select(layer, dropped, 2, rng)] += 1
    taken = [0, 3, 10]
    assert not counts[taken].any()
    assert chisquare(np.delete(counts, taken)).pvalue > 1e-3


def test_grower_that_brings_another_number_is_an_error():
    class Eager(RandomGrower):
        def select(self, layer, dropped, count, rng):
            return super().select(layer, dropped, count + 1, rng)

    layer = Layer(np.array([0, 2]), np.array([1, 4]), np.ones(2), 9)
    with pytest.raises(ValueError, match="Eager chose 2 positions where it was asked"):
        plan_rewiring([layer], SETPruner(), Eager(), 0.5, np.random.default_rng(0))
