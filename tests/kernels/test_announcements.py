"""A warning in the log before a kernel is compiled that takes long."""

import logging
from types import FunctionType

import numba
import pytest

from sparsekit.kernels import predict
from sparsekit.kernels._jit import SECONDS

needs_numba = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")


def compiled(name, module):
    """Compile a function of some name in some module."""

    def function(x):
        return x + 1

    named = FunctionType(function.__code__, {}, name)
    named.__qualname__, named.__module__ = name, module
    return numba.njit(named)(1)


@needs_numba
def test_a_long_compile_is_announced_before_it_begins(caplog):
    assert compiled("_run_epoch", "sparsekit.kernels.epoch") == 2
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("sparsekit", logging.WARNING)
    assert "about 25 s (run epoch)" in record.getMessage()


@needs_numba
@pytest.mark.parametrize(
    ("name", "module"),
    [("_short", "sparsekit.kernels.epoch"), ("_run_epoch", "of.somebody.else")],
)
def test_short_compiles_and_those_of_others_are_not(name, module, caplog):
    compiled(name, module)
    assert not caplog.records


def test_the_kernels_that_are_announced_exist():
    from sparsekit.kernels import epoch

    known = {
        getattr(kernel, "py_func", kernel).__qualname__
        for module in (epoch, predict)
        for kernel in vars(module).values()
        if callable(kernel) and hasattr(kernel, "__module__")
        if hasattr(getattr(kernel, "py_func", kernel), "__qualname__")
    }
    assert SECONDS.keys() <= known
