"""The judge of a fuzzed call: what it may raise, warn of, take in time, and leave."""

import linecache
import os
import re
import time
import traceback
import warnings

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.exceptions import NotFittedError

DOCUMENTED = (ValueError, TypeError, NotFittedError)

# Seconds that a call on a table of a dozen rows may take; it may have to be compiled.
DEADLINE = 60.0 if "NUMBA_DISABLE_JIT" in os.environ else 300.0

# Errors of numpy and pandas about one value, which are as clear as any of ours.
CLEAR = re.compile(
    "could not convert|invalid literal|must be real number, not|not a real number"
    "|argument must be|unhashable|Cannot cast|complex|longdouble"
    # numpy's, that sorts labels of several types.
    "|not supported between instances of '(str|NoneType|int)' and"
    # scikit-learn's, of a DataFrame without columns.
    "|at least one array or dtype is required"
    # numpy's, of a ragged list.
    "|inhomogeneous shape"
    # pathlib's, of what is no name of a file.
    "|argument should be a str or an os.PathLike|expected str, bytes or os.PathLike"
    # numpy's, of a random_state.
    "|Seed must be between"
    # narwhals', through scikit-learn.
    "|Expected unique column names"
)

# Interpreted kernels call math.exp, which raises where compiled code returns infinity.
INTERPRETED = "NUMBA_DISABLE_JIT" in os.environ


class Misbehaviour(AssertionError):
    """A call did what no documentation says."""


def behaves(call, *given, allowed=()):
    """Run `call`; return what it returns, or None if it raised a documented error.

    Parameters
    ----------
    call : callable
    *given : object
        What must not be changed by it.
    allowed : tuple of exception classes
        What it may raise beside `DOCUMENTED`.

    Raises
    ------
    Misbehaviour
        If it raises another error, or one that slipped out of a library by accident;
        warns of an accident of arithmetic; takes too long; or changes what was given.
    """
    before = [fingerprint(part) for part in given]
    began = time.monotonic()
    try:
        with np.errstate(over="warn"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # In compiled code nobody warns of these; elsewhere they mean a mistake.
            warnings.filterwarnings(
                "error", category=RuntimeWarning, module="sparsekit"
            )
            warnings.filterwarnings("ignore", module=r"sparsekit\.kernels")
            result = call()
    except OverflowError as error:
        if not INTERPRETED or "math range" not in str(error):
            raise Misbehaviour(f"undocumented: {shown(error)}") from error
        result = None
    except (*DOCUMENTED, *allowed) as error:
        if not isinstance(error, allowed) and not deliberate(error):
            raise Misbehaviour(f"an error slipped out: {shown(error)}") from error
        result = None
    except Exception as error:
        raise Misbehaviour(f"undocumented: {shown(error)}") from error
    seconds = time.monotonic() - began
    if seconds > DEADLINE:
        raise Misbehaviour(f"took {seconds:.0f} s")
    for part, was in zip(given, before, strict=True):
        if fingerprint(part) != was:
            raise Misbehaviour(f"changed what it was given: {part!r}")
    return result


def shown(error):
    return "".join(traceback.format_exception(error))[-1500:]


def deliberate(error):
    """Tell whether an error was raised on purpose, by us or by scikit-learn.

    The innermost frame of an error from C code is the line that called it, and no
    ``raise`` statement.
    """
    frame = error.__traceback__
    while frame.tb_next is not None:
        frame = frame.tb_next
    file = frame.tb_frame.f_code.co_filename
    line = linecache.getline(file, frame.tb_lineno).strip()
    ours = "sparsekit" in file or "sklearn" in file
    return bool(str(error)) and ((ours and line.startswith("raise")) or clear(error))


def clear(error):
    return CLEAR.search(str(error)) is not None


def fingerprint(value):
    """Return what changes if any bit of `value` does."""
    if sparse.issparse(value):
        arrays = [value.data, *(getattr(value, a) for a in ("indices", "indptr"))]
        return [fingerprint(array) for array in arrays]
    if isinstance(value, pd.DataFrame | pd.Series):
        table = value.to_frame() if isinstance(value, pd.Series) else value
        columns = [table.iloc[:, j] for j in range(table.shape[1])]
        return [repr(table.columns), [repr(c.tolist()) for c in columns]]
    if isinstance(value, np.ndarray):
        content = repr(value.tolist()) if value.dtype.hasobject else value.tobytes()
        return (value.dtype.str, value.shape, content)
    if isinstance(value, dict):
        return [(name, fingerprint(part)) for name, part in value.items()]
    if isinstance(value, list | tuple):
        return [fingerprint(part) for part in value]
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, np.random.RandomState):
        return "drawing from a generator changes it"
    return repr(value)


def state_of(estimator):
    """Return what changes if anything about an estimator does."""
    return {name: _state_of(value) for name, value in vars(estimator).items()}


def _state_of(value):
    if isinstance(value, np.random.RandomState):
        return repr(value.get_state(legacy=False))
    if isinstance(value, list | tuple):
        return [_state_of(part) for part in value]
    if hasattr(value, "get_params") and not isinstance(value, type):
        return [type(value).__name__, state_of(value)]
    found = fingerprint(value)
    # What a copy is like does not depend on where it lies.
    return re.sub(" at 0x[0-9a-f]+", "", found) if isinstance(found, str) else found
