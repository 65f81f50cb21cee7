"""Results in a file: what is there is not done again, and nothing else is believed."""

import json
import os
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import Perceptron

from sparsekit._utils import _whole_files
from sparsekit.study import StudyResult, missingness_study
from sparsekit.study.rows._lines import CHECK, COLUMNS
from sparsekit.study.run import _run

SETTINGS = {
    "models": {
        "first": DummyClassifier(),
        "second": DummyClassifier(strategy="stratified"),
    },
    "missing_rates": [0.0, 0.5],
    "seeds": 2,
}
N_FITS = 8


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    return rng.normal(size=(40, 3)), np.tile([0, 1], 20)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "results.csv"


@pytest.fixture
def fitted(monkeypatch):
    """The keys of the fits that are made."""
    run_job, keys = _run.run_job, []

    def recorded(table, model, job):
        keys.extend(job.all_row_keys())
        return run_job(table, model, job)

    monkeypatch.setattr(_run, "run_job", recorded)
    return keys


def study(table, path=None, **changes):
    return missingness_study(*table, output=path, **{**SETTINGS, **changes}).frame


def without_time(frame):
    return frame.drop(columns="fit_time")


def keep_lines(path, n_lines, tail=b""):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:n_lines]) + tail)


def test_a_file_holds_the_frame(table, path):
    frame = study(table, path)
    # pandas before 3 loses the last digits of the numbers in a CSV file.
    read = pd.read_csv(path).drop(columns=CHECK)
    pd.testing.assert_frame_equal(read, frame, rtol=1e-9, atol=0)


def test_a_file_changes_no_result(table, path):
    pd.testing.assert_frame_equal(
        without_time(study(table, path)), without_time(study(table)), check_exact=True
    )


def test_rows_are_in_the_file_as_soon_as_their_fit_has_ended(table, path, monkeypatch):
    run_job, seen = _run.run_job, []

    def reading(*args):
        seen.append(path.read_text().count("\n") - 1)
        return run_job(*args)

    monkeypatch.setattr(_run, "run_job", reading)
    study(table, path)
    assert seen == list(range(N_FITS))


def test_a_complete_study_is_not_repeated(table, path, fitted):
    first = study(table, path)
    fitted.clear()
    again = study(table, path)
    assert fitted == []
    pd.testing.assert_frame_equal(again, first, check_exact=True)


@pytest.mark.parametrize(
    "tail", [b"", b"data,mcar,bo", b'"da', b"data,mcar,both,0.5,second,0.0,1,accuracy"]
)
@pytest.mark.parametrize("n_rows", [0, 3])
def test_an_unfinished_study_goes_on_where_it_was(table, path, fitted, tail, n_rows):
    expected = study(table, path)
    keep_lines(path, 1 + n_rows)
    kept = pd.read_csv(path)
    keep_lines(path, 1 + n_rows, tail)
    fitted.clear()
    frame = study(table, path)
    assert len(fitted) == N_FITS - n_rows
    assert not {key[3:] for key in fitted} & set(
        kept[["missing_rate", "model", "sparsity", "seed"]].itertuples(
            index=False, name=None
        )
    )
    pd.testing.assert_frame_equal(
        without_time(frame), without_time(expected), check_exact=True
    )


def test_a_study_may_be_killed_more_than_once(table, path, monkeypatch):
    expected = study(table, path)
    run_job, n_jobs = _run.run_job, []

    def failing(*args):
        n_jobs.append(1)
        if len(n_jobs) == 3:
            raise MemoryError
        return run_job(*args)

    keep_lines(path, 1 + 2, b"data,mcar,bo")
    monkeypatch.setattr(_run, "run_job", failing)
    with pytest.raises(MemoryError):
        study(table, path)
    assert path.read_text().count("\n") == 1 + 4
    frame = study(table, path)
    pd.testing.assert_frame_equal(without_time(frame), without_time(expected))


