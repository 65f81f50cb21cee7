import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sparsekit.study import StudyResult
from sparsekit.study.statistics import _ranks
from sparsekit.study.statistics._ranks import (
    ModelRanks,
    friedman,
    iman_davenport,
    nemenyi,
    permutation_p_value,
)
from tests.study.frames import made_up_study

DATASETS = ["wine", "iris", "digits", "cancer", "diabetes"]

# The example of Demsar's section 3.2.2: average ranks of four classifiers on 14 tables
# give a Friedman statistic of 9.28 and an F of 3.69.
DEMSAR_RANKS = (3.143, 2.000, 2.893, 1.964)


@pytest.fixture
def frame():
    return made_up_study(DATASETS, advantage={"set": 0.03, "dense": -0.03})


def test_the_best_model_has_rank_1(frame):
    ranks = StudyResult(frame).ranks()
    assert list(ranks.table["model"]) == ["SET 80 %", "static sparse 80 %", "dense"]
    assert list(ranks.table["rank"]) == [1.0, 2.0, 3.0]
    assert list(ranks.table["wins"]) == [5, 0, 0]


def test_each_dataset_counts_once_however_many_seeds_it_has(frame):
    many = made_up_study(["wine"], n_seeds=40, advantage={"dense": 0.03})
    rest = frame[frame["dataset"] != "wine"]
    ranks = StudyResult(pd.concat([rest, many])).ranks()
    assert ranks.n_datasets == 5
    assert (np.sort(ranks.by_dataset, axis=1) == [1, 2, 3]).all()
    assert ranks.by_dataset.loc["wine", "dense"] == 1.0


def test_models_of_one_sparsity_are_ranked_among_each_other():
    models = [("a", 0.8), ("b", 0.8), ("c", 0.9), ("d", 0.0)]
    frame = made_up_study(["wine", "iris"], models=models)
    frame["score"] = frame["model"].map({"a": 0.8, "b": 0.9, "c": 0.95, "d": 0.99})
    ranks = StudyResult(frame).ranks(sparsity=0.8)
    assert ranks.table["rank"].tolist() == [1.0, 2.0]
    assert [label[0] for label in ranks.table["model"]] == ["b", "a"]


def test_a_sparsity_that_no_model_has_is_refused(frame):
    with pytest.raises(ValueError, match=r"sparsity must be one of \[0.0, 0.8\]"):
        StudyResult(frame).ranks(sparsity=0.85)


def test_ranks_are_taken_in_each_seed_and_not_of_the_mean_score():
    frame = made_up_study(["wine"], models=[("a", 0.0), ("b", 0.0)], rates=(0.0,))
    # Better in three of four seeds, worse in the mean.
    frame["score"] = [0.9, 0.9, 0.9, 0.0, 0.8, 0.8, 0.8, 0.8]
    ranks = StudyResult(frame).ranks()
    assert ranks.by_dataset.loc["wine"].to_dict() == {"a": 1.0, "b": 2.0}


def test_ties_share_the_mean_of_their_ranks():
    models = [("a", 0.0), ("b", 0.0), ("c", 0.0)]
    frame = made_up_study(["wine", "iris"], models=models)
    frame["score"] = frame["model"].map({"a": 0.9, "b": 0.9, "c": 0.8})
    ranks = StudyResult(frame).ranks()
    assert list(ranks.table["rank"]) == [1.5, 1.5, 3.0]
    assert list(ranks.table["wins"]) == [2, 2, 0]


def test_friedman_agrees_with_scipy_also_with_ties():
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 4, size=(12, 5))
    expected = stats.friedmanchisquare(*scores.T)
    statistic, p_value = friedman(stats.rankdata(scores, axis=1))
    assert statistic == pytest.approx(expected.statistic)
    assert p_value == pytest.approx(expected.pvalue)


def test_iman_davenport_gives_the_figures_of_the_paper():
    n, k = 14, 4
    between = sum(R**2 for R in DEMSAR_RANKS) - k * (k + 1) ** 2 / 4
    statistic, _ = iman_davenport(12 * n / (k * (k + 1)) * between, n, k)
    assert statistic == pytest.approx(3.69, abs=0.01)


@pytest.mark.parametrize(
    ("k", "confidence", "q"),
    [(2, 0.95, 1.960), (4, 0.95, 2.569), (10, 0.95, 3.164), (5, 0.90, 2.459)],
)
def test_the_critical_difference_has_the_quantiles_of_the_paper(k, confidence, q):
    expected = q * np.sqrt(k * (k + 1) / (6 * 14))
    assert nemenyi(14, k, confidence) == pytest.approx(expected, abs=1e-3)


