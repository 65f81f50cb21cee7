"""Connections that are replaced, and those that must stay."""

from typing import NamedTuple

import numpy as np

from sparsekit.kernels._structs import INDEXED
from sparsekit.kernels.wiring import (
    N_DEGREES,
    count_regrown,
    replace_connections,
    rewire,
)
from sparsekit.network._network import SparseNetwork, degrees_of
from sparsekit.network._optimizer import OptimizerState
from sparsekit.topology import Plan, draw_seeds


class Change(NamedTuple):
    """What a rewiring did.

    Attributes
    ----------
    plan : Plan
        Which of the old connections went, and where new ones are.
    n_regrown : ndarray of int64, one number per layer
        How many of the new connections are where one was just dropped.
    degrees : ndarray of shape (n_layers, 7)
        How the connections spread after the change, see `named_degrees`.
    """

    plan: Plan
    n_regrown: np.ndarray
    degrees: np.ndarray

    @property
    def grown(self) -> list[np.ndarray]:
        """Positions of the new connections of each layer."""
        return np.split(self.plan.grown, self.plan.ends[1:-1])

    def is_new(self, network) -> np.ndarray:
        """Return which connections of the network after the change are new.

        Complexity: O(connections + new ones * log(connections)).
        """
        is_new = np.zeros(network.weights.size, dtype=bool)
        layers = zip(network.layers(), self.grown, strict=True)
        for number, (layer, grown) in enumerate(layers, start=1):
            places = np.searchsorted(layer.positions(), grown)
            is_new[places + network.connections(number).start] = True
        return is_new


def rewired_at_once(network, state, choice, fraction, rng):
    """Choose connections and replace them, in place and in one compiled call.

    Parameters
    ----------
    network : SparseNetwork
        No connection is protected.
    state : OptimizerState
    choice : (bool, int, bool)
        See `compiled_choice`.
    fraction : float
        Fraction of the connections that is replaced.
    rng : numpy.random.Generator

    Returns
    -------
    Change
        That of `carry_out` with the plan that `plan_rewiring` makes, and so are the
        network and the state. Complexity: O(connections + neurons).
    """
    by_sign, below, at_random = choice
    n_connections, n_layers = network.weights.size, network.n_layers
    is_single = network.weights.itemsize == 4
    dropped = np.zeros(n_connections, dtype=bool)
    # One more: where the share of a layer is rounded up, that of all need not be.
    grown = np.empty(int(fraction * n_connections) + 1, dtype=np.int64)
    ends = np.empty(n_layers + 1, dtype=np.int64)
    n_regrown = np.empty(n_layers, dtype=np.int64)
    degrees = np.empty((n_layers, N_DEGREES))
    rewire(
        network.sizes,
        network.first,
        network.indptr,
        network.indices,
        (network.weights, state.weight_first, state.weight_second),
        network.weights.view(np.int32 if is_single else np.int64),
        float(fraction),
        by_sign,
        below,
        at_random,
        draw_seeds((1 + at_random) * network.n_open, rng),
        dropped,
        grown,
        ends,
        n_regrown,
        degrees,
    )
    n_grown = ends[1:] - ends[:-1]
    plan = Plan(dropped, grown[: ends[-1]], ends, n_grown, n_grown)
    return _with_births(Change(plan, n_regrown, degrees), network, state)


def carry_out(network, state, plan):
    """Carry out the planned replacements of all layers.

    A survivor keeps its weight and its optimizer state; a new connection starts with a
    weight and moments of zero, so growing changes no output.

    Parameters
    ----------
    network : SparseNetwork
    state : OptimizerState
    plan : Plan

    Returns
    -------
    change : Change
    network : SparseNetwork
    state : OptimizerState
        Those given, changed in place, where every layer keeps its number of
        connections; otherwise others, and those given are as they were.

    Notes
    -----
    In place, all layers change in one compiled call. Python handles an interruption
    before or after such a call: it leaves the old network or the new one, never half of
    each, and no copy is needed for that. Complexity: O(connections + neurons) time,
    with a byte of memory for a connection and 16 for a replaced one.
    """
    if plan.n_dropped.tolist() != plan.n_grown.tolist():
        return _resized(network, state, plan)
    change = Change(
        plan,
        np.empty(network.n_layers, dtype=np.int64),
        np.empty((network.n_layers, N_DEGREES)),
    )
    replace_connections(
        network.sizes,
        network.first,
        network.indptr,
        network.indices,
        (network.weights, state.weight_first, state.weight_second),
        plan.dropped,
        plan.grown,
        plan.ends,
        change.n_regrown,
        change.degrees,
    )
    return _with_births(change, network, state), network, state


