"""The diagnosis agrees with its slow twins."""

import numpy as np
import pytest
from scipy import stats

from sparsekit.missingness import diagnose
from sparsekit.missingness.diagnosis._input import incomplete_table
from sparsekit.missingness.diagnosis._little import em_moments, pattern_sums
from sparsekit.missingness.diagnosis._patterns import find_patterns
from tests.reference import naive_missingness


def correlated_rows(rate, seed=0, n_rows=120, n_columns=4):
    """Return normal rows of unit variance, correlated by a half, with holes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_columns)) + rng.normal(size=(n_rows, 1))
    X[rng.random(X.shape) < rate] = np.nan
    return X[~np.isnan(X).all(axis=1)]


def moments(X, tolerance=1e-10):
    """Return the moments by the package's EM, on the scale of `X`."""
    location, scale = np.nanmean(X, axis=0), np.nanstd(X, axis=0)
    data = pattern_sums((X - location) / scale, find_patterns(np.isnan(X)))
    mean, covariance, converged = em_moments(data, tolerance)
    assert converged
    return location + scale * mean, covariance * np.outer(scale, scale)


@pytest.mark.parametrize("rate", [0.1, 0.4])
@pytest.mark.parametrize("seed", [0, 1])
def test_em_over_patterns_ends_where_em_over_rows_ends(rate, seed):
    X = 3 + 10 * correlated_rows(rate, seed)
    mean, covariance = moments(X)
    slow_mean, slow_covariance = naive_missingness.em_moments(X, n_steps=300)
    np.testing.assert_allclose(mean, slow_mean, rtol=1e-6)
    np.testing.assert_allclose(covariance, slow_covariance, rtol=1e-6)


def test_em_of_complete_rows_is_mean_and_covariance():
    X = correlated_rows(0.0)
    mean, covariance = moments(X)
    np.testing.assert_allclose(mean, X.mean(axis=0), rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(covariance, np.cov(X.T, ddof=0), rtol=1e-7)


def test_em_says_that_it_has_not_converged():
    X = correlated_rows(0.4)
    data = pattern_sums(X, find_patterns(np.isnan(X)))
    assert not em_moments(data, max_steps=2)[2]
    assert em_moments(data)[2]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_little_statistic_is_that_of_the_formula(seed):
    X = correlated_rows(0.3, seed)
    mean, covariance = naive_missingness.em_moments(X, n_steps=200)
    statistic, df = naive_missingness.little_statistic(X, mean, covariance)
    statistic *= (len(X) - 1) / len(X)
    test = diagnose(X).mcar_test.loc["little"]
    assert test["df"] == df
    assert test["statistic"] == pytest.approx(statistic, rel=1e-3)
    assert test["p_value_chi2"] == pytest.approx(stats.chi2.sf(statistic, df), abs=1e-3)


def test_lengths_of_all_rows_sum_to_the_number_of_values():
    # The identity behind the reference distribution of Little's test.
    X = correlated_rows(0.3)
    mean, covariance = moments(X)
    length = 0.0
    for row in X:
        seen = ~np.isnan(row)
        gap = (row - mean)[seen]
        length += gap @ np.linalg.inv(covariance[np.ix_(seen, seen)]) @ gap
    assert length == pytest.approx((~np.isnan(X)).sum(), rel=1e-6)


def test_f_reference_is_that_of_pillais_trace():
    X = correlated_rows(0.3)
    test = diagnose(X).mcar_test.loc["little"]
    n_rows, n_values = len(X), (~np.isnan(X)).sum()
    share = test["statistic"] * n_rows / (n_rows - 1) / n_values
    df_within = n_values - test["df"] - X.shape[1]
    ratio = (share / test["df"]) / ((1 - share) / df_within)
    assert test["p_value"] == pytest.approx(stats.f.sf(ratio, test["df"], df_within))


@pytest.mark.parametrize("masked", [False, True])
def test_scores_are_those_of_single_regressions(masked):
    X = correlated_rows(0.2, n_rows=300)
    mask = np.random.default_rng(5).random(X.shape) < 0.2 if masked else None
    table = incomplete_table(X, mask)
    dependence = diagnose(X, mask).dependence
    assert len(dependence) == (16 if masked else 12)
    for row in dependence.itertuples():
        j, k = int(row.missing[1:]), int(row.depends_on[1:])
        z = naive_missingness.score_statistic(table.missing[:, j], X[:, k])
        known = ~np.isnan(X[:, k])
        assert row.z == pytest.approx(z, abs=1e-9)
        assert row.n_missing == (table.missing[:, j] & known).sum()
        assert row.n_missing + row.n_observed == known.sum()
        groups = X[known & table.missing[:, j], k], X[known & ~table.missing[:, j], k]
        gap = (groups[0].mean() - groups[1].mean()) / X[known, k].std()
        assert row.difference == pytest.approx(gap, abs=1e-9)


def test_co_missingness_is_the_correlation_of_the_masks():
    X = correlated_rows(0.3)
    missing = np.isnan(X)
    phi = np.corrcoef(missing.T)
    table = diagnose(X).co_missing
    assert len(table) == 6
    for row in table.itertuples():
        j, k = int(row.first[1:]), int(row.second[1:])
        assert row.phi == pytest.approx(phi[j, k])
        assert row.n_both == (missing[:, j] & missing[:, k]).sum()


def test_patterns_are_counted_right():
    X = correlated_rows(0.3)
    expected = naive_missingness.patterns(X)
    table = diagnose(X).patterns
    counts = table.index.get_level_values("n_rows")
    found = dict(zip(map(tuple, table.to_numpy()), counts, strict=True))
    assert found == expected
