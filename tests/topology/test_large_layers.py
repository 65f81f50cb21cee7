"""Initial topologies of layers whose full size would not fit into memory."""

import subprocess
import sys

import pytest

SCRIPT = """
import time
from pathlib import Path

import numpy as np
from sparsekit.topology import STRATEGIES


def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def draw(n, count):
    facts = {"input_strengths": np.linspace(0, 1, n)}
    for make in STRATEGIES["initial_topology"].values():
        indptr, indices = make().draw(n, n, count, np.random.default_rng(0), facts)
        assert indptr[-1] == indices.size == count


draw(100, 300)  # compiles
before, start = peak(), time.perf_counter()
draw(50_000, 250_000)
print((peak() - before) / 1000, time.perf_counter() - start)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_and_time_follow_the_connections():
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    megabytes, seconds = map(float, done.stdout.split())
    # A byte for each of the 2.5e9 positions would be 2500 MB; measured: 19 MB, 0.1 s.
    assert megabytes < 100
    assert seconds < 5