def _with_births(change, network, state):
    """Move the first steps of the connections, too, where these are counted."""
    if state.weight_born.size:
        state.weight_born = moved_with_connections(
            state.weight_born,
            change.plan.dropped,
            change.is_new(network),
            start=state.step,
        )
    return change


def _resized(network, state, plan):
    """Return a change, and a network and a state with other numbers of connections."""
    n_regrown = np.empty(network.n_layers, dtype=np.int64)
    count_regrown(
        network.sizes,
        network.first,
        network.indptr,
        network.indices,
        plan.dropped,
        plan.grown,
        plan.ends,
        n_regrown,
    )
    indptrs, indices = [np.zeros(1, dtype=np.int64)], []
    kept = ~plan.dropped
    is_new = []
    for number, layer in enumerate(network.layers(), start=1):
        survivors = layer.positions()[kept[network.connections(number)]]
        grown = plan.grown[plan.ends[number - 1] : plan.ends[number]]
        positions = np.concatenate([survivors, grown])
        order = np.argsort(positions, kind="stable")
        positions = positions[order]
        is_new.append(order >= survivors.size)
        rows = np.arange(layer.n_out + 1, dtype=np.int64) * layer.n_in
        indptrs.append(np.searchsorted(positions, rows)[1:] + indptrs[-1][-1])
        indices.append((positions % layer.n_in).astype(network.indices.dtype))
    is_new = np.concatenate(is_new)
    moved = {
        name: moved_with_connections(values, plan.dropped, is_new)
        for name, values in state.weight_moments().items()
    }
    arrays = network.to_dict() | {
        "indptr": np.concatenate(indptrs),
        "indices": np.concatenate(indices),
        "weights": moved_with_connections(network.weights, plan.dropped, is_new),
    }
    if state.weight_born.size:
        moved["weight_born"] = moved_with_connections(
            state.weight_born, plan.dropped, is_new, start=state.step
        )
    network = SparseNetwork(**arrays)
    change = Change(plan, n_regrown, degrees_of(network))
    return change, network, OptimizerState(**(state.to_dict() | moved))


def moved_with_connections(values, dropped, is_new, start=0):
    """Return what belongs to the connections after a change; new ones get `start`."""
    moved = np.full(is_new.size, start, dtype=values.dtype)
    moved[~is_new] = values[~dropped]
    return moved


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
        return in_training_order(network, arrays, by_row)


def in_training_order(network, arrays, by_row):
    """Return what belongs to the connections in the order in which training has them.

    Parameters
    ----------
    network : SparseNetwork
    arrays : Network
        From `network.for_training`.
    by_row : ndarray of shape (n_connections,)
        In CSR order.
    """
    ordered = by_row.copy()
    for number in range(1, network.n_layers + 1):
        if arrays.formats[number] in INDEXED:
            mine = network.connections(number)
            begin = arrays.in_indptr[network.first[number - 1] - network.first[0]]
            end = begin + mine.stop - mine.start
            ordered[mine] = by_row[arrays.in_position[begin:end]]
    return ordered


def _marked(positions, chosen):
    """Return which of the sorted `positions` are among the `chosen`."""
    places = np.searchsorted(positions, chosen)
    known = places < positions.size
    if not known.all() or (positions[places] != chosen).any():
        raise ValueError("A protected connection is not in the network.")
    marked = np.zeros(positions.size, dtype=bool)
    marked[places] = True
    return marked
