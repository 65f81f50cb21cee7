"""The plan of a rewiring: which connections are dropped, and where new ones grow."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from sparsekit.topology._allocation import apportion
from sparsekit.topology._contract import (
    check_mask,
    check_masks,
    check_positions,
    check_shared,
)
from sparsekit.topology._layer import Layer
from sparsekit.topology._redistribution import DroppedRedistribution, bounds_of_growth
from sparsekit.topology._selection import mark_lowest


class Replacement(NamedTuple):
    """The dropped connections of a layer, and the positions of the new ones.

    Attributes
    ----------
    dropped : ndarray of bool, shape (n_connections,)
        Connections that are dropped.
    grown : ndarray of int64
        Positions ``row * n_in + column`` of the new ones, sorted and distinct, and none
        where a connection stays.
    """

    dropped: np.ndarray
    grown: np.ndarray


class Plan(NamedTuple):
    """The replacements of all layers in arrays, one layer after another.

    Attributes
    ----------
    dropped : ndarray of bool, shape (n_connections,)
    grown : ndarray of int64
    ends : ndarray of int64, shape (n_layers + 1,)
        ``grown[ends[l - 1]:ends[l]]`` belongs to layer `l`, from 1.
    n_dropped, n_grown : ndarray of int64, shape (n_layers,)
    """

    dropped: np.ndarray
    grown: np.ndarray
    ends: np.ndarray
    n_dropped: np.ndarray
    n_grown: np.ndarray

    @classmethod
    def of(cls, replacements) -> "Plan":
        """Return the plan of a list of replacements, one for each layer."""
        masks, positions = zip(*replacements, strict=True)
        n_grown = np.array([*map(len, positions)], dtype=np.int64)
        return cls(
            dropped=np.concatenate(masks),
            grown=np.concatenate(positions),
            ends=np.concatenate([[0], np.cumsum(n_grown)]),
            n_dropped=np.array([*map(np.count_nonzero, masks)], dtype=np.int64),
            n_grown=n_grown,
        )


def plan_rewiring(
    layers: Sequence[Layer],
    pruner: Any,
    grower: Any,
    fraction: float,
    rng: np.random.Generator,
    *,
    counts: Sequence[int] | None = None,
    redistribution: Any = None,
    states: Mapping[str, Sequence[dict[str, Any]]] | None = None,
) -> list[Replacement]:
    """Choose the connections to drop and to add, such that their number is exact.

    With ``n`` connections of a layer now and ``m`` afterwards, the surplus of ``n - m``
    is dropped, and of the others the `fraction` is replaced: the pruner is asked to
    drop ``n - m + fraction * m`` connections, and the grower adds as many as it takes
    to reach ``m``. With an ``m`` above ``n`` the grower adds more than the pruner
    drops.

    Parameters
    ----------
    layers : sequence of Layer
    pruner : object with `select`
        See :class:`SETPruner`. It is asked layer by layer. With ``scope="network"`` it
        ranks the connections of all layers together, and with ``scope="layers"`` it
        sees all layers at once and drops a fraction of each.
    grower : object with `select`
        See :class:`RandomGrower`.
    fraction : float
        Fraction of the remaining connections to replace, in [0, 1].
    rng : numpy.random.Generator
    counts : sequence of int or None, default=None
        Connections of each layer after the rewiring. None means as many as now. Where
        one ranking of the network or a redistribution says how many each layer has,
        only their sum counts.
    redistribution : object with `share` or None, default=None
        Number of new connections of each layer, see :class:`NonzeroRedistribution`.
        None means that every layer grows to its count or, after a ranking of the
        network, in proportion to what it dropped.
    states : mapping of str to sequence of dict or None, default=None
        For "pruner", "grower" and "redistribution" what each noted about every layer:
        the field `state` of the layers that it sees, which it may write to.

    Returns
    -------
    list of Replacement
        One for each layer. A layer that has all its connections, and shall have them
        afterwards, is left alone: it is in no ranking, and no grower is asked. If the
        pruner drops less than the surplus, the remaining connections with the smallest
        weights are dropped, too. No layer loses its last connection without getting a
        new one. Protected connections that the pruner chooses are not dropped, and
        fewer are replaced; a layer of which more than its count are protected keeps
        them, at the expense of the others. Complexity: O(connections) beside the pruner
        and the grower.

    Raises
    ------
    ValueError
        If the sum of `counts` is more than the number of positions, or less than one
        connection for each layer and all protected ones; if the pruner, the grower or
        the redistribution breaks its contract.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, RandomGrower, SETPruner, plan_rewiring
    >>> weights = np.array([0.1, 5.0, -0.2, -4.0])
    >>> layer = Layer(np.array([0, 4]), np.arange(4), weights, n_in=9)
    >>> rng = np.random.default_rng(0)
    >>> (plan,) = plan_rewiring([layer], SETPruner(), RandomGrower(), 0.5, rng)
    >>> plan.dropped.tolist(), plan.grown.size
    ([True, False, True, False], 2)
    """
    goals = _goals(layers, counts)
    layers = [
        _protected_entirely(layer) if layer.n_free == 0 and not n_fewer else layer
        for layer, n_fewer in zip(layers, _n_now(layers) - goals, strict=True)
    ]
    ranks_network = getattr(pruner, "scope", "layer") == "network"
    layers = _with_states(layers, states, "pruner")
    if ranks_network:
        dropped = _prune_network(layers, pruner, fraction, rng, int(goals.sum()))
    else:
        quotas = _quotas(layers, goals, shared=redistribution is not None)
        dropped = _prune_layers(layers, pruner, fraction, rng, quotas)
    layers = _with_states(layers, states, "redistribution")
    n_grown = _n_new(layers, dropped, goals, redistribution, ranks_network)
    layers = _with_states(layers, states, "grower")
    plan = []
    for layer, mask, n_new in zip(layers, dropped, n_grown, strict=True):
        grown = np.empty(0, dtype=np.int64)
        if n_new or not layer.is_fixed:
            grown = grower.select(layer, mask, int(n_new), rng)
            check_positions(grower, layer, mask, int(n_new), grown)
        plan.append(Replacement(mask, grown))
    return plan


def _with_states(layers, states, part):
    """Return the layers with what a part noted about them, and none of the others."""
    own = (states or {}).get(part, [None] * len(layers))
    return [la._replace(state=state) for la, state in zip(layers, own, strict=True)]


def _n_now(layers):
    return np.array([layer.indices.size for layer in layers], dtype=np.int64)


def _protected_entirely(layer):
    return layer._replace(protected=np.ones(layer.indices.size, dtype=bool))


def _goals(layers, counts):
    """Return the connections that each layer shall have afterwards."""
    n_now = _n_now(layers)
    if counts is None or np.array_equal(counts, n_now):
        return n_now
    goals = np.asarray(counts, dtype=np.int64)
    total = int(goals.sum())
    least = _n_kept_at_least(layers)
    most = np.array([layer.n_in * layer.n_out for layer in layers])
    if goals.shape != most.shape or not least.sum() <= total <= most.sum():
        raise ValueError(
            f"{goals.tolist()} connections do not fit: the layers have {most.tolist()} "
            f"positions, and {least.tolist()} connections stay, one for each layer and "
            "all protected ones."
        )
    if (goals < least).any() or (goals > most).any():
        goals = apportion(goals, total, least, most)
    return goals


def _quotas(layers, goals, shared):
    """Return how many connections each layer drops at least.

    Where layers share the new connections, counts drift away from the goals, of which
    the sum remains: the surplus is then taken in proportion to the connections.
    """
    n_now = _n_now(layers)
    if not shared:
        return np.maximum(n_now - goals, 0)
    n_surplus = max(int(n_now.sum() - goals.sum()), 0)
    return apportion(n_now, n_surplus, np.zeros_like(n_now), _n_droppable(layers))


def _n_droppable(layers):
    return _n_now(layers) - _n_kept_at_least(layers)


def _prune_layers(layers, pruner, fraction, rng, quotas):
    """Return the masks of dropped connections, with a fraction for each layer."""
    # Written so that without a quota it is `fraction` to the bit.
    shares = [
        0.0
        if layer.is_fixed
        else fraction + (1.0 - fraction) * quota / max(layer.indices.size, 1)
        for layer, quota in zip(layers, quotas.tolist(), strict=True)
    ]
    if getattr(pruner, "scope", "layer") == "layers":
        masks = check_masks(pruner, layers, pruner.select_network(layers, shares, rng))
    else:
        masks = [
            np.zeros(layer.indices.size, dtype=bool)
            if layer.is_fixed
            else check_mask(pruner, layer, pruner.select(layer, share, rng))
            for layer, share in zip(layers, shares, strict=True)
        ]
    dropped = []
    for layer, mask, quota in zip(layers, masks, quotas, strict=True):
        mask = _without_protected(layer, mask)
        dropped += _drop_more([layer], [mask], quota) if quota else [mask]
    return dropped


def _without_protected(layer, mask):
    return mask if layer.protected is None else mask & ~layer.protected


def _n_new(layers, dropped, goals, redistribution, ranks_network):
    """Return the number of new connections of each layer."""
    n_dropped = np.array([np.count_nonzero(mask) for mask in dropped])
    n_kept = _n_now(layers) - n_dropped
    count = int(goals.sum() - n_kept.sum())
    if redistribution is None:
        if not ranks_network:
            return goals - n_kept
        # After one ranking of the network no layer has a count of its own.
        if count == n_dropped.sum():
            return n_dropped
        redistribution = DroppedRedistribution()
    shared = redistribution.share(layers, dropped, count)
    bounds = bounds_of_growth(layers, dropped)
    return check_shared(redistribution, count, bounds, shared)


def _n_kept_at_least(layers):
    """Return the number of connections that each layer cannot lose."""
    return np.array([max(la.n_protected, int(la.indices.size > 0)) for la in layers])


def _prune_network(layers, pruner, fraction, rng, total):
    """Return the masks of dropped connections, with one ranking for all layers."""
    n_surplus = max(int(_n_now(layers).sum()) - total, 0)
    n_ranked = int(_n_now([la for la in layers if not la.is_fixed]).sum())
    drop_fraction = fraction + (1.0 - fraction) * n_surplus / max(n_ranked, 1)
    chosen = pruner.select_network(layers, drop_fraction, rng)
    masks = [
        _without_protected(layer, mask)
        for layer, mask in zip(layers, check_masks(pruner, layers, chosen), strict=True)
    ]
    n_dropped = sum(int(np.count_nonzero(mask)) for mask in masks)
    emptied, _ = bounds_of_growth(layers, masks)
    if n_dropped - n_surplus < emptied.sum():
        # Too few new ones to give each of these layers a connection.
        masks = [
            _without_the_largest(layer.weights, mask) if is_empty else mask
            for layer, mask, is_empty in zip(layers, masks, emptied, strict=True)
        ]
    return _drop_more(layers, masks, n_surplus)


def _without_the_largest(weights, mask):
    """Return a copy of `mask` that spares the largest weight."""
    mask = mask.copy()
    mask[np.argmax(np.abs(weights))] = False
    return mask


def _drop_more(layers, masks, goal):
    """Drop the smallest weights until `goal` are dropped, but no layer's last one."""
    n_more = goal - sum(int(np.count_nonzero(mask)) for mask in masks)
    if n_more <= 0:
        return masks
    # The largest of the remaining weights of each layer is spared, unless protected
    # connections stay anyway.
    candidates = []
    for layer, mask in zip(layers, masks, strict=True):
        if layer.n_protected:
            candidates.append(np.flatnonzero(~mask & ~layer.protected))
            continue
        alive = np.flatnonzero(~mask)
        spared = np.argmax(np.abs(layer.weights[alive])) if alive.size else []
        candidates.append(np.delete(alive, spared))
    ends = np.cumsum([here.size for here in candidates])
    sizes = np.concatenate(
        [np.abs(la.weights[at]) for la, at in zip(layers, candidates, strict=True)]
    )
    lowest = np.split(mark_lowest(sizes, n_more), ends[:-1])
    masks = [mask.copy() for mask in masks]
    for mask, here, is_lowest in zip(masks, candidates, lowest, strict=True):
        mask[here[is_lowest]] = True
    return masks
