"""Warnings that point at the line of the user, however deep they arise."""

import sys
import warnings
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import sklearn

_LIBRARIES = (str(Path(__file__).parents[1]), str(Path(sklearn.__file__).parent))


# Of a task whose user is at another machine. Filters of warnings belong to a process,
# in which other tasks may run; this belongs to the task.
_COLLECTED: ContextVar = ContextVar("collected", default=None)


@contextmanager
def collected_warnings():
    """Yield a list that gets the arguments of `warn_user` in the block."""
    collected: list = []
    token = _COLLECTED.set(collected)
    try:
        yield collected
    finally:
        _COLLECTED.reset(token)


def warn_user(message, category=UserWarning):
    """Warn at the innermost line that belongs neither to sparsekit nor scikit-learn."""
    if _COLLECTED.get() is not None:
        _COLLECTED.get().append((message, category))
        return
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_LIBRARIES):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)
