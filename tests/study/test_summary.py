import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks.studies.levels import scores_of_equal_models
from sparsekit.study import corrected_ttest, summarize


def frame_of(rows):
    return pd.DataFrame(rows).assign(
        mechanism="mcar", metric="accuracy", n_connections=100, fit_time=0.5
    )


@pytest.fixture
def frame():
    scores = {
        ("dense", 0.0): [0.90, 0.92, 0.97],
        ("static", 0.8): [0.80, 0.85, 0.90],
        ("static", 0.9): [0.70, 0.71, 0.75],
        ("set", 0.8): [0.91, 0.90, 0.95],
        ("set", 0.9): [0.88, 0.86, 0.93],
    }
    rows = [
        {
            "missing_rate": rate,
            "model": model,
            "sparsity": sparsity,
            "seed": seed,
            "score": score - rate * (seed + 1) / 10,
        }
        for rate in (0.0, 0.5)
        for (model, sparsity), values in scores.items()
        for seed, score in enumerate(values)
    ]
    return frame_of(rows).sample(frac=1, random_state=0)


def cell(summary, model, sparsity, rate=None):
    rows = summary[(summary["model"] == model) & (summary["sparsity"] == sparsity)]
    if rate is not None:
        rows = rows[rows["missing_rate"] == rate]
    assert len(rows) == 1
    return rows.iloc[0]


def t_interval(values, confidence=0.95):
    return stats.ttest_1samp(values, 0).confidence_interval(confidence)


def test_mean_and_interval_of_the_scores(frame):
    row = cell(summarize(frame), "set", 0.9, rate=0.0)
    low, high = t_interval([0.88, 0.86, 0.93])
    assert row["score"] == pytest.approx(0.89)
    assert (row["score_low"], row["score_high"]) == pytest.approx((low, high))
    assert row["n_seeds"] == 3


def test_difference_to_static_is_taken_at_the_same_sparsity_and_seed(frame):
    row = cell(summarize(frame), "set", 0.9, rate=0.0)
    low, high = t_interval([0.18, 0.15, 0.18])
    assert row["minus_static"] == pytest.approx(0.17)
    interval = row["minus_static_low"], row["minus_static_high"]
    assert interval == pytest.approx((low, high))


def test_difference_to_dense_is_taken_at_every_sparsity(frame):
    summary = summarize(frame)
    for sparsity, differences in [
        (0.8, [0.01, -0.02, -0.02]),
        (0.9, [-0.02, -0.06, -0.04]),
    ]:
        row = cell(summary, "set", sparsity, rate=0.5)
        low, high = t_interval(differences)
        assert row["minus_dense"] == pytest.approx(np.mean(differences))
        interval = row["minus_dense_low"], row["minus_dense_high"]
        assert interval == pytest.approx((low, high))


def test_a_model_is_not_compared_with_itself(frame):
    summary = summarize(frame)
    assert np.isnan(cell(summary, "static", 0.8, rate=0.0)["minus_static"])
    assert np.isnan(cell(summary, "dense", 0.0, rate=0.0)["minus_dense"])


def test_where_the_split_is_known_differences_allow_for_its_overlap(frame):
    summary = summarize(frame.assign(n_train=60, n_test=30))
    row = cell(summary, "set", 0.9, rate=0.0)
    expected = corrected_ttest([0.88, 0.86, 0.93], [0.70, 0.71, 0.75], 60, 30)
    interval = row["minus_static_low"], row["minus_static_high"]
    assert interval == pytest.approx((expected.low, expected.high))
    # That of the score is about these rows.
    assert row["score_low"] == pytest.approx(t_interval([0.88, 0.86, 0.93])[0])


def test_equally_good_models_seldom_get_a_star():
    rng, n_tables, n_splits = np.random.default_rng(0), 1000, 10
    scores = [scores_of_equal_models(rng, n_splits) for _ in range(n_tables)]
    shape = (n_tables, n_splits, 2)
    table, seed, model = (part.ravel() for part in np.indices(shape))
    frame = frame_of(
        {
            "dataset": table.astype(str),
            "missing_rate": 0.0,
            "model": np.array(["set", "static"])[model],
            "sparsity": 0.9,
            "seed": seed,
            "score": np.ravel(scores),
        }
    )
    starred = {}
    for name, known in (("corrected", {"n_train": 60, "n_test": 30}), ("not", {})):
        row = summarize(frame.assign(**known)).dropna(subset="minus_static")
        starred[name] = (row["minus_static_low"] > 0) | (row["minus_static_high"] < 0)
    # 4,000 tables have 5.1 % (benchmarks.studies.levels); 1,000 within 3 sigma of that.
    assert 0.03 < starred["corrected"].mean() < 0.072
    assert starred["not"].mean() > 0.3


def test_differences_that_do_not_vary_have_no_interval(frame):
    frame = frame.assign(score=np.where(frame["model"] == "set", 0.9, 0.8))
    row = cell(summarize(frame), "set", 0.9, rate=0.0)
    assert row["minus_static"] == pytest.approx(0.1)
    assert np.isnan(row["minus_static_low"])


def test_pooled_intervals_are_over_seeds_and_not_over_rates(frame):
    row = cell(summarize(frame, pool_rates=True), "set", 0.9)
    # Each seed's mean over the two rates, 0 and 0.5.
    means = [0.88 - 0.025, 0.86 - 0.05, 0.93 - 0.075]
    low, high = t_interval(means)
    assert row["score"] == pytest.approx(np.mean(means))
    assert (row["score_low"], row["score_high"]) == pytest.approx((low, high))
    assert row["n_seeds"] == 3


def test_confidence_sets_the_width(frame):
    row = cell(summarize(frame, confidence=0.5), "set", 0.9, rate=0.0)
    low, high = t_interval([0.88, 0.86, 0.93], confidence=0.5)
    assert (row["score_low"], row["score_high"]) == pytest.approx((low, high))


def test_one_seed_has_no_interval(frame):
    row = cell(summarize(frame[frame["seed"] == 0]), "set", 0.9, rate=0.0)
    assert row["score"] == pytest.approx(0.88)
    assert np.isnan(row["score_low"])
    assert row["minus_static"] == pytest.approx(0.18)
    assert np.isnan(row["minus_static_high"])


def test_without_a_baseline_the_differences_are_nan(frame):
    summary = summarize(frame[frame["model"] == "set"])
    assert summary[["minus_static", "minus_dense"]].isna().all(axis=None)


def test_the_frame_is_not_modified(frame):
    before = frame.copy()
    summarize(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_outside_0_and_1_is_an_error(frame, confidence):
    with pytest.raises(ValueError, match=r"confidence=.* must be in"):
        summarize(frame, confidence=confidence)
