"""Planning a rewiring agrees with exact fractions and with sorting."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sparsekit.topology import MagnitudePruner, RandomGrower, plan_rewiring
from sparsekit.topology._allocation import apportion
from tests.reference.naive_plan import bounded_shares, divided, dropped_of_network
from tests.reference.naive_pruners import lowest, magnitude
from tests.reference.naive_topology import largest_remainders
from tests.reference.strategies import layers, shares

# Zeros and equal weights come up often.
weights = st.sampled_from([0, 1, 1, 2, 7, 0.125]) | st.integers(0, 10**6)


@st.composite
def problems(draw):
    n_layers = draw(st.integers(1, 5))
    bounds = [draw(st.tuples(st.integers(0, 5), st.integers(0, 50))) for _ in "abcde"]
    lower = [low for low, _ in bounds[:n_layers]]
    upper = [low + more for low, more in bounds[:n_layers]]
    total = sum(lower) + int(draw(shares) * (sum(upper) - sum(lower)))
    return [draw(weights) for _ in range(n_layers)], total, lower, upper


@given(problems())
def test_shares_are_exact_within_bounds_and_in_proportion(problem):
    counts = apportion(*problem).tolist()
    _, total, lower, upper = problem
    assert sum(counts) == total
    # A share that is whole up to rounding may go either way.
    slack = Fraction(1, 10**6)
    exact = bounded_shares(*problem)
    for count, share, low, high in zip(counts, exact, lower, upper, strict=True):
        assert low <= count <= high
        assert abs(count - share) < 1 + slack


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=5), st.integers(1, 9))
def test_whole_shares_stay_what_they_are(numbers, factor):
    upper = [10 * number for number in numbers]
    zeros = [0] * len(numbers)
    total = factor * sum(numbers)
    expected = [factor * number for number in numbers]
    assert apportion(numbers, total, zeros, upper).tolist() == expected


@given(st.lists(st.integers(1, 100), min_size=1, max_size=5), st.data())
def test_largest_remainders_go_up_and_of_equal_ones_the_first(numbers, data):
    total = data.draw(st.integers(0, 5 * sum(numbers)))
    exact = [Fraction(number * total, sum(numbers)) for number in numbers]
    upper, zeros = [total] * len(numbers), [0] * len(numbers)
    counts = apportion(numbers, total, zeros, upper).tolist()
    assert counts == largest_remainders(exact, total)


@pytest.mark.parametrize("total", range(1, 20))
@pytest.mark.parametrize("numbers", [(1, 2, 7), (1, 3, 2), (3, 1, 6, 7)])
def test_remainders_that_only_rounding_tells_apart_are_equal(numbers, total):
    exact = [Fraction(number * total, sum(numbers)) for number in numbers]
    upper, zeros = [total] * len(numbers), [0] * len(numbers)
    counts = apportion(numbers, total, zeros, upper).tolist()
    assert counts == largest_remainders(exact, total)


@st.composite
def smaller_networks(draw):
    network = [layer for layer, _ in draw(st.lists(layers(), min_size=1, max_size=4))]
    n_now = sum(layer.indices.size for layer in network)
    least = sum(layer.indices.size > 0 for layer in network)
    return network, n_now, least + int(draw(shares) * (n_now - least))


@given(smaller_networks())
def test_network_loses_its_smallest_weights_but_no_layer_its_last(drawn):
    network, n_now, total = drawn
    rng = np.random.default_rng(0)
    pruner = MagnitudePruner(scope="network")
    counts = divided(network, total)
    assume(all(n < la.n_in * la.n_out for n, la in zip(counts, network, strict=True)))
    plans = plan_rewiring(network, pruner, RandomGrower(), 0.0, rng, counts=counts)
    expected = dropped_of_network([layer.weights for layer in network], n_now - total)
    assert [replacement.dropped.tolist() for replacement in plans] == expected


@given(smaller_networks())
def test_each_layer_loses_the_smallest_of_its_own_weights(drawn):
    network, _, total = drawn
    rng = np.random.default_rng(0)
    pruner, counts = MagnitudePruner(), divided(network, total)
    plans = plan_rewiring(network, pruner, RandomGrower(), 0.0, rng, counts=counts)
    for layer, count, (dropped, grown) in zip(network, counts, plans, strict=True):
        n_going, n = int(dropped.sum()), layer.indices.size
        assert n - n_going == count
        share = Fraction(n_going, max(n, 1))
        assert dropped.tolist() == lowest(magnitude(layer), share)
        assert grown.size == 0
