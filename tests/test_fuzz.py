"""Random calls of every public name; the work is done by tests/fuzz."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_random_calls_raise_nothing_but_documented_errors():
    # In a process of its own, with kernels that need no compiling.
    command = [sys.executable, "-m", "tests.fuzz", "--interpreted", "--examples", "8"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-8000:]
    assert " passed" in done.stdout
