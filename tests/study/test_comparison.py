import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sparsekit.study import StudyResult, corrected_ttest
from sparsekit.study.statistics._comparison import effect_size
from tests.study.frames import made_up_study

MODELS = [
    ("dense", 0.0),
    ("static", 0.8),
    ("static", 0.9),
    ("set", 0.8),
    ("set", 0.9),
    ("set", 0.98),
]


@pytest.fixture
def result():
    return StudyResult(made_up_study(models=MODELS, advantage={"set": 0.01}))


def scores(result, model, sparsity, rate=None):
    """Return the scores by seed, averaged over the missing rates."""
    frame = result.frame
    rows = frame[(frame["model"] == model) & (frame["sparsity"] == sparsity)]
    if rate is not None:
        rows = rows[rows["missing_rate"] == rate]
    return rows.groupby("seed")["score"].mean()


def pairs(table):
    columns = ["model_a", "sparsity_a", "model_b", "sparsity_b"]
    return list(table[columns].itertuples(index=False, name=None))


def test_over_seeds_it_is_the_corrected_test_of_the_means_of_the_seeds(result):
    (row,) = result.compare(("set", 0.9), "static", test_size=0.25).itertuples()
    a, b = scores(result, "set", 0.9), scores(result, "static", 0.9)
    expected = corrected_ttest(a, b, n_train=3, n_test=1)
    assert row.n == 4
    assert row.difference == pytest.approx(expected.difference)
    assert (row.low, row.high) == pytest.approx((expected.low, expected.high))
    assert row.p_value == pytest.approx(expected.p_value)


def test_each_missing_rate_can_have_a_row(result):
    table = result.compare(
        ("set", 0.9), "static", pool_rates=False, test_size=0.25, confidence=0.8
    )
    assert list(table["missing_rate"]) == [0.0, 0.4, 0.8]
    a, b = scores(result, "set", 0.9, 0.4), scores(result, "static", 0.9, 0.4)
    expected = corrected_ttest(a, b, n_train=3, n_test=1, confidence=0.8)
    assert table.loc[1, "low"] == pytest.approx(expected.low)


def test_names_alone_are_compared_at_the_same_sparsity(result):
    table = result.compare("set", "static", test_size=0.25)
    assert pairs(table) == [
        ("set", 0.8, "static", 0.8),
        ("set", 0.9, "static", 0.9),
    ]


def test_a_model_without_sparsity_is_compared_with_every_sparsity(result):
    table = result.compare("dense", "set", test_size=0.25)
    assert list(table["sparsity_b"]) == [0.8, 0.9, 0.98]


def test_a_sparsity_given_for_one_model_holds_for_the_other(result):
    table = result.compare("set", ("static", 0.9), test_size=0.25)
    assert pairs(table) == [("set", 0.9, "static", 0.9)]


def test_sparsities_given_for_both_may_differ(result):
    table = result.compare(("set", 0.98), ("static", 0.8), test_size=0.25)
    assert pairs(table) == [("set", 0.98, "static", 0.8)]


def test_the_default_is_all_other_models(result):
    table = result.compare(("set", 0.9), test_size=0.25)
    assert pairs(table) == [
        ("set", 0.9, "dense", 0.0),
        ("set", 0.9, "static", 0.9),
    ]


def test_holm_counts_all_rows(result):
    table = result.compare("set", ["static", "dense"], test_size=0.25)
    assert len(table) == 5
    assert table["p_holm"].min() == pytest.approx(5 * table["p_value"].min())


def test_rows_of_the_frame_say_how_many_rows_were_tested(result):
    expected = result.compare("set", "static", test_size=0.25)
    frame = result.frame.assign(n_train=75, n_test=25)
    found = StudyResult(frame).compare("set", "static")
    pd.testing.assert_frame_equal(found, expected)


def test_the_number_of_test_rows_must_be_known(result):
    with pytest.raises(ValueError, match="pass it as test_size="):
        result.compare("set", "static")


def test_each_dataset_has_a_row_and_a_size_of_its_own():
    frame = made_up_study(["wine", "diabetes"])
    frame["n_train"] = frame["dataset"].map({"wine": 100, "diabetes": 300})
    frame["n_test"] = 50
    table = StudyResult(frame).compare("set", "static").set_index("dataset")
    for dataset, test_size in [("wine", 1 / 3), ("diabetes", 1 / 7)]:
        alone = frame[frame["dataset"] == dataset].drop(columns="dataset")
        (row,) = (
            StudyResult(alone)
            .compare("set", "static", test_size=test_size)
            .itertuples()
        )
        assert table.loc[dataset, "p_value"] == pytest.approx(row.p_value)


def test_over_datasets_each_dataset_is_one_value():
    frame = made_up_study(list("abcdefg"), advantage={"set": 0.1})
    (row,) = StudyResult(frame).compare("set", "static", over="datasets").itertuples()
    assert (row.n, row.wins, row.losses) == (7, 7, 0)
    # The least p value that seven signed ranks can have.
    assert row.p_value == pytest.approx(2 / 2**7)
    means = frame.groupby(["dataset", "model"])["score"].mean().unstack()
    differences = means["set"] - means["static"]
    expected = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
    assert row.difference == pytest.approx(differences.mean())
    assert (row.low, row.high) == pytest.approx(tuple(expected))


