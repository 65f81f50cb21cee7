import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.study import StudyResult, corrected_ttest, holm
from sparsekit.study.statistics._ranks import permutation_p_value
from tests.reference import naive_comparison as naive
from tests.study.frames import made_up_study


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_splits", [2, 5, 30])
def test_the_corrected_t_test_equals_its_formula(n_splits, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(0.8, 0.05, size=(2, n_splits))
    n_train, n_test = rng.integers(10, 1000, size=2)
    found = corrected_ttest(a, b, n_train, n_test)
    difference, statistic, p_value = naive.corrected_ttest(a, b, n_train, n_test)
    assert found.difference == pytest.approx(difference)
    assert found.statistic == pytest.approx(statistic)
    assert found.p_value == pytest.approx(p_value, abs=1e-7)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holms_p_values_equal_step_by_step(p_values):
    np.testing.assert_allclose(holm(p_values), naive.holm(p_values), rtol=1e-12)


def test_comparisons_equal_pairing_row_by_row():
    frame = made_up_study(["wine", "diabetes"], n_seeds=5)
    frame = frame.sample(frac=1, random_state=0)
    table = StudyResult(frame).compare("set", "static", test_size=0.25)
    pairs = naive.paired_scores(frame.to_dict("records"), ("set", 0.8), ("static", 0.8))
    assert len(table) == len(pairs) == 2
    for row in table.itertuples():
        by_seed = pairs[row.dataset, row.mechanism, row.when]
        a, b = (
            [sum(pair[i] for pair in of) / len(of) for of in by_seed.values()]
            for i in (0, 1)
        )
        differences = [x - y for x, y in zip(a, b, strict=True)]
        difference, _, p_value = naive.corrected_ttest(a, b, 3, 1)
        assert row.difference == pytest.approx(difference)
        assert row.p_value == pytest.approx(p_value, abs=1e-7)
        assert row.effect_size == pytest.approx(naive.effect_size(differences))
        assert row.wins == sum(d > 0 for d in differences)


def test_ranks_and_their_tests_equal_their_formulas():
    models = [("dense", 0.0), ("static", 0.8), ("set", 0.8), ("set", 0.9)]
    frame = made_up_study(["a", "b", "c", "d", "e"], models=models, n_seeds=5)
    shuffled = frame.sample(frac=1, random_state=0)
    ranks = StudyResult(shuffled).ranks(models)
    expected = naive.dataset_ranks(shuffled.to_dict("records"), models)
    for dataset, row in expected.items():
        assert list(ranks.by_dataset.loc[dataset]) == row
    chi2, F = naive.friedman(list(expected.values()))
    assert ranks.friedman_statistic == pytest.approx(chi2)
    assert ranks.iman_davenport_statistic == pytest.approx(F)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("n", "k"), [(2, 4), (4, 3), (7, 2)])
def test_permutations_drawn_come_near_all_of_them(n, k, seed):
    rng = np.random.default_rng(seed)
    # Few values, so that there are ties.
    scores = rng.integers(0, 4, size=(n, k)) + np.arange(k)
    ranks = [naive.ranks_of(list(row)) for row in scores]
    expected = naive.friedman_exact(ranks)
    # Of 9,999 draws: five standard deviations are at most 0.025.
    assert permutation_p_value(np.array(ranks)) == pytest.approx(expected, abs=0.025)
