"""What strategies may be told and what they may answer.

Both are checked before compiled code relies on it: kernels read and write where a
strategy says, and check nothing.
"""

import math
from numbers import Integral, Real
from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit._utils._arrays import read_only
from sparsekit.kernels.wiring import first_taken


class Number(NamedTuple):
    """The numbers from `low` to `high`; `closed` says which of the two belong to them.

    Whole numbers have no upper bound.
    """

    low: float = 0.0
    high: float = math.inf
    closed: str = "both"  # or "left", "right", "neither"
    or_none: bool = False
    whole: bool = False

    def __str__(self):
        if self.whole:
            return f"a whole number of at least {self.low:g}"
        left = "[" if self.closed in ("both", "left") else "("
        right = "]" if self.closed in ("both", "right") else ")"
        none = " or None" if self.or_none else ""
        return f"a number in {left}{self.low:g}, {self.high:g}{right}{none}"


FLAG = (True, False)
AT_LEAST_1 = Number(1, whole=True)
COUNTED_BY = {"every": AT_LEAST_1, "unit": ("epochs", "steps")}


class Strategy(BaseEstimator):
    """Base class of strategies that have parameters.

    Beside its parameters, a subclass lists the values that they may have: a `Number`, a
    tuple of names, or `FLAG`.
    """

    _allowed: ClassVar[dict] = {}

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter has a value that is not allowed.

        Extended by subclasses with parameters of their own.
        """
        check_allowed(self, self._allowed)


def check_allowed(strategy, allowed):
    """Raise ValueError if a parameter of a strategy has a value that is not allowed."""
    for name, values in allowed.items():
        value = getattr(strategy, name, None)
        if not isinstance(values, Number):
            # Without a look at the type, 1 would be True.
            if isinstance(value, (str, bool, np.bool_)) and value in values:
                continue
            names = ", ".join(map(repr, values))
            values = "True or False" if values is FLAG else f"one of {names}"
        elif value is None and values.or_none:
            continue
        elif not isinstance(value, bool) and isinstance(
            value, Integral if values.whole else Real
        ):
            above = value > values.low or (
                value == values.low and values.closed in ("both", "left")
            )
            below = value < values.high or (
                value == values.high and values.closed in ("both", "right")
            )
            if above and below:
                continue
        raise ValueError(
            f"{type(strategy).__name__}: {name} must be {values}; got {value!r}."
        )


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
        check_allowed(strategy, COUNTED_BY)


def needs_of(*strategies: object) -> frozenset[str]:
    """Return the names of the fields of `Layer` that any of the strategies needs.

    Parameters
    ----------
    *strategies : object
        A strategy without a class attribute ``needs`` needs nothing.

    Returns
    -------
    frozenset of str
        Names of fields.

    Examples
    --------
    >>> from sparsekit.topology import ObservedGrower, SETPruner, needs_of
    >>> sorted(needs_of(SETPruner(), ObservedGrower()))
    ['input_rates']
    """
    needs: frozenset[str] = frozenset()
    for strategy in strategies:
        needs = needs.union(getattr(strategy, "needs", ()))
    return needs


def check_mask(pruner, layer, mask):
    """Return the mask of a pruner.

    Raises
    ------
    ValueError
        If it is not a boolean array with an element for each connection.
    """
    is_mask = isinstance(mask, np.ndarray) and mask.dtype == bool
    if not is_mask or mask.shape != (layer.indices.size,):
        raise ValueError(
            f"{type(pruner).__name__} must return a boolean ndarray of shape "
            f"({layer.indices.size},) for a layer, got {describe(mask)}."
        )
    return mask


def check_masks(pruner, layers, masks):
    """Return the masks of a pruner that ranks the connections of all layers together.

    Raises
    ------
    ValueError
        If there is not one for each layer, or one of them is not a mask.
    """
    masks = list(masks)
    if len(masks) != len(layers):
        raise ValueError(
            f"{type(pruner).__name__}.select_network must return a mask for each of "
            f"the {len(layers)} layers, got {len(masks)}."
        )
    return [
        check_mask(pruner, la, mask) for la, mask in zip(layers, masks, strict=True)
    ]


def check_positions(grower, layer, dropped, count, positions):
    """Return the positions of a grower. Complexity: O(connections + count).

    Raises
    ------
    ValueError
        If they are not `count` sorted, distinct and free positions, in int64.
    """
    name = type(grower).__name__
    is_integer = isinstance(positions, np.ndarray) and positions.dtype == np.int64
    if not is_integer or positions.ndim != 1:
        raise ValueError(
            f"{name} must return a one-dimensional ndarray of int64, got "
            f"{describe(positions)}."
        )
    if positions.size != count:
        raise ValueError(
            f"{name} chose {positions.size} positions where it was asked for {count}; "
            "a grower chooses exactly as many as it is asked for."
        )
    falls = np.flatnonzero(positions[1:] <= positions[:-1])
    if falls.size:
        first, second = positions[falls[0] : falls[0] + 2]
        raise ValueError(
            f"{name} chose positions that are not sorted or not distinct: {first} "
            f"comes before {second}."
        )
    n_positions = layer.n_in * (layer.indptr.size - 1)
    if count and not 0 <= positions[0] <= positions[-1] < n_positions:
        raise ValueError(
            f"{name} chose positions outside the layer; they must be from 0 to "
            f"{n_positions - 1}."
        )
    taken = first_taken(
        read_only(layer.indptr),
        read_only(layer.indices),
        layer.n_in,
        read_only(dropped),
        read_only(positions),
    )
    if taken >= 0:
        raise ValueError(
            f"{name} chose position {taken}, at which a connection stays; a grower "
            "chooses free positions."
        )
    return positions


def check_shared(redistribution, count, bounds, counts):
    """Return the new connections of each layer as a redistribution gives them.

    Raises
    ------
    ValueError
        If they are not whole numbers, one for each layer and within its bounds, with
        the sum `count`.
    """
    lower, upper = bounds
    is_whole = isinstance(counts, np.ndarray) and counts.dtype.kind in "iu"
    is_possible = is_whole and counts.shape == lower.shape and counts.sum() == count
    if not is_possible or (counts < lower).any() or (counts > upper).any():
        shown = counts.tolist() if is_whole else describe(counts)
        raise ValueError(
            f"{type(redistribution).__name__} gave the layers {shown} new connections; "
            f"it must share {count}, as an ndarray of whole numbers with at least "
            f"{lower.tolist()} and at most {upper.tolist()} for each layer."
        )
    return counts


def fraction_at(schedule, initial, progress, *, answer="fraction"):
    """Return the fraction of the connections that a schedule replaces now.

    Raises
    ------
    ValueError
        If it is not a number from 0 to 1.
    """
    value = getattr(schedule, answer)(initial, progress)
    if not isinstance(value, Real) or not 0 <= value <= 1:
        raise ValueError(
            f"{type(schedule).__name__}.{answer} must return a number from 0 to 1, got "
            f"{value!r}."
        )
    return value


def density_at(density_schedule, final, progress):
    """Return the density that a schedule gives a network now, see `fraction_at`."""
    return fraction_at(density_schedule, final, progress, answer="density")


def copied_states(strategy, states):
    """Return a copy of what a strategy noted about each layer.

    Raises
    ------
    TypeError
        If a name is not a string, or a value is not an array of numbers, a number or a
        string.
    """
    return [
        {_check_name(strategy, k): _noted(strategy, k, v) for k, v in state.items()}
        for state in states
    ]


def _check_name(strategy, name):
    if not isinstance(name, str):
        raise TypeError(
            f"{type(strategy).__name__}: names in layer.state must be strings; got "
            f"{name!r}."
        )
    return name


def _noted(strategy, name, value):
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return value.copy()
    raise TypeError(
        f"{type(strategy).__name__}: layer.state[{name!r}] must be an array of "
        f"numbers, a number or a string; got {describe(value)}."
    )


def check_kept(topology, layer, count, mask):
    """Return the mask of the candidates that a topology keeps.

    Raises
    ------
    ValueError
        If it is not a mask, or does not keep exactly `count`.
    """
    n_kept = np.count_nonzero(check_mask(topology, layer, mask))
    if n_kept != count:
        raise ValueError(
            f"{type(topology).__name__}.keep chose {n_kept} connections where it was "
            f"asked for {count}."
        )
    return mask


def check_counts(allocation, sizes, counts):
    """Return the connections of each layer as an allocation gives them.

    Raises
    ------
    ValueError
        If they are not whole numbers, one for each layer, from 1 to its positions.
    """
    positions = np.multiply(sizes[:-1], sizes[1:])
    is_whole = isinstance(counts, np.ndarray) and counts.dtype.kind in "iu"
    fits = is_whole and counts.shape == positions.shape
    if not fits or (counts < 1).any() or (counts > positions).any():
        shown = counts.tolist() if fits else describe(counts)
        raise ValueError(
            f"{type(allocation).__name__}.counts must return an ndarray of whole "
            f"numbers, from 1 to the positions of each layer, {positions.tolist()}; "
            f"got {shown}."
        )
    return counts


def check_drawn(topology, n_in, n_out, count, drawn):
    """Return the `indptr` and `indices` that a topology draws for a layer.

    Raises
    ------
    ValueError
        If they are not CSR with `count` entries, sorted and without duplicates.
    """
    is_pair = isinstance(drawn, tuple) and len(drawn) == 2
    indptr, indices = drawn if is_pair else (None, None)
    are_arrays = isinstance(indptr, np.ndarray) and isinstance(indices, np.ndarray)
    are_whole = are_arrays and indptr.dtype.kind == indices.dtype.kind == "i"
    if not are_whole or indptr.shape != (n_out + 1,) or indices.shape != (count,):
        raise ValueError(
            f"{type(topology).__name__}.draw must return indptr of shape ({n_out + 1},)"
            f" and indices of shape ({count},), arrays of integers; got "
            f"{describe(indptr)} and {describe(indices)}."
        )
    divides = indptr[0] == 0 and indptr[-1] == count and (np.diff(indptr) >= 0).all()
    in_order = divides and (not count or 0 <= indices.min() <= indices.max() < n_in)
    if in_order:
        rises = np.diff(indices) > 0
        starts = indptr[1:-1]
        rises[starts[(starts > 0) & (starts < count)] - 1] = True
        in_order = rises.all()
    if not in_order:
        raise ValueError(
            f"{type(topology).__name__}.draw must return rows that are sorted, without "
            f"duplicates, of columns from 0 to {n_in - 1}, and {count} entries in all."
        )
    return indptr, indices


def describe(answer):
    """Return what an answer is, for an error message."""
    if isinstance(answer, np.ndarray):
        return f"one of {answer.dtype} of shape {answer.shape}"
    return type(answer).__name__
