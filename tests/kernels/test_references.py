"""Kernels that count no references to arrays free all that is made, and make none."""

import numba
import numpy as np
import pytest
from numba.core.runtime import _nrt_python, rtsys
from scipy import sparse

from sparsekit import DSTMLPClassifier
from sparsekit.kernels._jit import inner_kernel

# Each makes arrays elsewhere: in blocks of connections and of dense rows, in tiles with
# holes, for weights that are frozen, for stored entries, for paths between neurons.
FITS = {
    "csr": {},
    "dense": {"hidden_layer_sizes": (80, 80), "sparsity": 0.1},
    "scaled": {"missing_scaling": "sample"},
    "expected": {"missing": "expected"},
    "stored": {"stored": True},
    "paths": {"method": "chts"},
    "notes": {"record": "presentation"},
}


@pytest.fixture
def counted():
    """Return a function that tells how many arrays of kernels are alive."""
    if numba.config.DISABLE_JIT:
        pytest.skip("nothing is compiled")
    _nrt_python.memsys_enable_stats()
    yield (
        lambda: (
            rtsys.get_allocation_stats().mi_alloc - rtsys.get_allocation_stats().mi_free
        )
    )
    _nrt_python.memsys_disable_stats()


@pytest.mark.parametrize("name", FITS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_training_and_prediction_leave_no_array_behind(counted, name):
    parameters = dict(FITS[name])
    X = np.random.default_rng(0).normal(size=(60, 70))
    y = np.arange(60) % 3
    if parameters.pop("stored", False):
        X = sparse.csr_array(np.where(X > 2.2, X, 0))
    else:
        X[X > 1] = np.nan
    network = DSTMLPClassifier(**parameters, max_iter=3, batch_size=20, random_state=0)
    network.fit(X, y)  # compiles, which makes arrays of its own
    network.consolidate(X, y, fraction=0.2)
    before = counted()
    for _ in range(3):
        network.partial_fit(X, y)
        network.predict(X)
    network.fit(X, y).predict(X)
    assert counted() == before


def test_an_inner_kernel_that_makes_an_array_does_not_compile():
    if numba.config.DISABLE_JIT:
        pytest.skip("nothing is compiled")

    @inner_kernel
    def makes_an_array(n):
        return np.empty(n)

    @numba.njit
    def outer(n):
        return makes_an_array(n)[0]

    with pytest.raises(numba.core.errors.TypingError, match="array passed into"):
        outer(3)
