from pathlib import Path

import pandas as pd
import pytest

from sparsekit.study import StudyResult, summarize
from tests.study.frames import made_up_study


@pytest.fixture
def frame():
    return made_up_study()


def test_the_frame_is_a_copy(frame):
    result = StudyResult(frame)
    frame.loc[0, "score"] = -1.0
    assert result.frame.loc[0, "score"] > 0


def test_the_summary_is_that_of_summarize(frame):
    expected = summarize(frame, pool_rates=True, confidence=0.9)
    found = StudyResult(frame).summary(pool_rates=True, confidence=0.9)
    pd.testing.assert_frame_equal(found, expected)


def test_studies_of_several_tables_are_put_together():
    wine, iris = made_up_study(seed=0), made_up_study(["x"], seed=1)
    result = StudyResult.combine({"wine": wine, "iris": StudyResult(iris)})
    pd.testing.assert_frame_equal(
        result.frame.drop(columns="dataset"),
        pd.concat([wine, iris.drop(columns="dataset")], ignore_index=True),
    )
    assert list(result.frame["dataset"].unique()) == ["wine", "iris"]
    assert result.frame.columns[0] == "dataset"
    assert "dataset" not in wine


def test_what_is_of_several_tables_is_not_renamed():
    frame = made_up_study(["wine", "iris"])
    with pytest.raises(ValueError, match=r"results\['all'\] is of several datasets"):
        StudyResult.combine({"all": frame})


def test_nothing_cannot_be_combined():
    with pytest.raises(ValueError, match="at least one study is needed"):
        StudyResult.combine({})


def test_datasets_are_summarized_apart():
    frame = made_up_study(["wine", "diabetes"])
    summary = StudyResult(frame).summary()
    for dataset, metric in [("wine", "accuracy"), ("diabetes", "r2")]:
        here = summary[summary["dataset"] == dataset].drop(columns="dataset")
        alone = frame[frame["dataset"] == dataset].drop(columns="dataset")
        pd.testing.assert_frame_equal(
            here.reset_index(drop=True), summarize(alone).reset_index(drop=True)
        )
        assert set(here["metric"]) == {metric}


def test_report_fits_the_page():
    text = StudyResult(made_up_study(["wine", "diabetes"])).report()
    assert "Over all missing rates" in text
    assert max(map(len, text.splitlines())) <= 100


def test_repr_says_what_was_varied():
    text = repr(StudyResult(made_up_study(["wine", "diabetes"])))
    assert text.splitlines() == [
        "StudyResult of 72 rows",
        "  datasets       wine, diabetes",
        "  models         dense, static, set",
        "  sparsities     80 %",
        "  missing rates  0, 40, 80 %",
        "  mechanisms     mcar",
        "  seeds          4",
    ]


def test_html_escapes_names():
    frame = made_up_study(models=[("<script>", 0.0)])
    html = StudyResult(frame)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("name", ["results.csv", "results.csv.gz", "results.parquet"])
def test_a_file_gives_back_the_frame(name, tmp_path):
    frame = made_up_study(["wine", "diabetes"], models=[("NA", 0.0), ("set", 0.9)])
    frame.loc[frame["model"] == "NA", "n_connections"] = float("nan")
    path = tmp_path / name
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False)
    found = StudyResult.from_file(path).frame
    # Older releases of pandas read a number to within its last bit.
    pd.testing.assert_frame_equal(found, frame, rtol=1e-15, check_dtype=False)


def test_a_file_of_another_kind_is_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.csv, \.csv\.gz or \.parquet"):
        StudyResult.from_file(tmp_path / "results.pkl")


def test_a_summary_is_not_taken_for_results(frame):
    with pytest.raises(ValueError, match="frame has no column seed"):
        StudyResult(summarize(frame))


def test_no_rows_are_an_error(frame):
    with pytest.raises(ValueError, match="has no rows"):
        StudyResult(frame.iloc[:0])


def test_a_fit_with_two_rows_is_an_error(frame):
    with pytest.raises(ValueError, match="frame has 1 rows too many"):
        StudyResult(pd.concat([frame, frame.iloc[:1]]))


def test_early_results_have_no_column_when(frame):
    summary = StudyResult(frame.drop(columns="when")).summary()
    assert set(summary["when"]) == {"both"}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("score", 2.72, r"'score' has accuracy outside \[0, 1\]"),
        ("score", -0.1, r"'score' has accuracy outside \[0, 1\]"),
        ("n_connections", -5, "'n_connections' has negative values"),
        ("fit_time", -0.1, "'fit_time' has negative values"),
        ("seed", -1, "'seed' has negative values"),
    ],
)
def test_what_no_study_finds_is_refused(tmp_path, column, value, message):
    frame = made_up_study()
    frame[column] = frame[column].astype(float)
    frame.loc[3, column] = value
    frame.to_csv(tmp_path / "rows.csv", index=False)
    with pytest.raises(ValueError, match=message):
        StudyResult.from_file(tmp_path / "rows.csv")


@pytest.mark.parametrize("name", ["figure2_study", "reference_study"])
def test_published_rows_can_be_read(name):
    images = Path(__file__).resolve().parents[2] / "docs" / "images"
    assert len(StudyResult.from_file(images / f"{name}.csv.gz")) > 1000
