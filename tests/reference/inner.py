"""Calls of kernels that only other kernels call."""

import numba


def callable_from_python(kernel):
    """Return a function that calls `kernel`."""

    @numba.njit
    def call(*arguments):
        return kernel(*arguments)

    return call
