"""What a new process waits for: imports, and compiled code at the first fit."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.benchmark

LIBRARIES = "import joblib, numba, scipy.sparse, sklearn.neural_network, sklearn.utils"

FIT = """
import time
import numpy as np
from sparsekit import SETMLPClassifier
X = np.random.default_rng(0).normal(size=(100, 30))
begin = time.perf_counter()
SETMLPClassifier((100, 100), max_iter=2, tol=0, n_iter_no_change=2).fit(X, X[:, 0] > 0)
print(time.perf_counter() - begin)
"""


def run(code, **environment):
    """Run `code` in a new process; return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=dict(os.environ, PYTHONWARNINGS="ignore", **environment),
    ).stdout


@pytest.mark.benchmark(group="import, in a new process")
@pytest.mark.parametrize("code", [LIBRARIES, f"{LIBRARIES}, sparsekit"])
def test_import(benchmark, code):
    benchmark.pedantic(run, (code,), rounds=5, warmup_rounds=1)


def test_first_fit_with_a_cold_and_with_a_warm_cache(benchmark, tmp_path):
    cache = {"NUMBA_CACHE_DIR": str(tmp_path)}
    cold = float(benchmark.pedantic(run, (FIT,), cache, rounds=1))
    warm = min(float(run(FIT, **cache)) for _ in range(3))
    benchmark.extra_info |= {"cold": cold, "warm": warm}
    # Else nothing was loaded from the cache.
    assert warm < 0.3 * cold
