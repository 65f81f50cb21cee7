"""Replace connections of a network that trains."""

from typing import NamedTuple

import numpy as np

from sparsekit.kernels.wiring import replace_connections
from sparsekit.network._arrays import SparseNetwork
from sparsekit.network._optimizer import OptimizerState


class Change(NamedTuple):
    """What a rewiring did.

    Attributes
    ----------
    dropped : ndarray of bool
        Which of the old connections went, over all layers.
    grown : list of ndarray of int64, one per layer
        Positions ``row * n_in + column`` of the new connections, sorted.
    n_dropped, n_grown : ndarray of int64, one number per layer
    """

    dropped: np.ndarray
    grown: list[np.ndarray]
    n_dropped: np.ndarray
    n_grown: np.ndarray

    @property
    def is_exchange(self) -> bool:
        """Whether every layer has as many connections as before."""
        return bool((self.n_dropped == self.n_grown).all())


def change_of(plans):
    """Return what the planned replacements of all layers come to."""
    return Change(
        np.concatenate([plan.dropped for plan in plans]),
        [plan.grown for plan in plans],
        np.array([np.count_nonzero(plan.dropped) for plan in plans], dtype=np.int64),
        np.array([plan.grown.size for plan in plans], dtype=np.int64),
    )


def exchange(network, state, change):
    """Replace connections in place, where every layer keeps its number of them.

    A survivor keeps its weight and its optimizer state; a new connection starts with a
    weight and a state of zero, so growing changes no output. All layers change in one
    compiled call. Python handles an interruption before or after such a call: it leaves
    the old network or the new one, never half of each, and no copy is needed for that.

    Complexity: O(connections + neurons) time, with 3 bytes of memory for a connection
    and 16 for a replaced one.
    """
    replace_connections(
        network.sizes,
        network.first,
        network.indptr,
        network.indices,
        (network.weights, *state.weight_moments().values()),
        change.dropped,
        np.concatenate(change.grown),
        np.cumsum([0, *change.n_grown]),
    )


def resized(network, state, change):
    """Return a network and a state with other numbers of connections.

    The same as `exchange` does, in new arrays.
    """
    indptrs, indices = [np.zeros(1, dtype=np.int64)], []
    kept = ~change.dropped
    is_new = []
    for number, grown in enumerate(change.grown, start=1):
        layer, mine = network.layer(number), network.connections(number)
        survivors = layer.positions()[kept[mine]]
        positions = np.concatenate([survivors, grown])
        order = np.argsort(positions, kind="stable")
        positions = positions[order]
        is_new.append(order >= survivors.size)
        rows = np.arange(layer.n_out + 1, dtype=np.int64) * layer.n_in
        indptrs.append(np.searchsorted(positions, rows)[1:] + indptrs[-1][-1])
        indices.append((positions % layer.n_in).astype(network.indices.dtype))
    is_new = np.concatenate(is_new)
    moved = {
        name: moved_with_connections(values, change.dropped, is_new)
        for name, values in state.weight_moments().items()
    }
    arrays = network.to_dict() | {
        "indptr": np.concatenate(indptrs),
        "indices": np.concatenate(indices),
        "weights": moved_with_connections(network.weights, change.dropped, is_new),
    }
    return SparseNetwork(**arrays), OptimizerState(**(state.to_dict() | moved))


def moved_with_connections(values, dropped, is_new):
    """Return what belongs to the connections after a change; new ones get zero."""
    moved = np.zeros(is_new.size, dtype=values.dtype)
    moved[~is_new] = values[~dropped]
    return moved
