"""Growers of a huge layer: memory and time follow the connections."""

import json
import subprocess
import sys

import numba
import pytest

SCRIPT = """
import json
import time
from pathlib import Path

import numpy as np
from sparsekit.topology import (
    FanInGrower,
    GradientGrower,
    Layer,
    LinkPredictionGrower,
    MomentumGrower,
    ObservedGrower,
    RandomGrower,
    UnfiredGrower,
)
from sparsekit.topology import RandomTopology

GROWERS = [
    RandomGrower(), ObservedGrower(), UnfiredGrower(), GradientGrower(),
    MomentumGrower(n_batches=2), FanInGrower(), LinkPredictionGrower(),
    LinkPredictionGrower("CH2-L3n", temperature=1.0),
]
rng = np.random.default_rng(0)


def kilobytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def layer_of(n, n_connections):
    indptr, indices = RandomTopology().draw(n, n, n_connections, rng)
    layer = Layer(
        indptr,
        indices,
        np.zeros(n_connections, dtype=np.float32),
        n,
        input_rates=np.linspace(0, 1, n),
        nonzero_rates=np.linspace(0, 1, n),
        values=rng.normal(size=(2, n, 64)).astype(np.float32),
        deltas=rng.normal(size=(2, n, 64)).astype(np.float32),
    )
    return layer._replace(explored=layer.positions())


def grow(grower, layer):
    dropped = np.arange(layer.indices.size) % 10 < 3
    count = int(dropped.sum())
    assert grower.select(layer, dropped, count, rng).size == count


small = layer_of(100, 1000)
for grower in GROWERS:
    grow(grower, small)  # compiles
large = layer_of(50_000, 250_000)
before = kilobytes("VmRSS")
for grower in GROWERS:
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
    start = time.process_time()
    grow(grower, large)
    seconds = time.process_time() - start
    megabytes = (kilobytes("VmHWM") - before) / 1000
    print(json.dumps([repr(grower), megabytes, seconds]))
"""


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="takes hours in plain Python")
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_50000_by_50000_layer_takes_megabytes_and_seconds():
    # Not by tracemalloc, which does not see the arrays of compiled code.
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        grower, megabytes, seconds = json.loads(line)
        # One byte for every position would take 2500 MB. Measured: at most 14 MB,
        # and 0.1 s.
        assert megabytes < 25, (grower, megabytes)
        assert seconds < 3, (grower, seconds)
