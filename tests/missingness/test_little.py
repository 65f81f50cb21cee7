"""Little's test: size, power, and where it is not used.

Seeds are fixed. Rates of rejection are those of several hundred data sets, and bounds
are those of the binomial distribution at a false-alarm probability of 0.001.
"""

import numpy as np
import pytest
from pandas.testing import assert_frame_equal
from scipy import special, stats
from sklearn.preprocessing import QuantileTransformer

from sparsekit.missingness import diagnose
from tests.reference.naive_missingness import pairwise_little_p_value

N_SETS = 400


def normal_rows(rng, n_rows, n_columns, correlation):
    """Return normal rows of unit variance with equal correlations."""
    common = rng.normal(size=(n_rows, 1))
    own = rng.normal(size=(n_rows, n_columns))
    return np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own


def with_mcar_holes(rng, X, rate):
    X = np.where(rng.random(X.shape) < rate, np.nan, X)
    return X[~np.isnan(X).all(axis=1)]


def with_mar_holes(rng, X, strength):
    """Make all columns but the first missing where the first is large."""
    X = X.copy()
    chance = special.expit(strength * X[:, :1])
    X[:, 1:][rng.random((len(X), X.shape[1] - 1)) < chance] = np.nan
    return X


def little(X):
    return diagnose(X).mcar_test.loc["little"]


def share_below(p_values, level=0.05):
    return np.mean(np.array(p_values) < level)


def binomial_band(n_sets=N_SETS, level=0.05):
    low, high = stats.binom.interval(0.999, n_sets, level)
    return low / n_sets, high / n_sets


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n_columns", "rate", "too_often"), [(4, 0.5, 0.15), (8, 0.3, 0.4)]
)
def test_size_is_five_percent_where_pairwise_moments_reject_far_too_often(
    n_columns, rate, too_often
):
    ours, pairwise = [], []
    for seed in range(N_SETS):
        rng = np.random.default_rng(seed)
        X = with_mcar_holes(rng, normal_rows(rng, 200, n_columns, 0.7), rate)
        ours.append(little(X)["p_value"])
        pairwise.append(pairwise_little_p_value(X))
    low, high = binomial_band()
    assert low <= share_below(ours) <= high
    assert share_below(pairwise) > too_often


@pytest.mark.slow
def test_p_values_are_uniform_with_many_patterns_and_those_of_chi_squared_are_not():
    p_values, chi_squared = [], []
    for seed in range(N_SETS):
        rng = np.random.default_rng(seed)
        test = little(with_mcar_holes(rng, normal_rows(rng, 100, 8, 0.5), 0.3))
        p_values.append(test["p_value"])
        chi_squared.append(test["p_value_chi2"])
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    assert stats.kstest(chi_squared, "uniform").pvalue < 1e-6


def test_power_under_missing_at_random():
    rejected = [
        little(with_mar_holes(rng, normal_rows(rng, 200, 4, 0.7), strength=1))
        for rng in map(np.random.default_rng, range(20))
    ]
    assert all(test["p_value"] < 1e-3 for test in rejected)


def test_power_against_a_small_difference_of_patterns_grows_with_the_rows():
    def power(n_rows):
        p_values = []
        for seed in range(60):
            rng = np.random.default_rng(seed)
            X = normal_rows(rng, n_rows, 3, 0.5)
            p_values.append(little(with_mar_holes(rng, X, 0.2))["p_value"])
        return share_below(p_values)

    assert power(100) < 0.5 < 0.9 < power(2000)


@pytest.mark.slow
def test_heavy_tails_break_the_size_and_normal_scores_mend_it():
    raw, scores = [], []
    n_sets = 200
    for seed in range(n_sets):
        rng = np.random.default_rng(seed)
        X = with_mcar_holes(rng, np.exp(1.5 * normal_rows(rng, 300, 4, 0.5)), 0.2)
        raw.append(little(X)["p_value"])
        normal = QuantileTransformer(n_quantiles=len(X), output_distribution="normal")
        scores.append(little(normal.fit_transform(X))["p_value"])
    assert share_below(raw) > 0.1
    assert share_below(scores) <= binomial_band(n_sets)[1]


