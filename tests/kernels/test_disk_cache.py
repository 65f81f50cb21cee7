"""The disk cache of compiled kernels sees edits in every file of the kernels."""

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
def copied_kernels(tmp_path):
    """A package `sparsekit` of nothing but the kernels, with two more kernels."""
    kernels = tmp_path / "sparsekit" / "kernels"
    original = Path(sparsekit.kernels.__file__).parent
    shutil.copytree(original, kernels, ignore=shutil.ignore_patterns("__pycache__"))
    (kernels.parent / "__init__.py").touch()
    (kernels / "probe_caller.py").write_text(CALLER)
    (kernels / "probe_callee.py").write_text(CALLEE.format(value=1))
    return kernels


def run(kernels, program=PROGRAM, **variables):
    """Run the program in a new process; return what became of it."""
    environment = dict(
        os.environ,
        NUMBA_CACHE_DIR=str(cache_of(kernels)),
        # Python's own cache looks at whole seconds and sizes: it may miss the edit.
        PYTHONDONTWRITEBYTECODE="1",
    )
    for name in ("NUMBA_DISABLE_JIT", "SPARSEKIT_NUMBA_CACHE"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=kernels.parent.parent,
        env=environment | variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done


def answer_of(done):
    answer, hits = done.stdout.split()
    return int(answer), int(hits)


def call(kernels, program=PROGRAM):
    """Run the program in a new process; return its answer and its cache hits."""
    return answer_of(run(kernels, program))


def cache_of(kernels):
    return kernels.parent.parent / "cache"


def test_cached_kernel_sees_edit_of_callee_in_another_file(copied_kernels):
    assert call(copied_kernels) == (1, 0)
    (copied_kernels / "probe_callee.py").write_text(CALLEE.format(value=2))
    assert call(copied_kernels) == (2, 0)


def test_unchanged_kernel_comes_from_the_disk_cache(copied_kernels):
    assert call(copied_kernels) == (1, 0)
    assert call(copied_kernels) == (1, 1)


def test_index_that_names_a_group_of_another_version_counts_as_empty(copied_kernels):
    for name, hits in (("Old", 0), ("Old", 1), ("New", 0)):
        (copied_kernels / "probe_group.py").write_text(GROUP.format(name=name))
        assert call(copied_kernels, GROUP_PROGRAM.format(name=name)) == (1, hits)


def emptied(path):
    path.write_bytes(b"")


def cut(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def garbage(path):
    path.write_bytes(bytes(range(256)) * 40)


def one_bit(path):
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)


def removed(path):
    path.unlink()


def unreadable(path):
    # Root reads files of any mode, but nobody reads a folder as a file.
    path.unlink()
    path.mkdir()


MANY_KERNELS = """
from sparsekit.kernels._jit import kernel

"""
ONE_OF_MANY = """
@kernel
def {name}():
    return 1
"""
MANY_PROGRAM = """
import sparsekit.kernels.probe_many as many
for name in {names}:
    ask = getattr(many, name)
    print(name, ask(), sum(ask.stats.cache_hits.values()))
"""


def ask_many(kernels, names):
    """Return the answer and the cache hits of each kernel, and what was warned of."""
    done = run(kernels, MANY_PROGRAM.format(names=names))
    lines = [line.split() for line in done.stdout.splitlines()]
    return {name: (int(answer), int(hits)) for name, answer, hits in lines}, done.stderr


def test_damaged_files_are_compiled_anew_and_replaced(copied_kernels):
    harms = {
        f"{harm.__name__}_{ending}": harm
        for harm in (emptied, cut, garbage, one_bit, removed, unreadable)
        for ending in ("nbi", "nbc")
    }
    kernels = "".join(ONE_OF_MANY.format(name=name) for name in harms)
    (copied_kernels / "probe_many.py").write_text(MANY_KERNELS + kernels)
    assert set(ask_many(copied_kernels, list(harms))[0].values()) == {(1, 0)}
    for name, harm in harms.items():
        (path,) = cache_of(copied_kernels).rglob(f"*{name}-*.{name[-3:]}")
        harm(path)
    answers, warned = ask_many(copied_kernels, list(harms))
    assert answers == dict.fromkeys(harms, (1, 0))
    # A folder cannot be replaced by a file.
    assert warned.count("NUMBA_CACHE_DIR") == 1
    replaced = [name for name in harms if not name.startswith("unreadable")]
    answers, warned = ask_many(copied_kernels, replaced)
    assert answers == dict.fromkeys(replaced, (1, 1))
    assert not warned


FULL_DISK = """
import errno, os
from numba.core.caching import IndexDataCacheFile

def refuse(self, path):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

IndexDataCacheFile._open_for_write = refuse
"""


def test_full_disk_costs_a_warning_and_the_cache(copied_kernels):
    done = run(copied_kernels, FULL_DISK + PROGRAM)
    assert answer_of(done) == (1, 0)
    assert done.stderr.count("No space left on device") == 1
    assert "NUMBA_CACHE_DIR" in done.stderr


def test_without_a_folder_that_can_be_written_kernels_run_and_one_warning_says_so(
    copied_kernels,
):
    # As root writes to folders of any mode, files stand where folders would be made.
    file = copied_kernels.parent.parent / "file"
    file.touch()
    (copied_kernels / "__pycache__").touch()
    places = {"NUMBA_CACHE_DIR": str(file), "HOME": str(file)}
    done = run(copied_kernels, **places, XDG_CACHE_HOME=str(file))
    assert answer_of(done) == (1, 0)
    assert done.stderr.count("RuntimeWarning") == 1
    assert "NUMBA_CACHE_DIR" in done.stderr


def test_nothing_is_kept_and_nothing_said_where_the_cache_is_off(copied_kernels):
    done = run(copied_kernels, SPARSEKIT_NUMBA_CACHE="0")
    assert answer_of(done) == (1, 0)
    assert not done.stderr
    assert not cache_of(copied_kernels).exists()
