import gzip
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.studies import reference_study
from sparsekit.study import StudyResult
from tests.study.frames import made_up_study

PAGE = Path(__file__).parents[2] / "docs" / "user_guide" / "reference_study.md"
SPARSITIES = (0.5, 0.9, 0.95, 0.98)


@pytest.fixture
def frame():
    models = [(model, s) for model in reference_study.SPARSE for s in SPARSITIES]
    models += [("dense", 0.0), *((model, 0.0) for model in reference_study.OTHERS)]
    tables = ["wine", "iris", "moons", "diabetes"]
    made = made_up_study(
        tables, models, (0.0, 0.2, 0.4, 0.6, 0.8), advantage={"set": 0.1}
    )
    made = made.assign(n_train=200, n_test=100)
    made["metric"] = np.where(made["dataset"] == "diabetes", "r2", "accuracy")
    return made


def test_the_tables_and_figures_come_from_the_rows(frame, tmp_path, capsys):
    frame.to_csv(tmp_path / "rows.csv", index=False)
    arguments = ["--rows", str(tmp_path / "rows.csv"), "--out", str(tmp_path)]
    reference_study.main(arguments)
    printed = capsys.readouterr().out
    assert "| model | 0 % | MCAR 40 % | MCAR 80 % |" in printed
    mine = [line for line in printed.splitlines() if "`set` 95 % | `static`" in line]
    assert len(mine) == 1
    assert mine[0].startswith("| `set` 95 % | `static` 95 % | +9.9 [")
    assert mine[0].endswith("| 4, 0, 4 |")
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [
        "reference_ranks.png",
        "reference_study.png",
    ]


def test_equal_rows_are_kept_in_equal_files(frame, tmp_path):
    first = reference_study.keep(frame, tmp_path / "first.csv.gz")
    assert reference_study.keep(frame, tmp_path / "second.csv.gz") == first
    back = StudyResult.from_file(tmp_path / "first.csv.gz").frame
    pd.testing.assert_frame_equal(back, frame, check_dtype=False)


def test_the_page_gives_the_checksum_of_the_rows_that_it_is_about():
    path = PAGE.parents[2] / reference_study.ROWS
    content = path.read_bytes()
    assert hashlib.sha256(content).hexdigest() in PAGE.read_text(encoding="utf-8")
    assert gzip.decompress(content).startswith(b"dataset,mechanism,when,")
