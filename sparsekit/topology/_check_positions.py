"""The check of what a grower answers, before compiled code writes there."""

import numpy as np

from sparsekit._answers import describe
from sparsekit._layout import read_only
from sparsekit.kernels.wiring import first_taken


def check_positions(grower, layer, dropped, count, positions):
    """Return the positions of a grower; O(connections + count).

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
    within = count == 0 or 0 <= positions[0] <= positions[-1] < layer.n_in * layer.n_out
    if not within or not (positions[1:] > positions[:-1]).all():
        raise ValueError(
            f"{name} chose positions that are not sorted, not distinct or outside the "
            "layer; check_strategy tells which."
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
