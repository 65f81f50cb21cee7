"""Selections of rows by difficulty, and what becomes of models trained on them."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes, load_iris

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.difficulty import (
    HardSampleSelector,
    SelectionCurveDisplay,
    difficulty_report,
    selection_curve,
)
from sparsekit.difficulty._select import SELECTION_STRATEGIES, select

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def net_of(**options):
    return SETMLPClassifier((10,), max_iter=6, random_state=0, **options)


@given(
    scores=st.lists(st.integers(0, 9) | st.none(), min_size=1, max_size=60),
    keep=st.floats(0.01, 1),
    strategy=st.sampled_from(SELECTION_STRATEGIES),
    drop=st.floats(0, 0.9),
)
def test_selections_have_the_size_asked_for_and_no_row_twice(
    scores, keep, strategy, drop
):
    scores = np.array([np.nan if s is None else s for s in scores], dtype=float)
    known = np.flatnonzero(~np.isnan(scores))
    if not known.size:
        return
    rows = select(scores, keep, strategy, drop, np.random.RandomState(0))
    assert np.isin(rows, known).all()
    assert (np.diff(rows) > 0).all()
    left = known.size - min(round(drop * scores.size), known.size - 1)
    assert rows.size == min(max(1, round(keep * scores.size)), left)


def test_strategies_take_the_end_of_the_ranking_that_they_name():
    scores = np.arange(10.0)
    rng = np.random.RandomState(0)
    assert select(scores, 0.3, "hardest", 0.0, rng).tolist() == [7, 8, 9]
    assert select(scores, 0.3, "hardest", 0.2, rng).tolist() == [5, 6, 7]
    assert select(scores, 0.3, "easiest", 0.0, rng).tolist() == [0, 1, 2]


def test_shares_are_of_all_rows_those_without_a_score_among_them():
    scores = np.append(np.arange(10.0), np.full(10, np.nan))
    rng = np.random.RandomState(0)
    assert select(scores, 1.0, "hardest", 0.2, rng).tolist() == [0, 1, 2, 3, 4, 5]
    assert select(scores, 0.2, "hardest", 0.0, rng).tolist() == [6, 7, 8, 9]


@pytest.mark.parametrize("strategy", SELECTION_STRATEGIES)
def test_a_choice_by_chance_does_not_depend_on_the_strategy(strategy):
    X, y = load_iris(return_X_y=True)
    options = {"by": "random", "keep_fraction": 0.2, "random_state": 0}
    plain = HardSampleSelector(net_of(), **options).fit(X, y)
    other = HardSampleSelector(net_of(), strategy=strategy, **options).fit(X, y)
    np.testing.assert_array_equal(other.sample_indices_, plain.sample_indices_)


def test_strata_share_the_selection_evenly():
    scores = np.concatenate([np.zeros(900), np.ones(90), np.full(10, 0.5)])
    rows = select(scores, 0.1, "stratified", 0.0, np.random.RandomState(0))
    assert [(scores[rows] == s).sum() for s in (0, 0.5, 1)] == [45, 10, 45]


def test_a_selector_ranks_by_the_report_of_its_network():
    X, y = load_iris(return_X_y=True)
    selector = HardSampleSelector(
        net_of(), by="aum", keep_fraction=0.2, strategy="hardest"
    )
    X_kept, y_kept = selector.fit_resample(X, y)
    aum = difficulty_report(selector.estimator_)["aum"].to_numpy()
    np.testing.assert_array_equal(selector.scores_, -aum)
    assert set(selector.sample_indices_) == set(np.argsort(aum)[:30])
    np.testing.assert_array_equal(X_kept, X[selector.get_support()])
    np.testing.assert_array_equal(y_kept, y[selector.sample_indices_])
    assert selector.estimator.record is None


def test_rows_that_were_held_out_are_not_selected():
    X, y = load_iris(return_X_y=True)
    selector = HardSampleSelector(net_of(early_stopping=True), keep_fraction=1.0).fit(
        X, y
    )
    held = selector.estimator_.record_["n_seen"] == 0
    np.testing.assert_array_equal(selector.get_support(), ~held)


def test_a_table_keeps_its_type_and_chance_fits_nothing():
    X, y = load_iris(return_X_y=True, as_frame=True)
    selector = HardSampleSelector(
        net_of(), by="random", keep_fraction=0.1, random_state=0
    )
    X_kept, y_kept = selector.fit_resample(X, y)
    assert isinstance(X_kept, pd.DataFrame)
    assert X_kept.index.equals(y_kept.index)
    assert selector.estimator_ is None
    assert len(X_kept) == 15


@pytest.mark.parametrize(
    "options",
    [{"by": "age"}, {"keep_fraction": 0}, {"strategy": "all"}, {"drop_hardest": 1}],
)
def test_bad_parameters_are_named(options):
    with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter"):
        HardSampleSelector(net_of(), **options).fit([[0.0], [1.0]], [0, 1])


def test_curves_always_hold_random_selections():
    X, y = load_iris(return_X_y=True)
    options = {"keep_fractions": [0.3, 1.0], "cv": 2, "random_state": 0}
    curve = selection_curve(net_of(), X, y, by=["forgetting"], **options)
    assert curve.groupby("by").size().to_dict() == {"forgetting": 4, "random": 4}
    assert set(curve["n_samples"]) == {22, 75}
    # All rows are all rows, however they are ranked.
    whole = curve[curve["keep_fraction"] == 1].pivot(
        index="split", columns="by", values="score"
    )
    np.testing.assert_array_equal(whole["forgetting"], whole["random"])
    again = selection_curve(net_of(), X, y, by=["forgetting"], **options)
    pd.testing.assert_frame_equal(curve, again)


def test_random_rows_are_drawn_from_all():
    X, y = load_iris(return_X_y=True)
    options = {"keep_fractions": [1.0], "cv": 2, "drop_hardest": 0.4, "random_state": 0}
    curve = selection_curve(net_of(), X, y, **options).set_index("by")["n_samples"]
    assert set(curve["random"]) == {75}
    assert set(curve["difficulty"]) == {45}


def test_regressions_have_curves_that_can_be_drawn():
    X, y = load_diabetes(return_X_y=True)
    net = SETMLPRegressor((10,), max_iter=4, random_state=0)
    display = SelectionCurveDisplay.from_estimator(
        net, X, y, by=["error", "random"], keep_fractions=[0.5, 1], cv=2, random_state=0
    )
    labels = display.ax_.get_legend_handles_labels()[1]
    assert labels == ["error", "random"]
    plt.close("all")


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"by": "aum"}, "by must be a sequence"),
        ({"by": ["age"]}, "by must be a sequence"),
        ({"strategy": "all"}, "strategy must be"),
        ({"keep_fractions": [0.0]}, "each of keep_fractions must be in"),
        ({"drop_hardest": 1.0}, "drop_hardest must be"),
    ],
)
def test_bad_options_of_a_curve_are_named(options, match):
    with pytest.raises(ValueError, match=match):
        selection_curve(net_of(), [[0.0], [1.0]], [0, 1], **options)
