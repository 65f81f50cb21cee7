"""Moments from sums without rounding: true, and the same in any grouping of rows."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from sparsekit._utils._exact_moments import ExactMoments

FINITE = st.floats(allow_infinity=False)
TABLES = arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(1, 3)), elements=FINITE
)


def exactly(column):
    """Return mean and variance of the observed values as fractions."""
    seen = [Fraction(value) for value in column.tolist() if value == value]
    mean = sum(seen) / len(seen)
    return mean, sum((value - mean) ** 2 for value in seen) / len(seen)


def assert_same(one, other):
    for name, values in one.moments().items():
        np.testing.assert_array_equal(values, other.moments()[name], strict=True)


def as_csr(X):
    """Return X with its zeros not stored, but missing values."""
    rows, columns = np.nonzero(X)
    return sparse.csr_array((X[rows, columns], (rows, columns)), shape=X.shape)


@given(TABLES)
def test_they_are_the_true_moments_rounded_once(X):
    found = ExactMoments(X.shape[1]).add(X).moments()
    for j, column in enumerate(X.T):
        assert found["n_seen"][j] == np.count_nonzero(~np.isnan(column))
        if found["n_seen"][j]:
            mean, variance = exactly(column)
            unit = Fraction(found["unit"][j])
            assert found["mean"][j] == float(mean / unit)
            assert found["var"][j] == float(variance / unit**2)


@given(TABLES, st.randoms(use_true_random=False))
def test_no_order_or_grouping_of_the_rows_changes_a_bit(X, random):
    order = list(range(len(X)))
    random.shuffle(order)
    cut = random.randint(0, len(X))
    halves = [ExactMoments(X.shape[1]).add(X[r]) for r in (order[:cut], order[cut:])]
    assert_same(halves[1].merge(halves[0]), ExactMoments(X.shape[1]).add(X))


@given(TABLES)
def test_csr_has_the_moments_of_the_dense_table(X):
    moments = ExactMoments(X.shape[1]).add(X)
    assert_same(ExactMoments(X.shape[1]).add(as_csr(X)), moments)


def test_blocks_of_a_long_table_change_no_bit():
    X = np.random.default_rng(0).normal(size=(30_000, 3)) + 1e6
    parts = [ExactMoments(3).add(part) for part in np.array_split(X, 7)]
    whole = ExactMoments(3).add(X)
    for part in parts[1:]:
        parts[0].merge(part)
    assert_same(parts[0], whole)


@pytest.mark.parametrize("value", [0.1, 1e300, 5e-324, -3.0, 0.0])
def test_a_constant_has_no_variance(value):
    found = ExactMoments(1).add(np.full((1000, 1), value)).moments()
    assert found["var"][0] == 0
    assert found["mean"][0] * found["unit"][0] == value


def test_single_precision_counts_as_it_is():
    X = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    assert_same(ExactMoments(2).add(X), ExactMoments(2).add(X.astype(np.float64)))


@pytest.mark.parametrize("container", [np.asarray, as_csr])
def test_values_that_are_there_and_not_zero_are_counted_over_all_rows(container):
    X = np.array([[0.0, 2.0, np.nan], [0.0, -3.0, 0.0], [0.0, 0.0, 1.0]])
    whole = ExactMoments(3).add(container(X[:2])).merge(ExactMoments(3).add(X[2:]))
    np.testing.assert_array_equal(whole.moments()["n_nonzero"], [0, 2, 1])
