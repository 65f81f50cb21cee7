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


GROUP = """
from typing import NamedTuple

import numpy as np
from sparsekit.kernels._jit import kernel

class {name}(NamedTuple):
    values: np.ndarray

@kernel
def ask(group):
    return int(group.values[0])
"""

GROUP_PROGRAM = """
import numpy as np
from sparsekit.kernels.probe_group import {name}, ask
print(ask({name}(np.ones(1))), sum(ask.stats.cache_hits.values()))
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


def call(room, program=PROGRAM):
    """Run the program in a new process; return its answer and its cache hits."""
    environment = dict(
        os.environ,
        NUMBA_CACHE_DIR=str(room.parent.parent / "cache"),
        # Python's own cache looks at whole seconds and sizes: it may miss the edit.
        PYTHONDONTWRITEBYTECODE="1",
    )
    for name in ("NUMBA_DISABLE_JIT", "SPARSEKIT_NUMBA_CACHE"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", program],
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


def test_index_that_names_a_group_of_another_version_counts_as_empty(copied_room):
    for name, hits in (("Old", 0), ("Old", 1), ("New", 0)):
        (copied_room / "probe_group.py").write_text(GROUP.format(name=name))
        assert call(copied_room, GROUP_PROGRAM.format(name=name)) == (1, hits)
