"""The decorators of the kernels: one place for numba's flags and its disk cache.

numba keys a cached function by the content of the file that defines it, so an edit to a
function in *another* file would go unseen. Kernels call each other across the files of
this folder; therefore the stamp of every cached kernel covers the whole folder.

Environment
-----------
SPARSEKIT_NUMBA_CACHE : set it to 0 to compile in every process. Where no folder can be
    written that happens by itself, with a warning.
"""

import hashlib
import logging
import os
from pathlib import Path
from types import FunctionType

import numba
from numba.core import event as events

from sparsekit.kernels._disk_cache import KernelCache, warn_without_cache

CACHE = os.environ.get("SPARSEKIT_NUMBA_CACHE", "1") != "0"


_LOGGER = logging.getLogger("sparsekit")

# Seconds that the kernels take to compile which take longest, those that they call
# included, on a machine of 2 GHz.
SECONDS = {
    "_run_epoch": 25,
    "_run_epoch_parallel": 35,
    "_predict": 5,
    "_predict_parallel": 8,
}


class _Announcer(events.Listener):
    """Says of a kernel that is not on disk that it is being compiled."""

    def on_start(self, event):
        kernel = event.data["dispatcher"].py_func
        if kernel.__module__.startswith("sparsekit.kernels."):
            seconds = SECONDS.get(kernel.__qualname__)
            if seconds is not None:
                _LOGGER.warning(
                    "Compiling for this machine, once, about %d s (%s); "
                    "`sparsekit warm-up` does it ahead of time.",
                    seconds,
                    kernel.__qualname__.strip("_").replace("_", " "),
                )

    def on_end(self, event):
        """Say nothing."""


events.register("numba:compile", _Announcer())


def _kernels_stamp():
    """Return a digest of every source file in this folder."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


_STAMP = _kernels_stamp()


def _compile(function, **options):
    # Nobody calls a kernel from C, so numba need not compile an entry for that.
    dispatcher = numba.njit(
        error_model="numpy", nogil=True, no_cfunc_wrapper=True, **options
    )(function)
    if CACHE and not numba.config.DISABLE_JIT:
        try:
            dispatcher._cache = KernelCache(function, _STAMP)
        except RuntimeError as error:
            warn_without_cache(error)
    return dispatcher


def kernel(function):
    """Compile `function`; floating-point operations keep their order.

    With reordering allowed, LLVM may sum one way where it inlines a function into a
    serial loop and another way in the parallel twin. Speed does not need it: the loops
    that sum hold explicit vectors, see `_lanes`.
    """
    return _compile(function)


def inner_kernel(function):
    """Compile `function` for calls from other kernels only; it makes no arrays.

    The entry for calls from Python takes all arrays of all groups apart; leaving it out
    saves a quarter of the time in which an epoch compiles.

    Nor are references to arrays counted: numba would count those to every array of a
    group in every function that is given the group, some hundred atomic additions a
    call, with which an epoch of a small network took a fifth longer. The arrays of the
    caller live on all the same. What would need the counts, to make an array or to
    return one, does not compile.
    """
    return _compile(function, no_cpython_wrapper=True, _nrt=False)


def inlined_kernel(function):
    """Compile `function`, an inner kernel, into the kernels that call it.

    For what is called once per neuron: a call passes every array of a group by value,
    some hundred words, and LLVM does not inline large functions by itself.
    """
    return _compile(function, no_cpython_wrapper=True, forceinline=True, _nrt=False)


def allocating_kernel(function):
    """Compile `function` for calls from other kernels only; it may make arrays.

    A kernel that it returns an array to must count references too, or the array is
    never freed.
    """
    return _compile(function, no_cpython_wrapper=True, _nrt=True)


def parallel_twin(function):
    """Compile `function` so that its `prange` loops run on several threads.

    Only for functions whose iterations each own what they write and sum nothing
    across iterations: then the twin's results are those of the serial one, bit by bit.
    """
    # The disk cache knows a function by its qualified name and not by its options:
    # without a name of its own, the twin would load the serial code.
    twin = FunctionType(function.__code__, function.__globals__, function.__name__)
    twin.__qualname__ = f"{function.__qualname__}_parallel"
    twin.__module__ = function.__module__
    return _compile(twin, parallel=True)
