"""CSR inputs of 20,000 features, of which 1 % is stored, beside scikit-learn."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.neural_network import MLPClassifier

from benchmarks.speed.measure import seconds_of
from sparsekit import StaticSparseMLPClassifier

pytestmark = pytest.mark.benchmark
N_ROWS, N_FEATURES, HIDDEN, BATCH = 640, 20_000, (1000,), 128
COMMON = {"hidden_layer_sizes": HIDDEN, "batch_size": BATCH, "solver": "sgd"}


def inputs(stored_fraction):
    """Draw rows of which a share is stored, and labels."""
    rng = np.random.default_rng(0)
    X = sparse.random_array(
        (N_ROWS, N_FEATURES),
        density=stored_fraction,
        format="csr",
        dtype=np.float32,
        random_state=rng,
    )
    return X, rng.integers(2, size=N_ROWS)


def sparse_network(**parameters):
    return StaticSparseMLPClassifier(
        **COMMON, sparsity=0.95, random_state=0, **parameters
    )


@pytest.mark.benchmark(group="epoch on CSR inputs")
@pytest.mark.parametrize("library", ["sparsekit", "scikit-learn"])
def test_epoch_on_csr_inputs(benchmark, library):
    X, y = inputs(0.01)
    net = sparse_network() if library == "sparsekit" else MLPClassifier(**COMMON)
    net.partial_fit(X, y, classes=[0, 1])
    benchmark.pedantic(net.partial_fit, (X, y), rounds=5, warmup_rounds=1)


def test_time_goes_with_stored_entries():
    def epoch(stored_fraction):
        X, y = inputs(stored_fraction)
        net = sparse_network().partial_fit(X, y, classes=[0, 1])
        return min(seconds_of(net.partial_fit, X, y) for _ in range(5))

    # What goes with the connections (the update, the sums of the fill values) stays;
    # with time per feature and row, a tenth of the entries would take as long.
    assert epoch(0.002) < 0.6 * epoch(0.02)