def test_datasets_that_agree_leave_no_doubt():
    ranks = ModelRanks(pd.DataFrame([[1.0, 2.0, 3.0]] * 6, columns=list("abc")))
    assert ranks.iman_davenport_statistic == np.inf
    assert ranks.iman_davenport_p_value == 0.0


def test_models_that_always_tie_do_not_differ():
    ranks = ModelRanks(pd.DataFrame([[2.0, 2.0, 2.0]] * 6, columns=list("abc")))
    assert ranks.friedman_p_value == 1.0
    assert ranks.iman_davenport_p_value == 1.0
    assert ranks.groups == [["a", "b", "c"]]


def test_groups_are_the_largest_sets_within_a_critical_difference():
    rows = [[1.0, 2.0, 3.0, 4.0]] * 8 + [[2.0, 1.0, 3.0, 4.0]] * 4
    ranks = ModelRanks(pd.DataFrame(rows, columns=list("abcd")))
    # Ranks 1.33, 1.67, 3 and 4, critical difference 1.35.
    assert ranks.groups == [["a", "b"], ["b", "c"], ["c", "d"]]


def test_the_level_of_the_friedman_test_holds_for_equal_models():
    rng = np.random.default_rng(0)
    ranks = rng.permuted(np.tile([1.0, 2, 3, 4], (2000, 12, 1)), axis=2)
    p_values = np.array(
        [iman_davenport(friedman(r)[0], 12, 4)[1] for r in ranks],
    )
    # Between the quantiles of 1 in 100,000 of the binomial distribution.
    low, high = stats.binom.ppf([1e-5, 1 - 1e-5], 2000, 0.05)
    assert low <= (p_values <= 0.05).sum() <= high


def test_permutations_keep_the_level_where_the_approximations_do_not():
    rng = np.random.default_rng(0)
    ranks = rng.permuted(np.tile([1.0, 2, 3], (200, 3, 1)), axis=2)
    n_rejected = sum(permutation_p_value(r) <= 0.05 for r in ranks)
    n_by_F = sum(iman_davenport(friedman(r)[0], 3, 3)[1] <= 0.05 for r in ranks)
    # The quantile of 1 in 100,000 of the binomial distribution.
    assert n_rejected <= stats.binom.ppf(1 - 1e-5, 200, 0.05) < n_by_F


def test_permutations_agree_with_friedman_for_many_datasets():
    rng = np.random.default_rng(1)
    for _ in range(5):
        ranks = rng.permuted(np.tile([1.0, 2, 3, 4], (60, 1)), axis=1)
        # Over 200 seeds: within 0.016.
        assert permutation_p_value(ranks) == pytest.approx(friedman(ranks)[1], abs=0.03)


def test_permutations_in_pieces_are_of_the_same_number(monkeypatch):
    ranks = np.array([[1.0, 2, 3], [1, 2, 3], [2, 1, 3], [1, 3, 2]])
    expected = permutation_p_value(ranks)
    monkeypatch.setattr(_ranks, "CHUNK", 1000)
    assert permutation_p_value(ranks) == expected


def test_models_can_be_chosen(frame):
    ranks = StudyResult(frame).ranks(["dense", ("set", 0.8)])
    assert list(ranks.table["model"]) == ["SET 80 %", "dense"]
    assert list(StudyResult(frame).ranks("dense").table["rank"]) == [1.0]


def test_one_dataset_has_ranks_and_no_tests(frame):
    alone = frame[frame["dataset"] == "wine"].drop(columns="dataset")
    ranks = StudyResult(alone).ranks()
    assert list(ranks.table["rank"]) == [1.0, 2.0, 3.0]
    assert np.isnan(ranks.friedman_p_value)
    assert np.isnan(ranks.critical_difference)
    assert "No test" in repr(ranks)


def test_what_was_not_fitted_for_all_models_is_left_out(frame):
    lost = (frame["dataset"] == "wine") & (frame["model"] == "set")
    assert StudyResult(frame[~lost]).ranks().n_datasets == 4


def test_models_that_never_meet_are_an_error(frame):
    apart = frame[(frame["model"] == "set") == (frame["dataset"] == "wine")]
    with pytest.raises(ValueError, match="for which all of the models were fitted"):
        StudyResult(apart).ranks()


def test_repr_shows_ranks_and_tests(frame):
    text = repr(StudyResult(frame).ranks())
    assert text.splitlines()[0] == "Average ranks over 5 datasets"
    assert "critical difference 1.48 (5 %)" in text
