import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sparsekit.study import summarize


def frame_of(rows):
    columns = ["missing_rate", "model", "sparsity", "seed", "score"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
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
        (rate, model, sparsity, seed, score - rate * (seed + 1) / 10)
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
