"""A study killed by the system, in the midst of its work, goes on where it was."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from sparsekit.study.cli import main
from sparsekit.study.run import _run

ROOT = Path(__file__).resolve().parents[2]
STUDY = ["study", "--datasets", "iris", "--models", "dense", "static", "--no-plot"]
STUDY += ["--sparsities", "0.5", "0.8", "--rates", "0", "0.3", "0.6", "--seeds", "9"]
STUDY += ["--hidden", "8", "--epochs", "20", "--quiet"]
N_FITS = (1 + 2) * 3 * 9
KEYS = ["missing_rate", "model", "sparsity", "seed"]


def run_until_killed(output, n_rows):
    """Start the study in a process of its own; kill it when `n_rows` are there."""
    command = [*STUDY, "--jobs", "1", "--output", str(output)]
    process = subprocess.Popen(
        [sys.executable, "-m", "sparsekit.study", *command[1:]], cwd=ROOT
    )
    results, deadline = output / "results.csv", time.monotonic() + 120
    while not results.exists() or results.read_bytes().count(b"\n") <= n_rows:
        assert process.poll() is None, "the study ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.kill()
    assert process.wait() == -signal.SIGKILL


@pytest.fixture
def fitted(monkeypatch):
    run_job, keys = _run.run_job, []

    def recorded(table, model, job):
        keys.extend(key[3:] for key in job.all_row_keys())
        return run_job(table, model, job)

    monkeypatch.setattr(_run, "run_job", recorded)
    return keys


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_study_goes_on_and_repeats_nothing(tmp_path, fitted):
    output = tmp_path / "killed"
    run_until_killed(output, n_rows=5)
    # The worst moment: in the midst of a line.
    results = output / "results.csv"
    content = results.read_bytes()
    results.write_bytes(content[: content.rfind(b"\n", 0, -1) + 20])
    kept = pd.read_csv(results).iloc[:-1]
    assert 0 < len(kept) < N_FITS

    assert main([*STUDY, "--jobs", "1", "--output", str(output)]) == 0
    assert len(fitted) == N_FITS - len(kept)
    assert not set(fitted) & set(kept[KEYS].itertuples(index=False, name=None))

    at_once = tmp_path / "at_once"
    assert main([*STUDY, "--jobs", "1", "--output", str(at_once)]) == 0
    frames = [pd.read_csv(folder / "results.csv") for folder in (output, at_once)]
    pd.testing.assert_frame_equal(
        *(frame.drop(columns=["fit_time", "check"]) for frame in frames),
        check_exact=True,
    )
