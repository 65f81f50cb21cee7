"""Score tests of the diagnosis: null, power, and values that a mask hides.

Seeds are fixed, and thresholds belong to false-alarm probabilities of 1e-6 or less per
test.
"""

import numpy as np
import pytest
from scipy import special, stats

from sparsekit.missingness import MCARMasker, diagnose
from sparsekit.missingness.diagnosis._dependence import p_values

FALSE_ALARM = 1e-6


def normal_rows(seed, n_rows=400, n_columns=4):
    return np.random.default_rng(seed).normal(size=(n_rows, n_columns))


def skewed_rows(seed, n_rows=400, n_columns=4):
    return normal_rows(seed, n_rows, n_columns) ** 4


def mcar_mask(seed, X, rate=0.3):
    return np.random.default_rng(1000 + seed).random(X.shape) < rate


def masked_where(seed, X, column, driver, strength=1.5, rate=0.3):
    """Return a mask of one column by a logistic function of another one's values."""
    chance = special.expit(strength * X[:, driver] + special.logit(rate))
    mask = np.zeros(X.shape, dtype=bool)
    mask[:, column] = np.random.default_rng(1000 + seed).random(len(X)) < chance
    return mask


def hidden(X, mask):
    return np.where(mask, np.nan, X)


def pair(table, missing, depends_on):
    """Return the row of one pair."""
    chosen = (table["missing"] == missing) & (table["depends_on"] == depends_on)
    (row,) = table[chosen].itertuples()
    return row


@pytest.mark.parametrize("with_mask", [False, True])
def test_p_values_are_uniform_under_mcar(with_mask):
    found = []
    for seed in range(60):
        X = normal_rows(seed)
        mask = mcar_mask(seed, X)
        diagnosis = diagnose(X, mask) if with_mask else diagnose(hidden(X, mask))
        found.append(diagnosis.dependence["p_value"])
    assert stats.kstest(np.concatenate(found), "uniform").pvalue > 1e-3


def test_p_values_of_the_masker_are_uniform():
    found = []
    for seed in range(60):
        X = normal_rows(seed)
        mask = MCARMasker(0.3, random_state=seed).fit(X).mask(X)
        found.append(diagnose(X, mask).dependence["p_value"])
    assert stats.kstest(np.concatenate(found), "uniform").pvalue > 1e-3


def test_uniformity_is_lost_under_missing_at_random():
    found = []
    for seed in range(60):
        X = normal_rows(seed)
        diagnosis = diagnose(hidden(X, masked_where(seed, X, 1, 0, strength=0.5)))
        found.append(pair(diagnosis.dependence, "x1", "x0").p_value)
    assert stats.kstest(found, "uniform").pvalue < FALSE_ALARM


def test_small_p_values_hold_for_rare_holes_and_skewed_values():
    """Normal p-values would be too small by far here."""
    n_tests, n_small, n_small_normal = 0, 0, 0
    level = 1e-4
    for seed in range(40):
        X = skewed_rows(seed, n_rows=600, n_columns=20)
        table = diagnose(X, mcar_mask(seed, X, rate=0.03)).dependence
        n_tests += len(table)
        n_small += (table["p_value"] < level).sum()
        n_small_normal += (2 * stats.norm.sf(table["z"].abs()) < level).sum()
    allowed = stats.binom.isf(FALSE_ALARM, n_tests, level)
    assert n_small <= allowed
    assert n_small_normal > 5 * allowed


def test_without_skewness_p_values_are_normal():
    z = np.linspace(-6, 6, 41)
    np.testing.assert_allclose(
        p_values(z, np.zeros(z.size)), 2 * stats.norm.sf(np.abs(z)), rtol=1e-12
    )


@pytest.mark.parametrize("skewness", [0.01, 0.3, 2.0])
def test_skewed_tails_are_those_of_pearson_type_three(skewness):
    z = np.array([2.5, 4.0, 6.0])
    expected = np.minimum(2 * stats.pearson3.sf(z, skewness), 1)
    np.testing.assert_allclose(p_values(z, np.full(3, skewness)), expected, rtol=1e-6)
    np.testing.assert_allclose(p_values(-z, np.full(3, -skewness)), expected, rtol=1e-6)


