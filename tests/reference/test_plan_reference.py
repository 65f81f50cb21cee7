"""Sharing connections among layers agrees with exact fractions."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sparsekit.topology._apportion import apportion
from tests.reference.naive_plan import bounded_shares
from tests.reference.strategies import shares

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
