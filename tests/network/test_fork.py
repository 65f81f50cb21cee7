"""A process that is forked from one that used threads takes the serial twins."""

import os
import subprocess
import sys

import numba
import pytest

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system"),
    pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread here"),
]

PROGRAM = """
import os, sys, warnings
import numpy as np
from sparsekit import StaticSparseMLPClassifier
from sparsekit.network import _inference

warnings.simplefilter("ignore")
_inference._WORTH_THREADS = 0
X = np.random.default_rng(0).normal(size=(70, 12))
y = np.arange(70) % 3


def outcome():
    net = StaticSparseMLPClassifier((20,), sparsity=0.5, max_iter=2, random_state=0)
    return net.set_params(n_jobs=2).fit(X, y).predict_proba(X).tobytes()


def parallel():
    with _inference.parallel_section(2) as answer:
        return answer


def child(work):
    process = os.fork()
    if process == 0:
        os._exit(work())
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def same():
    return 0 if outcome() == expected and not parallel() else 3


{before}
"""
AFTER = "expected = outcome(); sys.exit(child(same) or child(lambda: child(same)))"
FRESH = "sys.exit(child(lambda: 0 if parallel() else 3))"


def exit_status(before):
    program = [sys.executable, "-c", PROGRAM.format(before=before)]
    return subprocess.run(program, check=False, timeout=300).returncode


def test_after_a_fork_a_fit_on_two_threads_gives_the_same_bits():
    assert exit_status(AFTER) == 0


def test_a_fork_before_any_thread_may_start_its_own():
    assert exit_status(FRESH) == 0
