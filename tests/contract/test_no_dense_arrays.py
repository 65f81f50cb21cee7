"""No method and no strategy forms an array of (neurons x neurons), used or not."""

import json
import subprocess
import sys
from typing import Any

import pytest

from sparsekit.neural_network.parameters._methods import RECIPES
from sparsekit.topology import STRATEGIES

N = 50_000
DENSITY = 1e-4
OUTPUT = 3 * N
POSITIONS = N * N + OUTPUT
# A byte for each position would be 2,500 MB. Measured: at most 160 MB, 1.8 seconds.
MEGABYTES = 400
SECONDS = 20

# Densities that these methods go through are given as shares of all positions, and far
# above what anybody would have in a network of this size.
START: dict[str, Any] = {
    "mest": "ElasticDensity(extra=(1e-4, 5e-5))",
    "granet": "CubicDensity(initial=2e-4)",
    "gmp": "CubicDensity(initial=2e-4)",
    "chtss": "SigmoidDensity(initial=2e-4)",
    "magnitude": "OneShotDensity(initial=2e-4)",
    "lottery": "IterativeDensity(initial=2e-4)",
}

# A fit of every case in one process: starting one for each would take most of the time.
SCRIPT = """
import json
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from scipy import sparse
from sparsekit import DSTMLPClassifier
from sparsekit.topology import *

warnings.simplefilter("ignore")
cases = json.loads(sys.argv[1])
n, density, allowed = int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])


def megabytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1e3


def table(n):
    rng = np.random.default_rng(0)
    X = sparse.random_array((64, n), density=min(1, 50 / n), rng=rng, format="csr")
    return X.astype(np.float32), np.arange(64) % 3


def fit(n, density, parameters):
    settings = dict(parameters)
    if "density_schedule" in settings:
        settings["density_schedule"] = eval(settings["density_schedule"])
    net = DSTMLPClassifier(
        (n,),
        sparsity=1 - density,
        # A rewiring after each of the six steps but the last.
        schedule=RewiringSchedule(unit="steps"),
        batch_size=32,
        max_iter=3,
        random_state=0,
        **settings,
    )
    return net.fit(*table(n))


for name, parameters in cases.items():
    fit(200, 0.1, parameters)  # compiles
    table(n)
    before = megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
    # Memory that is allocated and never touched counts as well.
    limit = int((megabytes("VmSize") + allowed) * 1e6)
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    start = time.perf_counter()
    net = fit(n, density, parameters)
    seconds = time.perf_counter() - start
    report = {
        "megabytes": megabytes("VmHWM") - before,
        "seconds": seconds,
        "n_rewirings": len({row["step"] for row in net.rewiring_history_}),
        "n_connections": net.n_connections_,
    }
    print(json.dumps([name, report]), flush=True)
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
    del net
"""


def cases():
    """Return the parameters of the estimator for each case, by name."""
    chosen = {}
    for method in RECIPES:
        start = {"density_schedule": START[method]} if method in START else {}
        chosen[f"method={method}"] = {"method": method} | start
    for part in (
        "pruner",
        "grower",
        "redistribution",
        "allocation",
        "initial_topology",
    ):
        for name in STRATEGIES[part]:
            chosen[f"{part}={name}"] = {part: name}
    return chosen


CASES = cases()


@pytest.fixture(scope="module")
def reports():
    arguments = [json.dumps(CASES), str(N), str(DENSITY), str(MEGABYTES)]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    found = dict(json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 0, (done.stderr, list(found)[-1:])
    return found


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("case", CASES)
def test_a_fit_of_50000_by_50000_neurons_takes_what_its_connections_take(reports, case):
    report = reports[case]
    dense_output = "dense_output" in case or case.startswith("method=cht")
    n_output = OUTPUT if dense_output else 0
    expected = round(DENSITY * (POSITIONS - n_output)) + n_output
    assert report["n_connections"] == expected
    once = case in ("method=static", "method=magnitude")
    assert once or report["n_rewirings"] == 5
    assert report["megabytes"] < MEGABYTES
    assert report["seconds"] < SECONDS
