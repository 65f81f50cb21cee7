"""Slow twins of the kernels of mechanisms, from the formulas."""

import math

import numpy as np
import pytest
from scipy import optimize, special

from sparsekit.kernels import mechanisms
from tests.kernels.test_masking import WORD, scramble, uniform

SHAPES = {
    mechanisms.RIGHT: lambda s: s,
    mechanisms.LEFT: lambda s: -s,
    mechanisms.MID: lambda s: -abs(s),
    mechanisms.TAIL: abs,
}
every_shape = pytest.mark.parametrize("shape", SHAPES)


def holed(n_rows=60, n_columns=7, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(3, 2, size=(n_rows, n_columns))
    X[rng.random(X.shape) < 0.2] = np.nan
    return X


@pytest.fixture(autouse=True)
def _let_uncompiled_kernels_wrap_around():
    with np.errstate(all="ignore"):
        yield


def test_patterns_agree():
    keys = np.random.default_rng(0).integers(WORD - 1, size=200, dtype=np.uint64)
    patterns = mechanisms.assign_patterns(keys, 7)
    salt = 0xD1B54A32D192ED03
    expected = [int(uniform(scramble(int(key) ^ salt), 0) * 7) for key in keys]
    assert patterns.tolist() == expected
    assert set(expected) == set(range(7))


@pytest.mark.parametrize("n_first", [1, 25, 59])
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_moments_agree_with_numpy(n_first, shift):
    X, patterns = holed() + shift, np.arange(60) % 3
    X[:n_first, 2], X[:, 5] = np.nan, np.nan
    counts, origin = np.zeros((3, 7), dtype=np.int64), np.full(7, np.nan)
    location, squares = np.zeros(7), np.zeros(7)
    for rows in (slice(0, n_first), slice(n_first, 60)):
        mechanisms.update_moments(
            X[rows], patterns[rows], origin, counts, location, squares
        )
    observed = ~np.isnan(X)
    for k in range(3):
        assert counts[k].tolist() == observed[patterns == k].sum(axis=0).tolist()
    some = [0, 1, 2, 3, 4, 6]
    np.testing.assert_allclose(location[some], np.nanmean(X[:, some], axis=0))
    expected = np.nanvar(X[:, some], axis=0) * observed[:, some].sum(axis=0)
    np.testing.assert_allclose(squares[some], expected, rtol=1e-9)
    assert location[5] == squares[5] == 0


def test_the_variance_of_a_constant_column_is_exactly_zero():
    X, patterns = np.full((1000, 1), 0.1), np.zeros(1000, dtype=np.int64)
    counts, origin = np.zeros((1, 1), dtype=np.int64), np.full(1, np.nan)
    location, squares = np.zeros(1), np.zeros(1)
    for rows in (slice(0, 10), slice(10, 1000)):
        mechanisms.update_moments(
            X[rows], patterns[rows], origin, counts, location, squares
        )
    assert location[0] == 0.1
    assert squares[0] == 0


@pytest.mark.parametrize("n_columns", [1, 7, 8, 19])
def test_scores_of_patterns_agree_with_sums(n_columns):
    X, patterns = holed(n_columns=n_columns), np.arange(60) % 3
    location, scales = np.arange(float(n_columns)), np.array([1.0, 2.0, 4.0])
    weights = np.random.default_rng(1).normal(size=(3, n_columns))
    scores = mechanisms.pattern_scores(X, patterns, location, weights, scales)
    for i, k in enumerate(patterns):
        terms = (X[i] - location) * weights[k]
        assert scores[i] == pytest.approx(np.nansum(terms) / scales[k])


@every_shape
def test_shapes_agree(shape):
    scores = np.array([-3.0, -0.0, 0.0, 2.0])
    expected = [SHAPES[shape](s) for s in scores]
    assert mechanisms.shaped_scores(scores, shape).tolist() == expected


@pytest.mark.parametrize("rate", [1e-9, 0.01, 0.3, 0.97])
@pytest.mark.parametrize("spread", [0.0, 1e-9, 1.0, 50.0, 1e4])
@pytest.mark.parametrize("shift", [0.0, -1e3])
@pytest.mark.parametrize("n_scores", [1, 5, 999])
def test_intercepts_solve_the_equation(rate, spread, shift, n_scores):
    scores = np.random.default_rng(0).standard_t(3, n_scores) * spread + shift
    intercept = mechanisms.solve_intercept(scores, rate)
    mean = special.expit(scores + intercept).mean()
    # With intercepts of 1e4 the rounding of the sum is what limits the mean.
    assert mean == pytest.approx(rate, rel=1e-9)


def test_intercepts_agree_with_a_root_finder():
    scores = np.random.default_rng(0).normal(size=200)
    for rate in (0.01, 0.4, 0.9):
        expected = optimize.brentq(
            lambda b, rate=rate: special.expit(scores + b).mean() - rate,
            -20,
            20,
            xtol=1e-13,
        )
        found = mechanisms.solve_intercept(scores, rate)
        assert found == pytest.approx(expected, abs=1e-10)


def test_intercepts_rise_with_the_rate():
    scores = np.random.default_rng(0).normal(size=100) * 20
    rates = np.linspace(0, 1, 2001)
    found = np.array([mechanisms.solve_intercept(scores, rate) for rate in rates])
    assert (np.diff(found[1:-1]) > 0).all()
    assert found[0] == -np.inf
    assert found[-1] == np.inf


def test_without_scores_the_intercept_is_the_log_odds():
    assert mechanisms.solve_intercept(np.empty(0), 0.2) == pytest.approx(math.log(0.25))


@every_shape
def test_intercepts_of_columns_agree_with_the_equation(shape):
    X, row_scores = holed(), np.random.default_rng(1).normal(size=60)
    location, weights = np.nanmean(X, axis=0), np.linspace(0, 2, 7)
    rates = np.linspace(0.05, 0.95, 7)
    found = mechanisms.solve_columns(
        X.T.copy(), location, weights, row_scores, shape, 1.5, rates
    )
    P = mechanisms.cell_probabilities(
        X, location, weights, row_scores, shape, 1.5, found
    )
    np.testing.assert_allclose(
        np.nanmean(np.where(np.isnan(X), np.nan, P), axis=0), rates, rtol=1e-11
    )
    own = np.nan_to_num((X - location) * weights)
    score = np.vectorize(SHAPES[shape])(own + row_scores[:, np.newaxis])
    np.testing.assert_allclose(P, special.expit(1.5 * score + found), rtol=1e-12)


@pytest.mark.parametrize(
    ("values", "which"),
    [
        ([0.3], [0] * 5),
        ([-1, 2], [0, 1, 0, 0, 1]),
        ([-np.inf, -1, np.inf], [1, 2, 0, 0, 1]),
    ],
)
def test_probabilities_of_rows_agree_with_the_formula(values, which):
    scores, patterns = np.linspace(-3, 3, 20), np.arange(20) % 3
    groups = np.array([0, 0, 1, 2, -1])
    values, which = np.array(values, dtype=float), np.array(which)
    P = mechanisms.row_probabilities(scores, patterns, groups, values, which)
    for i in range(20):
        for j in range(5):
            free = groups[j] != patterns[i]
            expected = special.expit(scores[i] + values[which[j]]) if free else 0.0
            assert P[i, j] == pytest.approx(expected, rel=1e-12)


@every_shape
@pytest.mark.parametrize("at_risk", [0.01, 0.25, 0.5, 1.0])
def test_thresholds_agree_with_sorting(shape, at_risk):
    X = np.round(holed())
    X[:, 3] = np.nan
    X[:, 4] = 5.0
    location, weights = np.full(7, 3.0), np.linspace(0.5, 2, 7)
    thresholds, shares = mechanisms.tail_thresholds(
        X.T.copy(), location, weights, shape, at_risk
    )
    levels = np.linspace(0.1, 0.7, 7)
    P = mechanisms.tail_probabilities(X, location, weights, shape, thresholds, levels)
    for j in range(7):
        if j == 3:
            assert shares[j] == 1
            continue
        own = ((X - location) * weights)[:, j]
        scores = np.vectorize(SHAPES[shape])(own[~np.isnan(own)])
        n_risk = math.ceil(at_risk * scores.size)
        lowest = np.sort(scores)[-n_risk]
        assert thresholds[j] == lowest
        assert shares[j] == (scores >= lowest).mean() >= at_risk
        np.testing.assert_array_equal(
            P[~np.isnan(own), j], np.where(scores >= lowest, levels[j], 0)
        )


@pytest.mark.parametrize("n_shared", [1, 60])
def test_chances_of_incomplete_rows_agree_with_the_product(n_shared):
    X = holed()
    P = np.random.default_rng(1).random((n_shared, 7))
    units = np.array([0, 0, 2, 3, 3, 3, 6])
    chances = mechanisms.incomplete_rows(X, P, units)
    for i in range(60):
        p = np.where(np.isnan(X[i]), 0, P[i % n_shared])
        complete = math.prod(1 - p[units == unit].max() for unit in set(units))
        assert chances[i] == pytest.approx(1 - complete)


def test_order_statistics_are_below_one_where_cells_are_masked():
    X = holed()
    keys = np.random.default_rng(0).integers(WORD - 1, size=60, dtype=np.uint64)
    P = np.random.default_rng(1).random(X.shape)
    P[:, 0], P[:, 1] = 0.0, 1.0
    units = np.array([0, 1, 1, 3, 4, 4, 6])
    found = mechanisms.order_statistics(X, keys, P, units)
    for i in range(60):
        for j in range(7):
            u = uniform(int(keys[i]), int(units[j]))
            if np.isnan(X[i, j]) or P[i, j] == 0:
                assert found[i, j] == np.inf
            else:
                expected = (
                    u / (1 - u) / (P[i, j] / (1 - P[i, j]) if P[i, j] < 1 else np.inf)
                )
                assert found[i, j] == pytest.approx(expected, rel=1e-12)
                assert (found[i, j] < 1) == (u < P[i, j])
