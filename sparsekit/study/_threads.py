"""One thread for each fit, whatever runs beside it in the same process."""

import threading
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

_lock = threading.Lock()
_inside = 0
_limits = None


@contextmanager
def one_thread():
    """Hold BLAS and OpenMP to one thread.

    OpenMP keeps a limit for every thread that calls it. That of BLAS is one for the
    whole process, so that of several fits in threads the first one in sets it and the
    last one out takes it back. numba has no part in this: networks use its threads only
    if their `n_jobs` says so.
    """
    with threadpool_limits(1, user_api="openmp"):
        _enter()
        try:
            yield
        finally:
            _leave()


def _enter():
    global _inside, _limits
    with _lock:
        if _inside == 0:
            _limits = threadpool_limits(1, user_api="blas")
        _inside += 1


def _leave():
    global _inside, _limits
    with _lock:
        _inside -= 1
        if _inside == 0:
            _limits.restore_original_limits()
            _limits = None
