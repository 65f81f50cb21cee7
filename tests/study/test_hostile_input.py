"""Names and files from strangers: printed, never obeyed; read, never followed."""

import gzip
import os

import numpy as np
import pandas as pd
import pytest

from sparsekit._utils._one_line import one_line
from sparsekit.study import StudyResult, missingness_study
from sparsekit.study.cli import main

X, Y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2
SMALL = {
    "models": ["dense"],
    "missing_rates": [0.2],
    "seeds": 1,
    "estimator_params": {"hidden_layer_sizes": (3,), "max_iter": 1},
}
CLEAR_SCREEN = "\x1b[2J"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ä 中 \N{NO-BREAK SPACE}", "plain ä 中 \N{NO-BREAK SPACE}"),
        (CLEAR_SCREEN, "\\x1b[2J"),
        ("a\nb\r\t\x00", "a\\nb\\r\\t\\x00"),
        ("\udcff", "\\udcff"),
    ],
)
def test_control_characters_are_escaped(text, shown):
    assert one_line(text) == shown


def test_columns_with_control_characters_are_printed_as_text(tmp_path, capsys):
    path = tmp_path / "t.csv"
    pd.DataFrame({f"a{CLEAR_SCREEN}\n": [1.0], "b": [2.0]}).to_csv(path, index=False)
    assert main(["study", "--data", str(path), "--target", "c"]) == 2
    printed = capsys.readouterr().err
    assert "\x1b" not in printed
    assert printed.count("\n") == 1
    assert "\\x1b[2J" in printed


@pytest.mark.parametrize("name", [f"a{CLEAR_SCREEN}", "a\tb", "a\n"])
def test_tables_whose_name_has_control_characters_are_refused(name, tmp_path, capsys):
    path = tmp_path / f"{name}.csv"
    pd.DataFrame({"a": np.arange(20.0), "y": Y}).to_csv(path, index=False)
    assert main(["study", "--data", str(path), "--target", "y"]) == 2
    printed = capsys.readouterr().err
    assert "needs another name" in printed
    assert printed.count("\n") == 1
    assert "\x1b" not in printed


def test_arguments_with_control_characters_are_printed_as_text(capsys):
    with pytest.raises(SystemExit):
        main(["study", f"--{CLEAR_SCREEN}"])
    assert "\x1b" not in capsys.readouterr().err


def damaged_gzip(path):
    content = bytearray(gzip.compress(b"a,y\n" + b"1,0\n2,1\n" * 500))
    content[20:40] = bytes(20)
    path.write_bytes(content)
    return path


def test_a_damaged_archive_is_one_line_of_error(tmp_path, capsys):
    # zlib's error is none of Python's usual ones.
    path = damaged_gzip(tmp_path / "t.csv.gz")
    assert main(["study", "--data", str(path), "--target", "y"]) == 2
    assert "cannot read" in capsys.readouterr().err
    with pytest.raises(ValueError, match="cannot read"):
        StudyResult.from_file(path)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_a_file_that_holds_no_table_cannot_be_read(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="cannot read"):
        StudyResult.from_file(path)


def test_settings_nested_without_end_are_refused(tmp_path):
    path = tmp_path / "r.csv"
    path.with_suffix(".json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match="holds no settings of a study"):
        missingness_study(X, Y, output=path, **SMALL)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_links_that_wait_where_files_are_made_are_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    folder = tmp_path / "shared"
    folder.mkdir()
    for name in (".r.json.unfinished", ".r.unfinished.csv"):
        (folder / name).symlink_to(victim)
    missingness_study(X, Y, output=folder / "r.csv", **SMALL)
    assert victim.read_text() == "precious"
    assert not (folder / "r.csv").is_symlink()
    assert not (folder / "r.json").is_symlink()
