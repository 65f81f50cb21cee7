"""What a rewiring is going to do: planned by layers, carried out at once."""

from typing import NamedTuple

import numpy as np

from sparsekit.topology._layer import Layer


class LayerPlan(NamedTuple):
    """The connections that go and those that come.

    Attributes
    ----------
    dropped : ndarray of bool, shape (n_connections,)
    grown : ndarray of int64
        Positions ``row * n_in + column``, sorted and distinct: as many as are dropped.
    """

    dropped: np.ndarray
    grown: np.ndarray


def plan_layer(layer: Layer, pruner, grower, fraction: float, rng) -> LayerPlan:
    """Choose what to drop and, of what is free then, what to grow.

    The number of connections stays exact.

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
    LayerPlan
    """
    dropped = pruner.select(layer, fraction)
    count = int(np.count_nonzero(dropped))
    return LayerPlan(dropped, grower.select(layer, dropped, count, rng))
