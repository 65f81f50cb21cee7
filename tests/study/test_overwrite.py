"""Two studies, each in a process of its own, in one folder."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sparsekit.study.cli import main

pytest.importorskip("fcntl")

ROOT = Path(__file__).resolve().parents[2]
STUDY = ["--datasets", "iris", "--models", "dense", "--rates", "0", "0.3", "--hidden"]
STUDY += ["4", "--no-plot", "--quiet", "--jobs", "1"]


@pytest.fixture
def running(tmp_path):
    """A study that has written rows and is far from its end."""
    command = [sys.executable, "-m", "sparsekit.study", *STUDY, "--epochs", "300"]
    command += ["--seeds", "400", "--output", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    results, deadline = tmp_path / "results.csv", time.monotonic() + 120
    while not results.exists() or results.read_bytes().count(b"\n") < 3:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    yield process
    process.kill()
    process.wait()
    process.stderr.close()


def overwrite(folder):
    args = ["study", *STUDY, "--epochs", "1", "--seeds", "1", "--overwrite"]
    return main([*args, "--output", str(folder)])


def test_a_running_study_keeps_its_files(running, tmp_path, capsys):
    before = (tmp_path / "results.csv").read_bytes()
    assert overwrite(tmp_path) == 2
    assert "is being written by another study" in capsys.readouterr().err
    assert running.poll() is None
    assert (tmp_path / "results.csv").read_bytes().startswith(before)
    settings = json.loads((tmp_path / "results.json").read_text())
    assert settings["models"]["iris"]["dense"]["max_iter"] == "300"


def test_what_a_killed_study_leaves_is_taken_over(running, tmp_path, capsys):
    running.kill()
    running.wait()
    assert (tmp_path / ".results.lock").exists()
    assert overwrite(tmp_path) == 0
    found = {path.name for path in tmp_path.iterdir()}
    assert found == {"results.csv", "results.json", "summary.csv"}
    assert (tmp_path / "results.csv").read_bytes().count(b"\n") == 3
