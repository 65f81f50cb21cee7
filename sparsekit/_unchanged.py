"""A call that fails leaves an estimator as it was: one mechanism for all of them."""

from collections.abc import Callable
from contextlib import contextmanager
from copy import deepcopy
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np

_Method = TypeVar("_Method", bound=Callable[..., Any])


def unchanged_on_error(method: _Method) -> _Method:
    """Have a method that raises leave the attributes of its estimator as they were.

    The method must replace what attributes hold and not modify it, generators apart:
    their state is put back. `restored_on_error` is for what others modify.
    """

    @wraps(method)
    def guarded(estimator, *args, **kwargs):
        with restored_on_error(estimator):
            return method(estimator, *args, **kwargs)

    guarded.leaves_unchanged = True  # type: ignore[attr-defined]
    return cast(_Method, guarded)


@contextmanager
def restored_on_error(estimator, modified=()):
    """Give an estimator its attributes back if the block raises.

    Parameters
    ----------
    estimator : object
    modified : sequence of str, default=()
        Names of attributes that the block modifies: they are copied before it.
    """
    before = dict(vars(estimator))
    before |= {name: deepcopy(before[name]) for name in modified if name in before}
    states = [(source, _state(source)) for source in before.values()]
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        for source, state in states:
            if isinstance(source, np.random.Generator):
                source.bit_generator.state = state
            elif isinstance(source, np.random.RandomState):
                source.set_state(state)
        raise


def _state(source):
    if isinstance(source, np.random.Generator):
        return source.bit_generator.state
    if isinstance(source, np.random.RandomState):
        return source.get_state(legacy=False)
    return None