def test_scale_and_location_of_the_columns_do_not_matter():
    rng = np.random.default_rng(0)
    X = with_mcar_holes(rng, normal_rows(rng, 300, 4, 0.5), 0.3)
    moved = X * [1e-6, 1, 1e3, 1e6] + [0, 5, -1e4, 1e8]
    assert little(moved)["statistic"] == pytest.approx(little(X)["statistic"], rel=1e-6)


def test_columns_that_say_nothing_new_change_nothing():
    rng = np.random.default_rng(0)
    X = with_mcar_holes(rng, normal_rows(rng, 300, 3, 0.5), 0.3)
    more = np.column_stack([X, np.full(len(X), 7.0), np.full(len(X), np.nan)])
    np.testing.assert_array_equal(little(more).iloc[:4], little(X).iloc[:4])
    assert little(more)["note"] == "left out as constant: x3, x4"


def test_a_column_given_by_the_others_is_left_out():
    rng = np.random.default_rng(0)
    X = normal_rows(rng, 400, 3, 0.5)
    X = np.column_stack([X, X[:, 0] - X[:, 1], 5 + 2 * X[:, 2]])
    X = np.where(rng.random(X.shape) < 0.2, np.nan, X)
    test = little(X)
    assert test["note"] == "left out as given by the others: x3, x4"
    only = X[:, :3]
    assert test["statistic"] == pytest.approx(little(only)["statistic"], rel=1e-6)


def test_rows_without_any_value_change_nothing():
    rng = np.random.default_rng(0)
    X = with_mcar_holes(rng, normal_rows(rng, 300, 3, 0.5), 0.3)
    more = np.vstack([X, np.full((20, 3), np.nan)])
    np.testing.assert_array_equal(little(more), little(X))


def constant_columns():
    X = np.ones((20, 3))
    X[:9, 0] = np.nan
    return X


def distinct_patterns(n_rows=300, n_columns=30):
    rng = np.random.default_rng(0)
    return with_mcar_holes(rng, rng.normal(size=(n_rows, n_columns)), 0.3)


def wide_rows():
    X = np.random.default_rng(0).normal(size=(20, 25))
    X[:10, 0] = np.nan
    return X


def many_columns():
    X = np.random.default_rng(0).normal(size=(350, 300))
    X[:150, 0] = np.nan
    return X


def disjoint_patterns():
    X = np.random.default_rng(0).normal(size=(60, 2))
    X[:30, 0] = np.nan
    X[30:, 1] = np.nan
    return X


@pytest.mark.parametrize(
    ("make_rows", "why"),
    [
        (lambda: np.ones((5, 3)), "one pattern only"),
        (lambda: np.full((5, 3), np.nan), "one pattern only"),
        (lambda: np.array([[1.0, np.nan]]), "one pattern only"),
        (constant_columns, "no column varies"),
        (distinct_patterns, "nearly every row has a pattern of its own: 300 patterns"),
        (wide_rows, "25 columns are too many for 20 rows"),
        (many_columns, "2 patterns of 300 columns would take too long"),
        (disjoint_patterns, "no two patterns have a column in common"),
    ],
)
def test_it_says_why_it_is_not_used(make_rows, why):
    test = little(make_rows())
    assert test[["statistic", "df", "p_value", "p_value_chi2"]].isna().all()
    assert why in test["note"]


@pytest.mark.parametrize("size", [2.0**1000, 2.0**-1000])
def test_numbers_without_squares_count_like_others(size):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    X[rng.random(X.shape) < 0.2] = np.nan
    expected = diagnose(X)
    X[:, 2] *= size
    found = diagnose(X)
    assert_frame_equal(found.mcar_test, expected.mcar_test)
    assert_frame_equal(found.dependence, expected.dependence)
