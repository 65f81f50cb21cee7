"""What a strategy may answer, checked before compiled code relies on it.

Kernels read and write where a strategy says, and check nothing.
"""

from numbers import Real

import numpy as np

from sparsekit._layout import read_only
from sparsekit.kernels.wiring import first_taken


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
    n_positions = layer.n_in * layer.n_out
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


def fraction_at(schedule, initial, progress):
    """Return the fraction of the connections that a schedule replaces now.

    Raises
    ------
    ValueError
        If it is not a number from 0 to 1.
    """
    return _check_fraction(schedule, "fraction", schedule.fraction(initial, progress))


def density_at(density_schedule, final, progress):
    """Return the density that a schedule gives a network now.

    Raises
    ------
    ValueError
        If it is not a number from 0 to 1.
    """
    density = density_schedule.density(final, progress)
    return _check_fraction(density_schedule, "density", density)


def _check_fraction(strategy, name, value):
    if not isinstance(value, Real) or not 0 <= value <= 1:
        raise ValueError(
            f"{type(strategy).__name__}.{name} must return a number from 0 to 1, got "
            f"{value!r}."
        )
    return value


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
    parts = drawn if isinstance(drawn, tuple) and len(drawn) == 2 else (None, None)
    whole = all(isinstance(p, np.ndarray) and p.dtype.kind == "i" for p in parts)
    if not whole or parts[0].shape != (n_out + 1,) or parts[1].shape != (count,):
        raise ValueError(
            f"{type(topology).__name__}.draw must return indptr of shape ({n_out + 1},)"
            f" and indices of shape ({count},), arrays of integers; got "
            f"{' and '.join(map(describe, parts))}."
        )
    indptr, indices = parts
    divides = indptr[0] == 0 and indptr[-1] == count and (np.diff(indptr) >= 0).all()
    within = not count or 0 <= indices.min() <= indices.max() < n_in
    in_order = np.ones(count, dtype=bool)
    if divides and within:
        rises = np.diff(indices) > 0
        starts = indptr[1:-1]
        rises[starts[(starts > 0) & (starts < count)] - 1] = True
        in_order = rises
    if not (divides and within and in_order.all()):
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
