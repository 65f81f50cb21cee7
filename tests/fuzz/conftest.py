"""How many examples a property gets; see `python -m tests.fuzz --help`."""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings

# In an ordinary run every combination of parameters would have to be compiled first.
# tests/repository/test_fuzz.py starts this folder in a process of its own.
if "SPARSEKIT_FUZZ_EXAMPLES" not in os.environ:
    collect_ignore_glob = ["test_*.py"]

N_EXAMPLES = int(os.environ.get("SPARSEKIT_FUZZ_EXAMPLES", "1"))

settings.register_profile(
    "fuzz",
    deadline=None,
    database=None,
    max_examples=N_EXAMPLES,
    # Calls in a row to one estimator.
    stateful_step_count=50 if N_EXAMPLES > 20 else 12,
    derandomize="SPARSEKIT_FUZZ_ANEW" not in os.environ,
    # To explain a failure traces every line: minutes, in interpreted kernels.
    phases=[phase for phase in Phase if phase is not Phase.explain],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    print_blob=True,
)


@pytest.fixture(autouse=True, scope="module")
def _let_uncompiled_kernels_wrap_around():
    # With NUMBA_DISABLE_JIT=1 the hashes are numpy scalars, which warn when they wrap.
    with np.errstate(over="ignore"):
        yield
