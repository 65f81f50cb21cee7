"""Replace connections of a layer: the bookkeeping, in one place."""

from typing import NamedTuple

import numpy as np

from sparsekit.kernels.wiring import replace_connections
from sparsekit.topology._layer import Layer


class Rewired(NamedTuple):
    """The connections of a layer after a rewiring.

    Attributes
    ----------
    indptr : ndarray of shape (n_out + 1,)
    indices : ndarray of shape (n_connections,)
    source : ndarray of shape (n_connections,)
        Where each connection stood before; -1 for a new one. Whatever belongs to a
        connection (weight, optimizer state) moves by it.
    n_replaced : int
    """

    indptr: np.ndarray
    indices: np.ndarray
    source: np.ndarray
    n_replaced: int


def rewire_layer(layer: Layer, pruner, grower, fraction: float, rng) -> Rewired:
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
    Rewired
    """
    dropped = pruner.select(layer, fraction)
    count = int(dropped.sum())
    grown = grower.select(layer, dropped, count, rng)
    indptr = np.empty_like(layer.indptr)
    indices = np.empty_like(layer.indices)
    source = np.empty(layer.indices.size, dtype=np.int64)
    replace_connections(
        layer.indptr,
        layer.indices,
        layer.n_in,
        dropped,
        grown,
        indptr,
        indices,
        source,
    )
    return Rewired(indptr, indices, source, count)
