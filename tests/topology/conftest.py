"""Settings of the tests in this folder."""

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _let_uncompiled_kernels_wrap_around():
    # With NUMBA_DISABLE_JIT=1 the hashes are numpy scalars, which warn when they wrap.
    with np.errstate(over="ignore"):
        yield
