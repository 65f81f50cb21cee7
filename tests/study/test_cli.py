import builtins
import errno
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from sparsekit import __version__
from sparsekit.study.cli import main
from sparsekit.study.run import _run
from sparsekit.study.run._store import FileStore

ROOT = Path(__file__).resolve().parents[2]
TINY = ["--hidden", "8", "--epochs", "2", "--seeds", "2", "--jobs", "1"]
GRID = ["--sparsities", "0.5", "0.8", "--rates", "0", "0.5"]


def study(*args, output, data=None, target="outcome"):
    """Run a small study on `data`; return its exit code."""
    source = [] if data is None else ["--data", str(data), "--target", target]
    return main(["study", *source, *TINY, *GRID, "--output", str(output), *args])


@pytest.fixture
def output(tmp_path):
    return tmp_path / "new" / "results"


def test_a_csv_becomes_table_files_and_figure(csv, output, capsys):
    code = study("--drop", "name", "weight", data=csv, output=output)
    assert code == 0
    results = pd.read_csv(output / "results.csv")
    assert len(results) == (1 + 2 + 2) * 2 * 2
    assert set(results["metric"]) == {"accuracy"}
    summary = pd.read_csv(output / "summary.csv")
    assert summary["minus_static"].notna().sum() == 2 * 2
    assert (output / "figure.png").read_bytes().startswith(b"\x89PNG")
    printed = capsys.readouterr()
    described = " ".join(printed.out.split())
    assert "60 rows, 4 features; classification (chosen by" in described
    assert "SET - static" in printed.out
    for name in ("results.csv", "summary.csv", "figure.png"):
        assert str(output / name) in printed.out
    assert "20 of 20 fits" in printed.err


def test_a_parquet_file_with_a_quantity_becomes_a_regression(
    patients, tmp_path, output
):
    path = tmp_path / "patients.parquet"
    patients.to_parquet(path)
    args = ["--drop", "name", "outcome", "--models", "set"]
    code = study(*args, data=path, target="weight", output=output)
    assert code == 0
    results = pd.read_csv(output / "results.csv")
    assert set(results["metric"]) == {"r2"}
    assert set(results["model"]) == {"set"}


def test_task_overrides_what_the_target_looks_like(patients, tmp_path, output):
    patients["stage"] = np.arange(60) % 3
    path = tmp_path / "patients.csv"
    patients.drop(columns=["name", "outcome"]).to_csv(path, index=False)
    args = ["--task", "regression", "--models", "dense", "--no-plot"]
    assert study(*args, data=path, target="stage", output=output) == 0
    assert set(pd.read_csv(output / "results.csv")["metric"]) == {"r2"}


def test_empty_cells_are_missing_values(csv, output):
    args = ["--drop", "name", "weight", "--models", "dense", "--no-plot"]
    study(*args, data=csv, output=output)
    results = pd.read_csv(output / "results.csv")
    clean = results.loc[results["missing_rate"] == 0, "realized_missing_rate"]
    assert clean.tolist() == pytest.approx([9 / 240] * 2)


def test_every_printed_line_fits_100_columns(csv, output, capsys):
    study("--drop", "name", "weight", data=csv, output=output, target="outcome")
    printed = capsys.readouterr().out.replace(str(output), "").replace(str(csv), "")
    assert max(map(len, printed.splitlines())) <= 100


def test_quiet_prints_nothing(csv, output, capsys):
    args = ["--drop", "name", "weight", "-q", "--models", "static", "--no-plot"]
    assert study(*args, data=csv, output=output) == 0
    assert capsys.readouterr() == ("", "")
    assert (output / "results.csv").exists()


def test_no_plot_draws_nothing(csv, output):
    args = ["--drop", "name", "weight", "--models", "static", "--no-plot"]
    study(*args, data=csv, output=output)
    assert not (output / "figure.png").exists()


def test_without_matplotlib_the_tables_are_still_written(
    csv, output, capsys, monkeypatch
):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name == "matplotlib" else find_spec(name),
    )
    args = ["--drop", "name", "weight", "--models", "static"]
    assert study(*args, data=csv, output=output) == 0
    assert "pip install matplotlib" in capsys.readouterr().err
    assert (output / "summary.csv").exists()
    assert not (output / "figure.png").exists()


def test_without_rich_progress_is_lines_of_text(csv, output, capsys, monkeypatch):
    import_module = builtins.__import__

    def without_rich(name, *args, **kwargs):
        if name.startswith("rich"):
            raise ImportError(name)
        return import_module(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_rich)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    args = ["--drop", "name", "weight", "--models", "static", "--no-plot"]
    assert study(*args, data=csv, output=output) == 0
    assert "8 of 8 fits" in capsys.readouterr().err


