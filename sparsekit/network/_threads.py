"""How many threads, and never two parallel kernels at once."""

import os
import threading
from contextlib import contextmanager, nullcontext
from functools import cache
from numbers import Integral

import numba
from joblib import effective_n_jobs
from threadpoolctl import ThreadpoolController

_ONE_AT_A_TIME = threading.Lock()

# Whether the threads of numba belong to a process from which this one was forked.
_threads_are_the_parents = False


def _look_for_threads_of_the_parent():
    """Note in a forked process whether its parent had started numba's threads.

    A fork copies the one thread that calls it, and the memory in which the others are
    listed: OpenMP waits for them for ever, or ends the process.
    """
    global _threads_are_the_parents
    try:
        numba.threading_layer()
    except ValueError:
        return  # none was started
    _threads_are_the_parents = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_look_for_threads_of_the_parent)

# Connections times samples below which starting threads costs about what it saves. On
# two cores: 0.6 times the speed of one thread at 2e4, 1.1 at 7e5, 1.5 at 2e6.
_WORTH_THREADS = 500_000


def thread_count(n_jobs: int | None) -> int:
    """Return the number of threads for `n_jobs`; None means one.

    As in joblib, -1 means all cores; inside a joblib worker it is one.
    """
    if n_jobs is None:
        return 1
    if not isinstance(n_jobs, Integral) or isinstance(n_jobs, bool) or n_jobs == 0:
        raise ValueError(f"n_jobs must be None, -1, or 1 and more, got {n_jobs!r}.")
    return min(effective_n_jobs(n_jobs), numba.config.NUMBA_NUM_THREADS)


def useful_threads(n_threads: int, n_connections: int, n_samples: int) -> int:
    """Return `n_threads`, or 1 where a step on `n_samples` is too short to share."""
    return n_threads if n_connections * n_samples >= _WORTH_THREADS else 1


@contextmanager
def parallel_section(n_threads: int):
    """Yield whether the parallel twin of a kernel may run, on `n_threads` threads.

    Numba's simplest threading layer ends the process when two Python threads run
    parallel kernels at once, and any layer would take more cores than asked for. So
    whoever comes second is told to use the serial twin, which returns the same bits. So
    is a process that was forked from one whose threads were running.
    """
    alone = n_threads == 1 or _threads_are_the_parents
    if alone or not _ONE_AT_A_TIME.acquire(blocking=False):
        yield False
        return
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(n_threads)
        yield True
    finally:
        numba.set_num_threads(before)
        _ONE_AT_A_TIME.release()


@cache
def _blas():
    # Made once: it looks through all libraries of the process.
    return ThreadpoolController().select(user_api="blas")


def blas_on_one_thread(used: bool):
    """Return a context in which BLAS does not start threads of its own.

    Kernels share the products among their own threads. Where BLAS is not `used` nothing
    is changed.
    """
    return _blas().limit(limits=1) if used else nullcontext()
