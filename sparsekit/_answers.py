"""Checks of what strategies answer, before compiled code takes it for granted.

Kernels read and write where a strategy says, and check nothing.
"""

from numbers import Real

import numpy as np


def check_mask(pruner, layer, mask):
    """Return the mask of a pruner.

    Raises
    ------
    ValueError
        If it is not an array of booleans with an element for each connection.
    """
    is_mask = isinstance(mask, np.ndarray) and mask.dtype == bool
    if not is_mask or mask.shape != (layer.indices.size,):
        raise ValueError(
            f"{type(pruner).__name__} must return a boolean ndarray of shape "
            f"({layer.indices.size},) for a layer, got {describe(mask)}."
        )
    return mask


def fraction_at(schedule, initial, progress):
    """Return the share of the connections that a schedule replaces now.

    Raises
    ------
    ValueError
        If it is no number from 0 to 1.
    """
    return _share(schedule, "fraction", schedule.fraction(initial, progress))


def density_at(density_schedule, final, progress):
    """Return the density that a network shall have now.

    Raises
    ------
    ValueError
        If it is no number from 0 to 1.
    """
    density = density_schedule.density(final, progress)
    return _share(density_schedule, "density", density)


def _share(strategy, name, value):
    if not isinstance(value, Real) or not 0 <= value <= 1:
        raise ValueError(
            f"{type(strategy).__name__}.{name} must return a number from 0 to 1, got "
            f"{value!r}."
        )
    return value


def check_kept(topology, layer, count, mask):
    """Return which candidates a topology keeps, `count` of them."""
    n_kept = np.count_nonzero(check_mask(topology, layer, mask))
    if n_kept != count:
        raise ValueError(
            f"{type(topology).__name__}.keep chose {n_kept} connections where it was "
            f"asked for {count}."
        )
    return mask


def check_counts(allocation, sizes, counts):
    """Return the connections of each layer as an allocation shares them out.

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
    """Return the rows of a layer as a topology draws them, `indptr` and `indices`.

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
    """Return what an answer is, for an error."""
    if isinstance(answer, np.ndarray):
        return f"one of {answer.dtype} of shape {answer.shape}"
    return type(answer).__name__
