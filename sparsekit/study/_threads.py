"""One thread for each fit, whatever runs beside it in the same process."""

import threading
from contextlib import contextmanager

from threadpoolctl import ThreadpoolController

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
    with _limited("openmp"):
        _enter()
        try:
            yield
        finally:
            _leave()


def _enter():
    global _inside, _limits
    with _lock:
        if _inside == 0:
            _limits = _limited("blas")
        _inside += 1


def _leave():
    global _inside, _limits
    with _lock:
        _inside -= 1
        if _inside == 0:
            _limits.restore_original_limits()
            _limits = None


def _limited(api):
    # Of all libraries, `threadpool_limits` puts back those that it did not limit, too.
    return ThreadpoolController().select(user_api=api).limit(limits=1)
