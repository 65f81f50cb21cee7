"""A network that memory cannot hold is refused with the numbers, before it is made."""

import json
import math
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from sparsekit import (
    DenseMLPClassifier,
    DSTMLPClassifier,
    DSTMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
)
from sparsekit.neural_network.training import _initial_network as _memory
from sparsekit.topology import SNIPTopology

ROOT = Path(__file__).resolve().parents[2]
SIDE = 30_000


@pytest.fixture
def _twenty_gigabytes(monkeypatch):
    monkeypatch.setattr(_memory, "available_bytes", lambda: 20e9)


@pytest.mark.usefixtures("_twenty_gigabytes")
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize(
    ("net", "needed"),
    [
        (DSTMLPClassifier((SIDE,), method="gmp"), "57.6"),
        (DSTMLPRegressor((SIDE,), method="granet"), "28.8"),
        (DSTMLPClassifier((SIDE,), method="chtss"), "28.8"),
        (DSTMLPClassifier((SIDE,), method="magnitude"), "57.6"),
        (DSTMLPRegressor((SIDE,), method="lottery", solver="sgd"), "50.4"),
        (
            DSTMLPClassifier((SIDE,), initial_topology=SNIPTopology(), sparsity=0.2),
            "28.8",
        ),
        (DenseMLPClassifier((SIDE,)), "28.8"),
        (SETMLPClassifier((SIDE,), sparsity=0.2), "23.0"),
        (SETMLPRegressor((SIDE,), sparsity=0.2, dtype="float64"), "34.6"),
        (StaticSparseMLPClassifier((SIDE,), sparsity=0.2), "23.0"),
    ],
)
def test_what_begins_too_large_is_refused_with_the_numbers(net, needed, method):
    X, y = np.ones((4, SIDE), dtype=np.float32), np.arange(4) % 2
    known = {"classes": [0, 1]} if method == "partial_fit" else {}
    if not hasattr(net, "predict_proba"):
        known = {}
    tracemalloc.start()
    try:
        with pytest.raises(MemoryError, match=rf"about {needed} GB .* 20\.0 GB are"):
            getattr(net, method)(X, y, **known)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
    assert vars(net).keys() == net.get_params(deep=False).keys()


@pytest.mark.usefixtures("_twenty_gigabytes")
def test_sparse_layers_of_the_same_size_are_not_refused():
    X, y = np.ones((4, SIDE), dtype=np.float32), np.arange(4) % 2
    SETMLPClassifier((SIDE,), sparsity=0.99999).partial_fit(X, y, [0, 1])


MEASURED = """
import json, sys, warnings
import numpy as np
from sparsekit import DSTMLPClassifier
from sparsekit.neural_network.training import _initial_network as _memory
from benchmarks.speed.measure import forget_peak, peak_bytes

warnings.simplefilter("ignore")
asked = []
estimate = _memory.training_bytes
_memory.training_bytes = lambda *args: asked.append(estimate(*args)) or asked[-1]


def fit(n, settings):
    X, y = np.random.default_rng(0).normal(size=(32, n)), np.arange(32) % 2
    net = DSTMLPClassifier((n,), max_iter=2, batch_size=32, random_state=0)
    net.set_params(**settings).fit(X, y)


for settings in json.loads(sys.argv[1]):
    fit(70, settings)
    forget_peak()
    before = peak_bytes()
    fit(1000, settings)
    print(asked[-1] / (peak_bytes() - before))
"""

VARIANTS = [
    {"method": "set", "sparsity": 0.5},
    {"method": "set", "sparsity": 0.5, "solver": "sgd"},
    {"method": "static", "sparsity": 0.2},
    {"method": "static", "sparsity": 0.0, "dtype": "float64"},
    {"method": "rigl", "sparsity": 0.5},
    {"method": "gmp", "sparsity": 0.9},
    {"method": "granet", "sparsity": 0.9},
    {"method": "lottery", "sparsity": 0.9},
]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_estimate_is_within_a_factor_of_two_of_what_a_fit_takes():
    command = [sys.executable, "-c", MEASURED, json.dumps(VARIANTS)]
    # The C library then gives back what arrays took, and peaks are those of a fit.
    environment = os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536"}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert done.returncode == 0, done.stderr
    shares = [float(line) for line in done.stdout.split()]
    assert len(shares) == len(VARIANTS)
    assert min(shares) > 0.5, shares
    assert max(shares) < 2, shares


def test_where_nobody_tells_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(_memory, "available_bytes", lambda: math.inf)
    _memory.check_memory([10**6, 10**6], [10**12], np.float32, "adam", False)