def test_on_a_terminal_progress_is_a_bar(csv, output, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    args = ["--drop", "name", "weight", "--models", "static", "--no-plot"]
    assert study(*args, data=csv, output=output) == 0
    assert "8/8" in capsys.readouterr().err


def test_figures_of_an_earlier_run_are_not_left_beside_the_results(csv, output):
    output.mkdir(parents=True)
    (output / "figure.png").touch()
    args = ["--drop", "name", "weight", "--models", "static", "--no-plot"]
    assert study(*args, data=csv, output=output) == 0
    assert {path.name for path in output.iterdir()} == {
        "results.csv",
        "results.json",
        "summary.csv",
    }


def test_the_plan_is_described_not_the_preset(csv, output, capsys):
    args = ["--drop", "name", "weight", "--preset", "figure2", "--no-plot"]
    args += ["--models", "dense", "--seeds", "1", "--rates", "0", "--epochs", "1"]
    assert study(*args, data=csv, output=output) == 0
    printed = " ".join(capsys.readouterr().out.split())
    expected = "Preset figure2: 1 hidden layer of size 8, 1 epoch. Data: patients, "
    assert expected in printed
    assert "1 fit: model dense; missing rate 0 %; mechanism mcar; 1 seed." in printed
    assert "1 fit in " in printed


@pytest.mark.parametrize(("seeds", "noted"), [("1", True), ("2", True), ("3", False)])
def test_a_note_says_that_few_seeds_give_no_useful_intervals(
    csv, output, capsys, seeds, noted
):
    args = ["--drop", "name", "weight", "--models", "dense", "--no-plot"]
    assert study(*args, "--seeds", seeds, data=csv, output=output) == 0
    assert ("use five or more." in capsys.readouterr().out) == noted


def test_a_table_smaller_than_the_batches_of_the_preset_gives_no_warning(
    patients, tmp_path, output, capsys
):
    path = tmp_path / "few.csv"
    patients[["age", "d", "outcome"]].head(20).to_csv(path, index=False)
    args = ["--models", "static", "--no-plot", "-q"]
    # Warnings are errors under pytest: a fit that warns would end the study.
    assert study(*args, data=path, output=output) == 0
    assert capsys.readouterr().err == ""


def test_the_default_is_figure2(output, capsys):
    assert study("--models", "static", "--no-plot", output=output) == 0
    printed = capsys.readouterr().out
    assert "Preset figure2" in printed
    assert "breast_cancer, 569 rows, 30 features" in printed


def test_an_interrupt_keeps_the_finished_rows(csv, output, capsys, monkeypatch):
    run_job, started = _run.run_job, []

    def interrupted(*args):
        started.append(args)
        if len(started) == 3:
            raise KeyboardInterrupt
        return run_job(*args)

    monkeypatch.setattr(_run, "run_job", interrupted)
    args = ["--drop", "name", "weight", "--models", "static"]
    assert study(*args, data=csv, output=output) == 130
    assert len(pd.read_csv(output / "results.csv")) == 2 * 2
    assert not (output / "summary.csv").exists()
    assert "Stopped after 4 of 8 fits" in capsys.readouterr().err


def test_a_crash_keeps_the_finished_rows_and_is_not_hidden(csv, output, monkeypatch):
    run_job, started = _run.run_job, []

    def crashing(*args):
        started.append(args)
        if len(started) == 2:
            raise RuntimeError("out of luck")
        return run_job(*args)

    monkeypatch.setattr(_run, "run_job", crashing)
    args = ["--drop", "name", "weight", "--models", "static", "-q"]
    with pytest.raises(RuntimeError, match="out of luck"):
        study(*args, data=csv, output=output)
    assert len(pd.read_csv(output / "results.csv")) == 2


def test_a_full_disk_is_an_error_of_one_line_and_keeps_the_finished_rows(
    csv, output, capsys, monkeypatch
):
    add = FileStore.add

    def failing(store, rows):
        if len(store.rows) >= 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        add(store, rows)

    monkeypatch.setattr(FileStore, "add", failing)
    args = ["--drop", "name", "weight", "--models", "static", "-q"]
    assert study(*args, data=csv, output=output) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("sparsekit study: error: the study cannot go on: [Errno 28]")
    assert "the same command goes on" in last
    assert len(pd.read_csv(output / "results.csv")) == 4


def test_columns_to_drop_may_be_given_one_by_one(patients, tmp_path, output):
    path = tmp_path / "dashes.csv"
    patients.rename(columns={"name": "-n", "weight": "-w"}).to_csv(path, index=False)
    args = ["--drop=-n", "--drop=-w", "--models", "static", "--no-plot", "-q"]
    assert study(*args, data=path, output=output) == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_nobody_who_reads_the_output_is_no_error(output):
    reader, writer = os.pipe()
    os.close(reader)
    args = ["--datasets", "iris", "--no-plot", "--output", str(output)]
    done = subprocess.run(
        [sys.executable, "-m", "sparsekit.study", *args, *TINY, *GRID],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 141
    assert "BrokenPipe" not in done.stderr


def test_a_stopped_study_goes_on_and_says_so(csv, output, capsys, monkeypatch):
    run_job, started = _run.run_job, []

    def interrupted(*args):
        started.append(args)
        if len(started) == 3:
            raise KeyboardInterrupt
        return run_job(*args)

    monkeypatch.setattr(_run, "run_job", interrupted)
    args = ["--drop", "name", "weight", "--models", "static", "--no-plot"]
    assert study(*args, data=csv, output=output) == 130
    capsys.readouterr()
    assert study(*args, data=csv, output=output) == 0
    printed = capsys.readouterr()
    assert "4 fits of them in" in printed.out
    assert "\n4 fits in " in printed.out
    assert "8 of 8 fits" in printed.err
    assert len(started) == 3 + 2
    assert len(pd.read_csv(output / "results.csv")) == 8


def test_other_settings_are_an_error_and_overwriting_is_asked_for(csv, output, capsys):
    args = ["--drop", "name", "weight", "--models", "static", "--no-plot", "-q"]
    assert study(*args, data=csv, output=output) == 0
    before = (output / "results.csv").read_bytes()
    other = [*args, "--epochs", "3"]
    assert study(*other, data=csv, output=output) == 2
    error = capsys.readouterr().err
    assert "made with other settings: max_iter of static of patients" in error
    assert error.count("\n") == 1
    assert (output / "results.csv").read_bytes() == before
    assert study(*other, "--overwrite", data=csv, output=output) == 0
    assert set(pd.read_csv(output / "results.csv")["n_iter"]) == {3}


def test_parquet_is_written_beside_the_csv(output):
    args = ["--datasets", "iris", "--models", "static", "--parquet", "--no-plot", "-q"]
    assert study(*args, output=output) == 0
    pd.testing.assert_frame_equal(
        pd.read_parquet(output / "results.parquet"),
        pd.read_csv(output / "results.csv").drop(columns="check"),
    )


def test_files_and_named_tables_stand_side_by_side(patients, tmp_path, output, capsys):
    # Names of files and columns are text, whatever they look like.
    names = ["[bold]%s{x}.csv", "=1+1; $\\frac$.csv"]
    for name in names:
        patients[["age", "d", "outcome"]].rename(
            columns={"age": "%d {0} [red]", "outcome": "$(outcome)"}
        ).to_csv(tmp_path / name, index=False)
    files = [str(tmp_path / name) for name in names]
    args = ["--data", *files, "--target", "$(outcome)", "--datasets", "iris"]
    assert study(*args, "--models", "static", output=output) == 0
    frame = pd.read_csv(output / "results.csv")
    assert set(frame["dataset"]) == {"[bold]%s{x}", "=1+1; $\\frac$", "iris"}
    printed = capsys.readouterr().out
    assert "Data: [bold]%s{x}, 60 rows" in printed
    assert "Over all missing rates, =1+1; $\\frac$" in printed
    assert (output / "figure.png").exists()


def test_of_many_conditions_ranks_are_shown(output, capsys):
    args = ["--datasets", "iris", "wine", "--mechanism", "mcar", "mar", "mnar"]
    args += ["--when", "both", "fit", "--models", "static", "dense", "--seeds", "1"]
    assert study(*args, output=output) == 0
    printed = capsys.readouterr().out
    assert "Average ranks over 2 datasets" in printed
    assert "Sparsity" not in printed
    assert (output / "figure.png").exists()


def test_one_figure_is_drawn_and_closed(csv, output, monkeypatch):
    made, figure = [], plt.figure

    def noted(*args, **kwargs):
        made.append(figure(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(plt, "figure", noted)
    args = ["--drop", "name", "weight", "--models", "static"]
    assert study(*args, data=csv, output=output) == 0
    assert len(made) == 1
    assert not plt.fignum_exists(made[0].number)


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["study", "--help"])
    printed = capsys.readouterr().out
    assert "sparsekit study --data patients.csv --target outcome" in printed
    assert "results.csv" in printed
    assert "digits         1797 x 64 " in printed


def test_module_runs_as_a_program(csv, output):
    args = ["--drop", "name", "weight", "--models", "static", "--no-plot"]
    source = ["--data", str(csv), "--target", "outcome", "--output", str(output)]
    done = subprocess.run(
        [sys.executable, "-m", "sparsekit.study", *source, *TINY, *GRID, *args],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Over all missing rates" in done.stdout
    assert (output / "results.csv").exists()


def test_the_command_tells_its_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"sparsekit {__version__}\n"