def test_scores_of_different_kinds_are_not_averaged():
    frame = made_up_study(["wine", "iris", "diabetes"])
    table = StudyResult(frame).compare("set", "static", over="datasets")
    assert dict(zip(table["metric"], table["n"], strict=True)) == {
        "accuracy": 2,
        "r2": 1,
    }


def test_over_datasets_needs_datasets(result):
    with pytest.raises(ValueError, match="needs a study of several datasets"):
        result.compare("set", "static", over="datasets")


def test_seeds_without_all_missing_rates_are_left_out(result):
    frame = result.frame
    whole = frame[frame["seed"] > 0]
    cut = frame[(frame["seed"] > 0) | (frame["missing_rate"] == 0.0)]
    expected = StudyResult(whole).compare("set", "static", test_size=0.25)
    found = StudyResult(cut).compare("set", "static", test_size=0.25)
    pd.testing.assert_frame_equal(found, expected)


def test_order_of_the_rows_does_not_matter(result):
    shuffled = StudyResult(result.frame.sample(frac=1, random_state=0))
    tables = [
        r.compare(("set", 0.9), "dense", pool_rates=False, test_size=0.25)
        .sort_values("missing_rate")
        .drop(columns="p_holm")
        .reset_index(drop=True)
        for r in (result, shuffled)
    ]
    pd.testing.assert_frame_equal(*tables)


def test_swapped_models_have_the_opposite_difference(result):
    there = result.compare("set", "static", test_size=0.25)
    back = result.compare("static", "set", test_size=0.25)
    np.testing.assert_allclose(there["difference"], -back["difference"])
    np.testing.assert_allclose(there["effect_size"], -back["effect_size"])
    np.testing.assert_allclose(there["superiority"], 1 - back["superiority"])
    np.testing.assert_array_equal(there["wins"], back["losses"])


def test_ties_count_half():
    frame = made_up_study(models=[("a", 0.0), ("b", 0.0)], rates=(0.0,))
    frame["score"] = [0.9, 0.8, 0.7, 0.6, 0.8, 0.8, 0.7, 0.7]
    (row,) = StudyResult(frame).compare("a", "b", test_size=0.25).itertuples()
    assert (row.wins, row.ties, row.losses) == (1, 2, 1)
    assert row.superiority == 0.5


def test_differences_that_cancel_out_but_for_rounding_are_a_tie():
    frame = made_up_study(models=[("a", 0.0), ("b", 0.0)], rates=(0.0, 0.4, 0.8))
    of_a = frame["missing_rate"].map({0.0: 0.1, 0.4: 0.2, 0.8: -0.3})
    assert of_a.unique().sum() != 0
    frame["score"] = np.where(frame["model"] == "a", of_a, 0.0)
    (row,) = StudyResult(frame).compare("a", "b", test_size=0.25).itertuples()
    assert (row.ties, row.effect_size, row.p_value) == (4, 0.0, 1.0)


def test_the_effect_size_has_no_bias_in_small_samples():
    rng = np.random.default_rng(0)
    sizes = [effect_size(d) for d in rng.normal(1.0, 1.0, size=(4000, 4))]
    # Over 20 seeds: 0.970 to 1.021; without the correction 1.38.
    assert np.mean(sizes) == pytest.approx(1.0, abs=0.08)


def test_two_seeds_have_no_effect_size(result):
    few = StudyResult(result.frame[result.frame["seed"] < 2])
    table = few.compare("set", "static", test_size=0.25)
    assert table["effect_size"].isna().all()
    assert table["p_value"].notna().all()


def test_one_seed_has_no_interval(result):
    one = StudyResult(result.frame[result.frame["seed"] == 0])
    table = one.compare("set", "static", test_size=0.25)
    assert table[["low", "high", "p_value", "p_holm"]].isna().all(axis=None)
    assert table["difference"].notna().all()


@pytest.mark.parametrize(
    ("kwargs", "match"),
    [
        ({"a": "SET"}, "model 'SET' is not among dense, static, set"),
        ({"a": ("set", 0.5)}, "not fitted at sparsity 0.5, but at 0.8, 0.9, 0.98"),
        ({"a": "set", "b": "set"}, "'set' cannot be compared with itself"),
        ({"a": "set", "over": "rates"}, "over='rates' must be one of seeds, datasets"),
        ({"a": "set", "test_size": 1}, r"test_size=1 must be a share in \[0, 1\)"),
        ({"a": "set", "confidence": 95}, "confidence=95 must be in"),
    ],
)
def test_what_cannot_be_compared_is_an_error(result, kwargs, match):
    with pytest.raises(ValueError, match=match):
        result.compare(**{"test_size": 0.25, **kwargs})


def test_several_models_go_into_a_list(result):
    with pytest.raises(TypeError, match="several go into a list"):
        result.compare("set", ("static", "dense"), test_size=0.25)


def test_a_study_of_one_model_has_nothing_to_compare():
    result = StudyResult(made_up_study(models=[("set", 0.9)]))
    with pytest.raises(ValueError, match="no model to compare 'set' with"):
        result.compare("set")


def test_models_that_share_no_seed_are_an_error(result):
    frame = result.frame
    apart = frame[(frame["model"] == "set") == (frame["seed"] < 2)]
    with pytest.raises(ValueError, match="share no"):
        StudyResult(apart).compare("set", "static", test_size=0.25)
