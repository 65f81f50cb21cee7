"""What a killed process leaves beside a file goes when the file is written again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sparsekit import SETMLPClassifier
from sparsekit.neural_network import load_checkpoint, save_checkpoint, to_predictor

ROOT = Path(__file__).resolve().parent.parent
on_unix = pytest.mark.skipif(os.name == "nt", reason="kills and locks as on Unix")

# Stops within the first array; a line says so.
STOPPED = """
import sys
import time

import numpy as np
from sparsekit import SETMLPClassifier
from sparsekit._utils import _archive
from sparsekit.neural_network import save_checkpoint

def wait(*args, **kwargs):
    print("here", flush=True)
    time.sleep(600)

_archive.np.lib.format.write_array = wait
net = SETMLPClassifier(random_state=np.random.RandomState(0))
save_checkpoint(net, sys.argv[1])
"""


@pytest.fixture
def writing(tmp_path):
    """A process in the middle of writing ``net.ckpt``."""
    command = [sys.executable, "-c", STOPPED, str(tmp_path / "net.ckpt")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout.readline() == b"here\n"
        yield process
        process.kill()


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@on_unix
def test_what_a_killed_process_left_goes_and_nothing_else(writing, tmp_path):
    others = [".net.ckpt.notes", ".other.ckpt." + 32 * "0", "net.ckpt." + 32 * "0"]
    for name in others:
        (tmp_path / name).touch()
    writing.send_signal(signal.SIGKILL)
    writing.wait()
    assert len(names_in(tmp_path)) == len(others) + 1
    save_checkpoint(SETMLPClassifier(), tmp_path / "net.ckpt")
    assert names_in(tmp_path) == sorted([*others, "net.ckpt"])


@on_unix
def test_what_a_living_process_writes_stays(writing, tmp_path):
    (unfinished,) = names_in(tmp_path)
    save_checkpoint(SETMLPClassifier(), tmp_path / "net.ckpt")
    assert names_in(tmp_path) == [unfinished, "net.ckpt"]
    load_checkpoint(tmp_path / "net.ckpt")


def test_predictors_are_written_in_the_same_way(tmp_path):
    (tmp_path / (".net[1]." + 32 * "a")).touch()
    X = np.arange(12.0).reshape(6, 2)
    net = SETMLPClassifier((4,), sparsity=0.4, random_state=0)
    net.partial_fit(X, X[:, 0] > 5, [0, 1])
    to_predictor(net).save(tmp_path / "net[1]")
    assert names_in(tmp_path) == ["net[1]"]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(TypeError):
        save_checkpoint(SETMLPClassifier(activation=object()), tmp_path / "net")
    (tmp_path / "net").mkdir()
    with pytest.raises(OSError, match="net"):
        save_checkpoint(SETMLPClassifier(), tmp_path / "net")
    assert names_in(tmp_path) == ["net"]
