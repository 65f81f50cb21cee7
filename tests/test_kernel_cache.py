"""The disk cache of compiled kernels sees edits in every file of the kernels room."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sparsekit.kernels

CALLER = """
from sparsekit.kernels._jit import kernel
from sparsekit.kernels.probe_callee import answer

@kernel
def ask():
    return answer()
"""

CALLEE = """
from sparsekit.kernels._jit import kernel

@kernel
def answer():
    return {value}
"""

PROGRAM = """
from sparsekit.kernels.probe_caller import ask
print(ask(), sum(ask.stats.cache_hits.values()))
"""


@pytest.fixture
def copied_room(tmp_path):
    """A package `sparsekit` of nothing but the kernels room, with two more kernels."""
    room = tmp_path / "sparsekit" / "kernels"
    original = Path(sparsekit.kernels.__file__).parent
    shutil.copytree(original, room, ignore=shutil.ignore_patterns("__pycache__"))
    (room.parent / "__init__.py").touch()
    (room / "probe_caller.py").write_text(CALLER)
    (room / "probe_callee.py").write_text(CALLEE.format(value=1))
    return room


def call(room):
    """Call the caller in a new process; return its answer and its cache hits."""
    environment = dict(
        os.environ,
        NUMBA_CACHE_DIR=str(room.parent.parent / "cache"),
        # Python's own cache looks at whole seconds and sizes: it may miss the edit.
        PYTHONDONTWRITEBYTECODE="1",
    )
    for name in ("NUMBA_DISABLE_JIT", "SPARSEKIT_NUMBA_CACHE"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=room.parent.parent,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    answer, hits = done.stdout.split()
    return int(answer), int(hits)


def test_cached_kernel_sees_edit_of_callee_in_another_file(copied_room):
    assert call(copied_room) == (1, 0)
    (copied_room / "probe_callee.py").write_text(CALLEE.format(value=2))
    assert call(copied_room) == (2, 0)


def test_unchanged_kernel_comes_from_the_disk_cache(copied_room):
    assert call(copied_room) == (1, 0)
    assert call(copied_room) == (1, 1)
