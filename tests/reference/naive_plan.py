"""Shares of connections, in exact fractions."""

from fractions import Fraction


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
