"""The plan of a rewiring: which connections are dropped, and where new ones grow."""

from collections.abc import Sequence
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


def plan_rewiring(
    layers: Sequence[Layer],
    pruner: Any,
    grower: Any,
    fraction: float,
    rng: np.random.Generator,
    *,
    total: int | None = None,
    redistribution: Any = None,
) -> list[Replacement]:
    """Choose the connections to drop and to add, such that their number is exact.

    With ``n`` connections now and `total` afterwards, the surplus of ``n - total`` is
    dropped, and of the others the `fraction` is replaced: the pruner is asked to drop
    ``n - total + fraction * total`` connections, and the grower adds as many as it
    takes to reach `total`. With a `total` above ``n`` the grower adds more than the
    pruner drops.

    Parameters
    ----------
    layers : sequence of Layer
    pruner : object with `select`
        See :class:`SETPruner`. It is asked layer by layer, and the surplus is
        apportioned to the layers by their numbers of connections (largest remainders).
        A pruner with ``scope="network"`` ranks the connections of all layers together.
    grower : object with `select`
        See :class:`RandomGrower`.
    fraction : float
        Fraction of the remaining connections to replace, in [0, 1].
    rng : numpy.random.Generator
    total : int or None, default=None
        Connections of all layers together after the rewiring. None means as many as
        now.
    redistribution : object with `share` or None, default=None
        Number of new connections of each layer, see :class:`NonzeroRedistribution`.
        None means in proportion to the dropped ones; if `total` is the number now, each
        layer adds as many as it drops.

    Returns
    -------
    list of Replacement
        One for each layer. If the pruner drops less than the surplus, the remaining
        connections with the smallest weights are dropped, too. No layer loses its last
        connection without getting a new one. Protected connections that the pruner
        chooses are not dropped, and fewer are replaced. Complexity: O(connections)
        beside the pruner and the grower.

    Raises
    ------
    ValueError
        If `total` is more than the number of positions, or less than one connection for
        each layer and all protected ones; if the pruner, the grower or the
        redistribution breaks its contract.

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
    n_now = 0
    for layer in layers:
        n_now += layer.indices.size
    if total is None:
        total = n_now
    if total != n_now:
        _check_total(total, layers)
    n_surplus = max(n_now - total, 0)
    dropped: list[np.ndarray] = []
    if getattr(pruner, "scope", "layer") == "network":
        dropped = _prune_network(layers, pruner, fraction, rng, n_surplus)
    else:
        quotas = _quotas(layers, n_surplus) if n_surplus else [0] * len(layers)
        for layer, quota in zip(layers, quotas, strict=True):
            # Written so that without a quota it is `fraction` to the bit.
            share = fraction + (1.0 - fraction) * quota / max(layer.indices.size, 1)
            mask = check_mask(pruner, layer, pruner.select(layer, share, rng))
            if layer.protected is not None:
                mask = mask & ~layer.protected
            dropped += _drop_more([layer], [mask], quota) if quota else [mask]
    n_dropped = list(map(np.count_nonzero, dropped))
    count = total - n_now + sum(n_dropped)
    if redistribution is None and total == n_now:
        counts = n_dropped
    else:
        redistribution = redistribution or DroppedRedistribution()
        counts = redistribution.share(layers, dropped, count)
        bounds = bounds_of_growth(layers, dropped)
        check_shared(redistribution, count, bounds, counts)
    plan = []
    for layer, mask, n_new in zip(layers, dropped, counts, strict=True):
        grown = grower.select(layer, mask, int(n_new), rng)
        check_positions(grower, layer, mask, int(n_new), grown)
        plan.append(Replacement(mask, grown))
    return plan


def _quotas(layers, n_surplus):
    """Return how much of the surplus each layer drops at least."""
    n_now = np.array([layer.indices.size for layer in layers])
    none, most = np.zeros_like(n_now), n_now - _n_kept_at_least(layers)
    return apportion(n_now, n_surplus, none, most).tolist()


def _n_kept_at_least(layers):
    """Return the number of connections that each layer cannot lose."""
    return np.array([max(la.n_protected, int(la.indices.size > 0)) for la in layers])


def _prune_network(layers, pruner, fraction, rng, n_surplus):
    """Return the masks of dropped connections, with one ranking for all layers."""
    n_now = sum(layer.indices.size for layer in layers)
    drop_fraction = fraction + (1.0 - fraction) * n_surplus / max(n_now, 1)
    chosen = pruner.select_network(layers, drop_fraction, rng)
    masks = [
        mask if layer.protected is None else mask & ~layer.protected
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


def _check_total(total, layers):
    """Raise if no network of these layers can have `total` connections."""
    least = int(_n_kept_at_least(layers).sum())
    most = sum(layer.n_in * layer.n_out for layer in layers)
    if not least <= total <= most:
        raise ValueError(
            f"total={total} connections do not fit: the layers have {most} positions, "
            f"and {least} connections stay, one for each layer and all protected ones."
        )
