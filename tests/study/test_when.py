"""Values missing in training and test, in training only, or in the test only."""

import numpy as np
import pandas as pd
import pytest

from sparsekit.study import MissingnessStudyDisplay, missingness_study, summarize
from sparsekit.study.displays._report import format_summary
from tests.study.test_pairing import Recorder

TINY = {"hidden_layer_sizes": (6,), "max_iter": 3}
WHEN = ("both", "fit", "transform")


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    return rng.normal(size=(60, 5)), np.repeat([0, 1], 30)


def recorded(table, monkeypatch):
    """Return what each fit of a study of one model was given."""
    monkeypatch.setattr(Recorder, "calls", [])
    study(table, models={"recorder": Recorder()}, params={})
    return Recorder.calls


def study(table, when=WHEN, models=("dense", "static"), params=TINY):
    return missingness_study(
        *table,
        models=models,
        sparsities=[0.5],
        missing_rates=[0.0, 0.4],
        seeds=2,
        when=when,
        estimator_params=params,
    ).frame


def test_holes_are_where_they_are_asked_for(table, monkeypatch):
    holes = [
        (np.isnan(call["X"]).any(), np.isnan(call["X_test"]).any())
        for call in recorded(table, monkeypatch)
    ]
    # First the complete table, once for all places.
    assert holes == [(False, False), (True, True), (True, False), (False, True)] * 2


def test_holes_are_the_same_in_all_places(table, monkeypatch):
    calls = recorded(table, monkeypatch)
    both, fit, transform = (calls[i] for i in (1, 2, 3))
    np.testing.assert_array_equal(both["X"], fit["X"])
    np.testing.assert_array_equal(both["X_test"], transform["X_test"])


def test_the_default_is_both(table):
    assert set(study(table, when=None)["when"]) == {"both"}


def test_models_are_compared_within_a_place(table):
    frame = study(table)
    row = summarize(frame).query("when == 'fit' and missing_rate == 0.4")
    scores = frame.query("when == 'fit' and missing_rate == 0.4").pivot(
        index="seed", columns="model", values="score"
    )
    assert row.loc[row["model"] == "static", "minus_dense"].item() == pytest.approx(
        (scores["static"] - scores["dense"]).mean()
    )


def test_each_place_has_its_tables_and_its_panels(table):
    frame = study(table, when=("both", "transform"))
    text = format_summary(summarize(frame), summarize(frame, pool_rates=True))
    assert "Sparsity 50 %, mechanism mcar, in the test only" in text
    assert "Over all missing rates, mechanism mcar\n" in text
    titles = [ax.get_title() for ax in MissingnessStudyDisplay.from_frame(frame).axes_]
    assert titles == [
        "model sparsity 50 %, mcar",
        "model sparsity 50 %, mcar, in the test only",
    ]


def test_results_without_the_column_are_taken_for_both(table):
    frame = study(table, when="both")
    pd.testing.assert_frame_equal(
        summarize(frame.drop(columns="when")), summarize(frame)
    )


def test_an_unknown_place_is_refused(table):
    with pytest.raises(ValueError, match=r"when has 'predict'.*'both', 'fit'"):
        study(table, when="predict")
