import sys

import pandas as pd
import pytest

from sparsekit._utils import _cluster
from sparsekit.study.cli import main
from sparsekit.study.run import _run


@pytest.fixture(autouse=True)
def training_is_forbidden(monkeypatch):
    def train(*args):
        raise AssertionError("bad input must be found before training")

    monkeypatch.setattr(_run, "collect_rows", train)


@pytest.fixture
def error_of(capsys, tmp_path):
    """Run the study with bad arguments; return its one line of error."""

    def run(*args, data=None, target="outcome"):
        source = [] if data is None else ["--data", str(data), "--target", target]
        output = ["--output", str(tmp_path / "out")]
        try:
            code = main(["study", *output, *source, *map(str, args)])
        except SystemExit as stop:
            code = stop.code
        printed = capsys.readouterr()
        assert code == 2
        assert printed.err.count("\n") == 1
        assert "Traceback" not in printed.err
        assert printed.err.startswith("sparsekit study: error: ")
        return printed.err

    return run


def write(tmp_path, frame, name="table.csv"):
    path = tmp_path / name
    frame.to_csv(path, index=False)
    return path


def test_a_column_of_text_is_named_with_the_way_out(error_of, csv):
    error = error_of("--drop", "weight", data=csv)
    assert "column 'name' is not numeric (for instance 'p0')" in error
    assert "--drop 'name'" in error


def test_all_columns_of_text_are_named_at_once(error_of, patients, tmp_path):
    patients = patients.rename(columns={"name": "-who's"}).assign(town="here")
    path = write(tmp_path, patients)
    error = error_of(data=path)
    assert """columns "-who's", 'town' are not numeric""" in error
    # As a shell takes it.
    assert """--drop 'town' --drop='-who'"'"'s',""" in error


def test_a_column_of_dates_is_named(error_of, patients, tmp_path):
    patients = patients.drop(columns=["name", "weight"])
    patients["born"] = pd.Timestamp("2000-01-01")
    path = tmp_path / "table.parquet"
    patients.to_parquet(path)
    assert "column 'born' is not numeric" in error_of(data=path)


def test_a_missing_target_column_is_answered_with_those_there_are(error_of, csv):
    error = error_of(data=csv, target="outcom")
    assert "has no column 'outcom'" in error
    assert "age, dose, a b, d, outcome, weight, name" in error


def test_a_column_to_drop_that_is_not_there_is_named(error_of, csv):
    assert "has no column 'nam'" in error_of("--drop", "nam", data=csv)


def test_the_target_cannot_be_dropped(error_of, csv):
    assert "is the target" in error_of("--drop", "outcome", data=csv)


def test_rows_without_a_target_are_counted(error_of, patients, tmp_path):
    patients.loc[[3, 5, 8], "outcome"] = None
    path = write(tmp_path, patients)
    error = error_of("--drop", "name", "weight", data=path)
    assert "target 'outcome' is missing in 3 of 60 rows. Remove these rows" in error


def test_infinite_values_are_named(error_of, patients, tmp_path):
    patients.loc[3, "dose"] = float("inf")
    path = write(tmp_path, patients)
    assert "column 'dose' has infinite" in error_of("--drop", "name", data=path)


def test_a_table_with_nothing_but_the_target_is_an_error(error_of, patients, tmp_path):
    path = write(tmp_path, patients[["outcome"]])
    assert "no column left but the target" in error_of(data=path)


def test_a_table_without_rows_is_an_error(error_of, patients, tmp_path):
    path = write(tmp_path, patients.iloc[:0])
    assert "has no rows" in error_of(data=path)


def test_an_empty_file_is_an_error(error_of, tmp_path):
    path = tmp_path / "table.csv"
    path.touch()
    assert f"cannot read {path}: it is empty" in error_of(data=path)


def test_a_file_that_is_no_parquet_is_an_error(error_of, tmp_path):
    path = tmp_path / "table.parquet"
    path.write_text("a,b\n1,2\n")
    assert f"cannot read {path}" in error_of(data=path)


def test_semicolons_are_recognised(error_of, patients, tmp_path):
    path = tmp_path / "table.csv"
    patients.to_csv(path, index=False, sep=";")
    assert "separated by semicolons" in error_of(data=path)


def test_a_file_that_is_not_there_is_an_error(error_of, tmp_path):
    path = tmp_path / "none.csv"
    assert f"there is no file {path}" in error_of(data=path)


def test_bad_data_leaves_no_output_folder(error_of, tmp_path):
    error_of("--output", tmp_path / "results", data=tmp_path / "none.csv")
    assert not (tmp_path / "results").exists()


def test_an_unknown_type_of_file_is_an_error(error_of, tmp_path):
    path = tmp_path / "table.xlsx"
    path.touch()
    error = error_of(data=path)
    assert "must end in .csv, .csv.gz or .parquet" in error