@pytest.mark.parametrize("content", [b"", b"dataset,mech"])
def test_a_study_killed_before_its_first_row_goes_on(table, path, content):
    expected = study(table, path)
    path.write_bytes(content)
    frame = study(table, path)
    pd.testing.assert_frame_equal(without_time(frame), without_time(expected))


def test_a_study_grows(table, path, fitted):
    study(table, path, seeds=1, missing_rates=[0.5])
    fitted.clear()
    frame = study(table, path)
    assert len(fitted) == N_FITS - 2
    pd.testing.assert_frame_equal(without_time(frame), without_time(study(table)))


def test_numbers_come_back_to_the_bit(table, path):
    # With a gap in a column of whole numbers: only one of the two has weights.
    models = {"first": DummyClassifier(), "second": Perceptron()}
    changes = {"models": models, "missing_rates": [0.0]}
    first = study(table, path, **changes)
    assert first["n_connections"].isna().any()
    assert first["n_connections"].notna().any()
    pd.testing.assert_frame_equal(study(table, path, **changes), first)


def test_a_smaller_grid_is_refused(table, path):
    study(table, path)
    with pytest.raises(ValueError, match="has 4 fits that this study has not, such as"):
        study(table, path, seeds=1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"test_size": 0.5}, "test_size of data of datasets was 0.333.* and is 0.5"),
        (
            {"models": {"first": DummyClassifier(constant=1)}},
            "constant of first of data of models was None, and is 1",
        ),
    ],
)
def test_other_settings_are_refused_by_name(table, path, changes, message):
    study(table, path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=f"made with other settings: .*{message}"):
        study(table, path, **changes)
    assert path.read_bytes() == before


def test_other_data_are_refused(table, path):
    study(table, path)
    table[0][3, 2] += 1e-12
    with pytest.raises(
        ValueError, match="the values of data are not those it was made of"
    ):
        study(table, path)


def test_other_versions_are_refused(table, path):
    study(table, path)
    settings = path.with_suffix(".json")
    content = json.loads(settings.read_text())
    content["versions"]["scikit-learn"] = "1.0"
    settings.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"scikit-learn of versions was 1\.0, and is"):
        study(table, path)


@pytest.mark.parametrize("content", ["{", "[]", '{"format": "other"}'])
def test_settings_that_are_none_are_refused(table, path, content):
    path.with_suffix(".json").write_text(content)
    with pytest.raises(ValueError, match="holds no settings of a study"):
        study(table, path)


def test_a_file_of_unknown_origin_is_not_touched(table, path):
    path.write_text("my,own,data\n1,2,3\n")
    with pytest.raises(ValueError, match=r"results\.json, which says how it was made"):
        study(table, path)
    assert path.read_text() == "my,own,data\n1,2,3\n"


def test_rows_that_were_changed_are_fitted_again_with_a_note(table, path, fitted):
    expected = study(table, path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[3] = re.sub(b"accuracy,[^,]+", b"accuracy,2.72", lines[3])
    lines[5] = b"data,mcar\n"
    lines.append(b"," * len(COLUMNS) + b"\n")
    path.write_bytes(b"".join(lines))
    fitted.clear()
    with pytest.warns(UserWarning, match="has 3 damaged rows: their fits are made"):
        frame = study(table, path)
    assert len(fitted) == 2
    pd.testing.assert_frame_equal(without_time(frame), without_time(expected))
    fitted.clear()
    pd.testing.assert_frame_equal(study(table, path), frame)
    assert fitted == []


def test_results_that_were_changed_are_not_read(table, path):
    frame = study(table, path)
    pd.testing.assert_frame_equal(StudyResult.from_file(path).frame, frame, rtol=1e-9)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"accuracy", b"accurady", 1))
    with pytest.raises(ValueError, match="1 lines that are not as a study wrote them"):
        StudyResult.from_file(path)