def test_the_driver_of_missing_at_random_is_found():
    X = normal_rows(0, n_columns=6)
    diagnosis = diagnose(hidden(X, masked_where(0, X, column=3, driver=1)))
    best = diagnosis.dependence.iloc[0]
    assert (best["missing"], best["depends_on"]) == ("x3", "x1")
    assert best["z"] > 5
    assert best["difference"] > 0.5
    others = diagnosis.dependence.iloc[1:]
    assert (others["p_adjusted"] > 0.05).all()
    assert diagnosis.mcar_test.loc["max_score", "p_value"] < FALSE_ALARM


def test_self_masking_is_seen_only_by_those_who_know_the_values():
    X = normal_rows(0)
    mask = masked_where(0, X, column=2, driver=2)
    known = diagnose(X, mask)
    assert pair(known.dependence, "x2", "x2").p_adjusted < FALSE_ALARM
    assert known.mcar_test.loc["max_score", "p_value"] < FALSE_ALARM
    seen = diagnose(hidden(X, mask))
    assert "x2" not in set(seen.dependence["depends_on"][seen.dependence["z"] > 3])
    assert not ((seen.dependence["missing"] == seen.dependence["depends_on"]).any())
    assert seen.mcar_test["p_value"].min() > 0.01


def test_own_values_do_not_matter_under_missing_at_random():
    X = normal_rows(0)
    known = diagnose(X, masked_where(0, X, column=2, driver=1)).dependence
    assert pair(known, "x2", "x1").p_adjusted < FALSE_ALARM
    assert pair(known, "x2", "x2").p_adjusted > 0.05


def test_size_of_the_largest_score_is_kept():
    p = []
    for seed in range(200):
        X = normal_rows(seed, n_rows=200)
        table = diagnose(hidden(X, mcar_mask(seed, X))).mcar_test
        p.append(table.loc["max_score", "p_value"])
    assert np.mean(np.array(p) < 0.05) <= stats.binom.isf(1e-3, 200, 0.05) / 200


def test_adjusted_p_values_control_the_false_discovery_rate():
    X = normal_rows(0, n_columns=10)
    table = diagnose(hidden(X, mcar_mask(0, X))).dependence
    n_tests = len(table)
    ranks = np.arange(1, n_tests + 1)
    by_hand = np.minimum.accumulate((table["p_value"] * n_tests / ranks)[::-1])[::-1]
    np.testing.assert_allclose(table["p_adjusted"], np.minimum(by_hand, 1))


def test_groups_of_fewer_than_five_rows_are_not_tested():
    X = normal_rows(0)
    X[:4, 0] = np.nan
    X[5:, 1] = np.nan
    table = diagnose(X).dependence
    # Four cells of x0 are missing, and one value of x1 is known where they are not.
    assert set(zip(table["missing"], table["depends_on"], strict=True)) == {
        ("x1", "x2"),
        ("x1", "x3"),
    }


def test_constant_columns_explain_nothing():
    X = np.column_stack([normal_rows(0), np.full(400, 0.1)])
    X[:100, 4] = np.nan
    table = diagnose(X).dependence
    assert "x4" not in set(table["depends_on"])
    assert set(table["missing"]) == {"x4"}


def test_scale_and_location_of_the_values_do_not_matter():
    X = hidden(normal_rows(0), mcar_mask(0, normal_rows(0)))
    moved = X * [1e-9, 1, 1e5, 1e9] + [0, 3, 1e6, -1e10]
    table = diagnose(X).dependence
    np.testing.assert_allclose(diagnose(moved).dependence["z"], table["z"], rtol=1e-5)


def test_columns_that_go_missing_together_are_found():
    X = normal_rows(0, n_columns=5)
    together = np.random.default_rng(1).random(400) < 0.3
    X[together, 1] = np.nan
    X[together, 3] = np.nan
    X[np.random.default_rng(2).random(400) < 0.3, 4] = np.nan
    table = diagnose(X).co_missing
    assert table.loc[0, ["first", "second"]].tolist() == ["x1", "x3"]
    assert table.loc[0, "phi"] == pytest.approx(1)
    assert table.loc[0, "p_adjusted"] < FALSE_ALARM
    assert (table.loc[1:, "p_adjusted"] > 0.05).all()


def test_co_missingness_p_values_are_uniform_under_independence():
    found = []
    for seed in range(150):
        X = normal_rows(seed, n_columns=5)
        found.append(diagnose(hidden(X, mcar_mask(seed, X))).co_missing["p_value"])
    # Counts are discrete, so the comparison is with a margin.
    distance = stats.kstest(np.concatenate(found), "uniform").statistic
    assert distance < 0.05