def test_an_output_folder_that_cannot_be_written_is_an_error(error_of, csv, tmp_path):
    file = tmp_path / "file"
    file.touch()
    args = ["--drop", "name", "weight", "--output", file / "below"]
    error = error_of(*args, data=csv)
    assert f"cannot write to the output folder {file / 'below'}" in error


def test_a_class_with_one_row_is_named(error_of, patients, tmp_path):
    patients.loc[0, "outcome"] = "odd"
    path = write(tmp_path, patients)
    error = error_of("--drop", "name", "weight", data=path)
    assert "class odd has one row only" in error


def test_text_cannot_be_regressed(error_of, csv):
    error = error_of("--drop", "name", "weight", "--task", "regression", data=csv)
    assert "choose the task 'classification'" in error


def test_data_needs_a_target(error_of, csv):
    assert "--data needs --target" in error_of("--data", csv)


def test_a_target_needs_data(error_of):
    assert "need --data FILE" in error_of("--target", "outcome")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--sparsities", "1"], "--sparsities: 1 is not in [0, 1)"),
        (["--sparsities", "-0.1"], "--sparsities: -0.1 is not in [0, 1)"),
        (["--sparsities", "nan"], "--sparsities: nan is not in [0, 1)"),
        (["--rates", "30"], "--rates: 30 is not in [0, 1): give shares, 0.3 means"),
        (["--rates", "many"], "--rates: 'many' is not a number"),
        (["--seeds", "0"], "--seeds: 0 is less than 1"),
        (["--seeds", "2.5"], "--seeds: '2.5' is not a whole number"),
        (["--hidden", "0"], "--hidden: 0 is less than 1"),
        (["--models", "sparse"], "invalid choice: 'sparse'"),
        (["--datasets", "irises"], "invalid choice: 'irises'"),
        (["--cluster", "a", "--jobs", "2"], "with --cluster, leave it out"),
        (["--cluster-timeout", "-1"], "--cluster-timeout: -1 is no length of time"),
        (["--na-values", "?"], "--target, --drop and --na-values need --data FILE"),
        (["--preset", "figure9"], "invalid choice: 'figure9'"),
        (
            ["--mechanisms", "nope"],
            "--mechanism: invalid choice: 'nope' (choose from",
        ),
        (["--jobs", "0"], "--jobs: 0 is neither"),
        (["--wrong"], "unrecognized arguments: --wrong; see sparsekit study --help"),
        (["--sparsity", "0.5"], "did you mean --sparsities?"),
        (["--drop", "-x"], "expected at least one argument; a value that begins with"),
        (["--target", "-x"], "a dash is given as in --target=-x"),
    ],
)
def test_bad_options_are_named(error_of, args, message):
    assert message in error_of(*args)


def test_a_sparsity_that_leaves_a_layer_without_connections_is_an_error(error_of):
    error = error_of("--sparsities", "0.9999", "--models", "static")
    assert "sparsity" in error


def test_two_files_of_one_name_are_an_error(error_of, patients, tmp_path):
    (tmp_path / "a").mkdir()
    paths = [
        write(folder, patients[["age", "outcome"]], "same.csv")
        for folder in (tmp_path, tmp_path / "a")
    ]
    error = error_of("--data", *paths, "--target", "outcome")
    assert "two tables have the name 'same'" in error


def test_a_file_with_the_name_of_a_table_is_an_error(error_of, patients, tmp_path):
    path = write(tmp_path, patients[["age", "outcome"]], "wine.csv")
    assert "the name 'wine'" in error_of("--datasets", "iris", "wine", data=path)


def test_of_several_tables_the_bad_one_is_named(error_of, patients, tmp_path):
    patients["outcome"] = "well"
    path = write(tmp_path, patients[["age", "outcome"]])
    error = error_of("--datasets", "iris", data=path)
    assert "dataset 'table': target 'outcome' has one class only" in error


def test_results_of_unknown_origin_are_an_error(error_of, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results.csv").write_text("something\n")
    error = error_of("--datasets", "iris")
    assert "Choose another file" in error
    assert "give another --output; to start anew, --overwrite" in error


@pytest.mark.parametrize("content", [b"", b"\xff\xfe,y\n1,2\n", b"a,y\n1,2\n1,2,3,4\n"])
def test_what_is_no_table_is_told_what_one_is(error_of, tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    assert "a line of column names, then rows of as many cells" in error_of(data=path)


def test_a_cluster_that_does_not_answer_is_an_error(error_of, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(_cluster, "CONNECT_SECONDS", 0.2)
    error = error_of("--datasets", "iris", "--cluster", "tcp://127.0.0.1:9")
    assert "127.0.0.1:9" in error


def test_an_address_that_is_none_is_an_error(error_of):
    pytest.importorskip("distributed")
    assert "nonsense" in error_of("--datasets", "iris", "--cluster", "nonsense://x")


def test_a_cluster_without_distributed_says_what_to_install(error_of, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    error = error_of("--datasets", "iris", "--cluster", "tcp://127.0.0.1:9")
    assert "pip install distributed" in error
