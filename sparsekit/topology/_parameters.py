"""Checks of what a strategy was given when it was made."""

from numbers import Integral, Real

_INFINITY = float("inf")


def check_number(strategy, name, low=0.0, high=_INFINITY, *, closed="both"):
    """Raise if a parameter of `strategy` is not a number between `low` and `high`.

    `closed` is "both", "left", "right" or "neither": which of the two it may equal.
    """
    value = getattr(strategy, name)
    is_inside = isinstance(value, Real) and not isinstance(value, bool)
    if is_inside:
        above = value >= low if closed in ("both", "left") else value > low
        below = value <= high if closed in ("both", "right") else value < high
        is_inside = above and below
    if not is_inside:
        left = "[" if closed in ("both", "left") else "("
        right = "]" if closed in ("both", "right") else ")"
        raise ValueError(
            f"{type(strategy).__name__}: {name} must be a number in "
            f"{left}{low:g}, {high:g}{right}; got {value!r}."
        )


def check_count(strategy, name):
    """Raise if a parameter of `strategy` is not a whole number of at least 1."""
    value = getattr(strategy, name)
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(
            f"{type(strategy).__name__}: {name} must be a whole number of at least 1; "
            f"got {value!r}."
        )


def check_option(strategy, name, options):
    """Raise if a parameter of `strategy` is none of the `options`."""
    value = getattr(strategy, name)
    if not isinstance(value, str) or value not in options:
        raise ValueError(
            f"{type(strategy).__name__}: {name} must be one of "
            f"{', '.join(map(repr, options))}; got {value!r}."
        )
