"""Connections that stay, and weights that keep their value."""

from typing import NamedTuple

import numpy as np

from sparsekit.kernels._structs import INDEXED


class Protection(NamedTuple):
    """Which connections are protected, and from what.

    Positions name connections whatever a rewiring does to their order, and since it
    drops none of these, nothing here ever has to follow it.

    Attributes
    ----------
    positions : list of ndarray of int64, one per layer
        ``row * n_in + column`` of the protected connections, sorted.
    frozen : bool
        Whether the optimizer leaves their weights alone, too; otherwise only
        rewirings do.
    """

    positions: list[np.ndarray]
    frozen: bool

    def masks(self, network) -> list[np.ndarray]:
        """Return, for each layer, which of its connections are protected.

        Complexity: O(connections + protected * log(connections)).
        """
        return [
            _marked(layer.positions(), mine)
            for layer, mine in zip(network.layers(), self.positions, strict=True)
        ]

    def frozen_weights(self, network, arrays) -> np.ndarray | None:
        """Return which weights are frozen, in the order in which training has them.

        Parameters
        ----------
        network : SparseNetwork
        arrays : Network
            From `network.for_training`.
        """
        if not self.frozen:
            return None
        by_row = np.concatenate(self.masks(network))
        frozen = by_row.copy()
        for number in range(1, network.n_layers + 1):
            if arrays.formats[number] in INDEXED:
                mine = network.connections(number)
                begin = arrays.in_indptr[network.first[number - 1] - network.first[0]]
                end = begin + mine.stop - mine.start
                frozen[mine] = by_row[arrays.in_position[begin:end]]
        return frozen


def _marked(positions, chosen):
    """Return which of the sorted `positions` are among the `chosen`."""
    places = np.searchsorted(positions, chosen)
    known = places < positions.size
    if not known.all() or (positions[places] != chosen).any():
        raise ValueError("A protected connection is not in the network.")
    marked = np.zeros(positions.size, dtype=bool)
    marked[places] = True
    return marked