def test_other_columns_are_refused(table, path):
    study(table, path)
    path.write_bytes(path.read_bytes().replace(b"dataset", b"datasat", 1))
    with pytest.raises(ValueError, match="other columns than the results of a study"):
        study(table, path)


def test_unfinished_files_of_a_killed_study_are_removed(table, path):
    left = [f".results.{end}.{'0' * 32}" for end in ("csv", "json", "parquet")]
    others = [".results.csv.old", f".other.csv.{'0' * 32}", ".results.lock"]
    for name in left + others:
        (path.parent / name).write_text("a part")
    study(table, path)
    found = {p.name for p in path.parent.iterdir()}
    assert found == {"results.csv", "results.json", *others[:2]}


def test_what_was_replaced_while_the_study_ran_is_left_as_it_is(
    table, path, monkeypatch
):
    run_job = _run.run_job

    def replacing(*args):
        path.unlink()
        path.write_text("of somebody else")
        monkeypatch.setattr(_run, "run_job", run_job)
        return run_job(*args)

    monkeypatch.setattr(_run, "run_job", replacing)
    with pytest.raises(OSError, match="removed or replaced while the study"):
        study(table, path)
    assert path.read_text() == "of somebody else"


def test_a_fit_that_is_there_twice_is_refused(table, path):
    study(table, path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines, lines[-1]]))
    with pytest.raises(ValueError, match="some fits more than once"):
        study(table, path)


def test_two_studies_do_not_write_to_one_file(table, path, monkeypatch):
    pytest.importorskip("fcntl")
    run_job, errors = _run.run_job, []

    def intruding(*args):
        if not errors:
            with pytest.raises(ValueError, match="written by another") as error:
                study(table, path)
            errors.append(error)
        return run_job(*args)

    monkeypatch.setattr(_run, "run_job", intruding)
    assert len(study(table, path)) == N_FITS


def test_parquet_is_written_beside_its_csv_when_the_study_is_complete(
    table, tmp_path, monkeypatch
):
    path = tmp_path / "results.parquet"
    frame = study(table, path)
    pd.testing.assert_frame_equal(pd.read_parquet(path), frame)
    assert {p.name for p in tmp_path.iterdir()} == {
        "results.csv",
        "results.json",
        "results.parquet",
    }


def test_a_disk_that_is_full_at_the_end_leaves_the_rows_and_nothing_else(
    table, path, monkeypatch
):
    replace = os.replace

    def fill_the_disk(unfinished, path):
        if path.exists():
            raise OSError("no space left")
        replace(unfinished, path)

    with monkeypatch.context() as patch:
        patch.setattr(_whole_files.os, "replace", fill_the_disk)
        with pytest.raises(OSError, match="no space left"):
            study(table, path)
    assert sorted(path.parent.iterdir()) == [path, path.with_suffix(".json")]
    assert len(pd.read_csv(path)) == N_FITS


def test_another_ending_is_refused(table, tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.csv or \.parquet"):
        study(table, tmp_path / "results.xlsx")


def test_names_are_data(table, path):
    models = {'a,"b"': DummyClassifier(), "=1+1;%s {x} [bold]": DummyClassifier()}
    first = study(table, path, models=models)
    assert set(first["model"]) == set(models)
    pd.testing.assert_frame_equal(study(table, path, models=models), first)


def test_names_of_several_lines_are_refused(table):
    with pytest.raises(ValueError, match="needs another name: a text of one line"):
        study(table, models={"a\nb": DummyClassifier()})


def test_code_in_the_settings_is_not_run(table, path, tmp_path):
    study(table, path)
    settings = path.with_suffix(".json")
    content = json.loads(settings.read_text())
    trap = tmp_path / "trap"
    content["models"]["data"]["first"]["strategy"] = f"open({str(trap)!r}, 'w')"
    settings.write_text(json.dumps(content))
    with pytest.raises(ValueError, match="other settings"):
        study(table, path)
    assert not trap.exists()
