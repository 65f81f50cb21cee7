"""Decide which connections of a layer are replaced, and by which."""

from typing import NamedTuple

import numpy as np

from sparsekit.topology._layer import Layer


class Replacement(NamedTuple):
    """Which connections of a layer go, and where as many new ones come.

    Attributes
    ----------
    dropped : ndarray of bool, shape (n_connections,)
        Connections that go.
    grown : ndarray of int64
        Positions ``row * n_in + column`` of the new ones, sorted and distinct; as many
        as are dropped, and none where a connection stays.
    """

    dropped: np.ndarray
    grown: np.ndarray


def plan_rewiring(layer: Layer, pruner, grower, fraction: float, rng) -> Replacement:
    """Prune a layer and let as many connections grow; their number stays exact.

    Parameters
    ----------
    layer : Layer
    pruner, grower : objects with `select`
        See :class:`SETPruner` and :class:`RandomGrower`.
    fraction : float
        Share of the connections to replace.
    rng : numpy.random.Generator

    Returns
    -------
    Replacement

    Raises
    ------
    ValueError
        If the grower chooses more or fewer positions than it was asked for.
    """
    dropped = pruner.select(layer, fraction, rng)
    count = int(np.count_nonzero(dropped))
    grown = grower.select(layer, dropped, count, rng)
    if grown.size != count:
        raise ValueError(
            f"{type(grower).__name__} chose {grown.size} positions for {count} dropped "
            "connections; it must choose as many."
        )
    return Replacement(dropped, grown)
