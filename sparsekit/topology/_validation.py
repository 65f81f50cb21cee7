"""Validation of the parameters of strategies."""

from numbers import Integral, Real

import numpy as np

_INFINITY = float("inf")


def check_parameters_of(strategy: object) -> None:
    """Call `check_parameters` of a strategy, if it has this method.

    `every` and `unit` of a schedule are checked in any case. This is done before
    training, so that invalid parameters are not first found by a rewiring.

    Parameters
    ----------
    strategy : object
        A pruner, grower, schedule or other part.

    Raises
    ------
    ValueError or TypeError
        Raised by the strategy.

    Examples
    --------
    >>> from sparsekit.topology import ThresholdPruner, check_parameters_of
    >>> check_parameters_of(ThresholdPruner(threshold=-1))
    Traceback (most recent call last):
    ValueError: ThresholdPruner: threshold must be a number in [0, inf]; got -1.
    """
    check = getattr(strategy, "check_parameters", None)
    if check is not None:
        check()
    if hasattr(strategy, "fraction"):
        # Training counts by these, and a user's own schedule may not check them.
        check_count(strategy, "every")
        check_option(strategy, "unit", ("epochs", "steps"))


def check_number(
    strategy, name, low=0.0, high=_INFINITY, *, closed="both", or_none=False
):
    """Raise if a parameter of `strategy` is not a number between `low` and `high`.

    `closed`, "both", "left", "right" or "neither", says which bounds are allowed.
    """
    value = getattr(strategy, name)
    if or_none and value is None:
        return
    is_inside = isinstance(value, Real) and not isinstance(value, bool)
    if is_inside:
        above = value >= low if closed in ("both", "left") else value > low
        below = value <= high if closed in ("both", "right") else value < high
        is_inside = above and below
    if not is_inside:
        left = "[" if closed in ("both", "left") else "("
        right = "]" if closed in ("both", "right") else ")"
        none = " or None" if or_none else ""
        raise ValueError(
            f"{type(strategy).__name__}: {name} must be a number in "
            f"{left}{low:g}, {high:g}{right}{none}; got {value!r}."
        )


def check_flag(strategy, name):
    """Raise if a parameter of `strategy` is not True or False."""
    value = getattr(strategy, name)
    if not isinstance(value, bool | np.bool_):
        raise ValueError(
            f"{type(strategy).__name__}: {name} must be True or False; got {value!r}."
        )


def check_count(strategy, name, *, or_none=False):
    """Raise if a parameter of `strategy` is not a whole number of at least 1."""
    value = getattr(strategy, name, None)
    if or_none and value is None:
        return
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(
            f"{type(strategy).__name__}: {name} must be a whole number of at least 1; "
            f"got {value!r}."
        )


def check_option(strategy, name, options):
    """Raise if a parameter of `strategy` is not one of the `options`."""
    value = getattr(strategy, name, None)
    if not isinstance(value, str) or value not in options:
        raise ValueError(
            f"{type(strategy).__name__}: {name} must be one of "
            f"{', '.join(map(repr, options))}; got {value!r}."
        )
