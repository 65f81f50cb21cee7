"""What rewirings cost a network so small that its compiled steps take little time."""

import time
import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from benchmarks.speed.networks import SMALL, data_for, estimator_for
from sparsekit import SETMLPClassifier, StaticSparseMLPClassifier

pytestmark = pytest.mark.benchmark


def seconds_per_epoch(work, model, n_epochs=40):
    """Return the processor time of an epoch; what a fit takes once cancels."""
    X, y = data_for(work)
    seconds = []
    for max_iter in (1, 1 + n_epochs):
        net = estimator_for(work, model, max_iter=max_iter)
        begin = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            net.fit(X, y)
        seconds.append(time.process_time() - begin)
    return (seconds[1] - seconds[0]) / n_epochs


@pytest.mark.benchmark(group="epoch of the small network, rewired and static")
@pytest.mark.parametrize("sparsity", [0.98, 0.75])
def test_rewired_beside_static(benchmark, sparsity):
    work = replace(SMALL, density=1.0 - sparsity, n_rows=500, dropout=0.0)
    models = SETMLPClassifier, StaticSparseMLPClassifier

    def in_turns():
        return [[seconds_per_epoch(work, model) for model in models] for _ in range(9)]

    in_turns()  # compiles
    pairs = np.array(benchmark.pedantic(in_turns, rounds=1))
    rewired, static = np.median(pairs, axis=0)
    ratio = np.median(pairs[:, 0] / pairs[:, 1])
    benchmark.extra_info["ms_rewired"] = 1e3 * rewired
    benchmark.extra_info["ms_static"] = 1e3 * static
    benchmark.extra_info["ratio"] = ratio
    # Measured: 1.05 to 1.15, and 1.3 to 1.9 where Python plans the rewirings.
    assert ratio < 1.3
