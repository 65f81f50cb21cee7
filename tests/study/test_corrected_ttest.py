import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_wine
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.tree import DecisionTreeClassifier

from benchmarks.studies.levels import LEVEL, N_ROWS, N_TEST, p_values_of_equal_models
from sparsekit.study import corrected_ttest, holm

N_SPLITS = 10


def test_the_corrected_test_keeps_its_level_where_the_ordinary_one_does_not():
    corrected, ordinary = p_values_of_equal_models(0, 400, N_SPLITS)
    # Over 20 seeds: 0.028 to 0.078 with the correction, 0.345 to 0.433 without.
    assert (corrected <= LEVEL).mean() < 0.10
    assert (ordinary <= LEVEL).mean() > 0.30


def test_the_level_is_exact_for_the_correlation_that_is_assumed():
    rng = np.random.default_rng(0)
    n_tables = 4000
    correlation = N_TEST / N_ROWS
    shared = rng.normal(scale=np.sqrt(correlation), size=(n_tables, 1))
    own = rng.normal(scale=np.sqrt(1 - correlation), size=(n_tables, N_SPLITS))
    differences = shared + own
    rejected = sum(
        corrected_ttest(d, np.zeros(N_SPLITS), N_ROWS - N_TEST, N_TEST).p_value <= LEVEL
        for d in differences
    )
    # Between the quantiles of 1 in 100,000 of the binomial distribution.
    low, high = stats.binom.ppf([1e-5, 1 - 1e-5], n_tables, LEVEL)
    assert low <= rejected <= high


def test_without_test_rows_it_would_be_the_ordinary_test():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 8))
    expected = stats.ttest_rel(a, b)
    found = corrected_ttest(a, b, 1, 1e-12)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(interval))


def test_an_interval_ends_at_0_where_the_p_value_is_the_level():
    rng = np.random.default_rng(1)
    a, b = rng.normal(0.5, size=10), rng.normal(size=10)
    p_value = corrected_ttest(a, b, 2, 1).p_value
    found = corrected_ttest(a, b, 2, 1, confidence=1 - p_value)
    assert min(abs(found.low), abs(found.high)) == pytest.approx(0, abs=1e-9)


def test_only_the_ratio_of_rows_counts():
    a, b = np.random.default_rng(0).normal(size=(2, 8))
    assert corrected_ttest(a, b, 80, 20) == corrected_ttest(a, b, 4, 1)


def test_swapping_the_models_turns_the_sign():
    a, b = np.random.default_rng(0).normal(size=(2, 8))
    there, back = corrected_ttest(a, b, 4, 1), corrected_ttest(b, a, 4, 1)
    assert there.difference == -back.difference
    assert (there.low, there.high) == (-back.high, -back.low)
    assert there.p_value == back.p_value


def test_two_candidates_of_a_grid_search():
    X, y = load_wine(return_X_y=True)
    cv = ShuffleSplit(n_splits=6, test_size=0.25, random_state=0)
    tree = DecisionTreeClassifier(random_state=0)
    search = GridSearchCV(tree, {"max_depth": [1, 4]}, cv=cv).fit(X, y)
    splits = [search.cv_results_[f"split{i}_test_score"] for i in range(6)]
    stump, deep = np.transpose(splits)
    result = corrected_ttest(deep, stump, n_train=3, n_test=1)
    assert result.difference == pytest.approx(deep.mean() - stump.mean())
    assert result.p_value < 0.05


def test_equal_scores_are_no_difference():
    result = corrected_ttest([0.9, 0.8], [0.9, 0.8], 4, 1)
    assert (result.difference, result.p_value) == (0.0, 1.0)


def test_one_and_the_same_difference_cannot_be_judged():
    result = corrected_ttest([0.9, 0.8, 0.7], [0.8, 0.7, 0.6], 4, 1)
    assert result.difference == pytest.approx(0.1)
    assert np.isnan(result.p_value)


@pytest.mark.parametrize(
    ("a", "b", "match"),
    [
        ([0.9], [0.8], "at least two splits"),
        ([[0.9, 0.8]], [[0.9, 0.8]], "at least two splits"),
        ([0.9, 0.8], [0.9, 0.8, 0.7], "inconsistent numbers"),
        ([0.9, np.nan], [0.9, 0.8], "scores_a contains NaN"),
    ],
)
def test_scores_that_are_not_of_the_same_splits_are_an_error(a, b, match):
    with pytest.raises(ValueError, match=match):
        corrected_ttest(a, b, 4, 1)


def test_row_numbers_must_be_positive():
    with pytest.raises(ValueError, match="n_train=0 must be a positive"):
        corrected_ttest([0.9, 0.8], [0.7, 0.7], 0, 1)


def test_holm_counts_only_the_comparisons_made():
    found = holm([0.03, np.nan, 0.01])
    np.testing.assert_allclose(found, [0.03, np.nan, 0.02])


def test_holm_of_nothing_is_nothing():
    assert holm([]).shape == (0,)


def test_holm_leaves_its_input_alone():
    p_values = np.array([0.01, 0.04])
    holm(p_values)
    assert p_values.tolist() == [0.01, 0.04]


def test_holm_refuses_what_is_no_probability():
    with pytest.raises(ValueError, match=r"must be in \[0, 1\]"):
        holm([0.5, 1.2])
