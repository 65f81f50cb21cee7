"""Shares of connections, in exact fractions."""

from fractions import Fraction

from tests.reference.naive_topology import largest_remainders


def bounded_shares(weights, total, lower, upper):
    """Return the shares before rounding: the level is found by halving an interval."""
    if sum(u if w else lo for w, lo, u in zip(weights, lower, upper, strict=True)) < (
        total
    ):
        lower = [u if w else lo for w, lo, u in zip(weights, lower, upper, strict=True)]
        weights = [0 if w else u for w, u in zip(weights, upper, strict=True)]
    least = min((w for w in weights if w), default=1)
    low, high = Fraction(0), Fraction(max(upper)) / Fraction(least) + 1
    for _ in range(80):
        level = (low + high) / 2
        shares = [
            min(max(level * Fraction(w), lo), u)
            for w, lo, u in zip(weights, lower, upper, strict=True)
        ]
        if sum(shares) < total:
            low = level
        else:
            high = level
    return shares


def divided(layers, total):
    """Divide a total among layers in proportion to the connections that they have."""
    n_now = [layer.indices.size for layer in layers]
    least = [max(layer.n_protected, int(layer.indices.size > 0)) for layer in layers]
    most = [layer.n_in * layer.n_out for layer in layers]
    return largest_remainders(bounded_shares(n_now, total, least, most), total)


def dropped_of_network(weights_of_layers, n_going):
    """Return which weights go if a network loses its smallest, but no layer its last.

    Of each layer, the largest weight stays; of equal ones, the first go.
    """
    candidates = []
    for number, weights in enumerate(weights_of_layers):
        sizes = [abs(weight) for weight in weights]
        spared = sizes.index(max(sizes)) if sizes else None
        candidates += [(s, number, k) for k, s in enumerate(sizes) if k != spared]
    going = {(number, k) for _, number, k in sorted(candidates)[:n_going]}
    return [
        [(number, k) in going for k in range(len(weights))]
        for number, weights in enumerate(weights_of_layers)
    ]
