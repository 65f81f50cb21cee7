"""Index work on connections, as set arithmetic on (row, column) pairs."""

import math
from fractions import Fraction
from itertools import pairwise


def connections_of(indptr, indices):
    """Return the (row, column) of each connection, in CSR order."""
    return [
        (row, int(indices[k]))
        for row in range(len(indptr) - 1)
        for k in range(indptr[row], indptr[row + 1])
    ]


def by_input(connections, n_in):
    """Return, for each input, the (row, place in CSR order) of what it feeds."""
    return [
        [(row, place) for place, (row, column) in enumerate(connections) if column == j]
        for j in range(n_in)
    ]


def free_positions(connections, n_in, n_out, dropped):
    """Return all positions ``row * n_in + column`` without a surviving connection."""
    taken = {
        row * n_in + column
        for (row, column), gone in zip(connections, dropped, strict=True)
        if not gone
    }
    return [position for position in range(n_in * n_out) if position not in taken]


def replace_connections(connections, n_in, dropped, grown):
    """Return the new connections and where each stood before (-1: nowhere)."""
    places = {
        connection: place
        for place, (connection, gone) in enumerate(
            zip(connections, dropped, strict=True)
        )
        if not gone
    }
    places |= {divmod(int(position), n_in): -1 for position in grown}
    ordered = sorted(places)
    return ordered, [places[connection] for connection in ordered]


def insert_absent(values, ranks):
    """Return `values` and the absent integers that `ranks` count, in order."""
    end = len(values) + max(ranks, default=0) + 1
    absent = [number for number in range(end) if number not in values]
    return sorted([*values, *(absent[rank] for rank in ranks)])


def set_dropped(weights, fraction):
    """Return which weights SET drops: of each sign the share nearest to zero."""
    dropped = [False] * len(weights)
    for sign in (1.0, -1.0):
        members = [k for k, w in enumerate(weights) if math.copysign(1.0, w) == sign]
        members.sort(key=lambda k: abs(weights[k]))
        for k in members[: math.floor(fraction * len(members))]:
            dropped[k] = True
    return dropped


def erdos_renyi_shares(sizes, goal):
    """Return the exact number of connections per layer, before rounding.

    Layers hold ``min(positions, level * (n_in + n_out))`` where the level of the water
    is such that they hold `goal` together. Every possible first layer to stay open is
    tried.
    """
    pairs = list(pairwise(sizes))
    positions = [a * b for a, b in pairs]
    if goal == sum(positions):
        return [Fraction(n) for n in positions]
    # A layer is full as soon as the level reaches this.
    full_at = [Fraction(a * b, a + b) for a, b in pairs]
    for top in [Fraction(0), *full_at]:
        dense = [limit <= top for limit in full_at]
        rest = goal - sum(n for n, full in zip(positions, dense, strict=True) if full)
        open_share = sum(
            a + b for (a, b), full in zip(pairs, dense, strict=True) if not full
        )
        if open_share == 0:
            continue
        level = Fraction(rest, open_share)
        if dense == [limit <= level for limit in full_at]:
            return [min(Fraction(a * b), level * (a + b)) for a, b in pairs]
    raise AssertionError("some level must fit")


def largest_remainders(shares, goal):
    """Round to whole numbers that sum to `goal`; the largest remainders go up."""
    counts = [math.floor(share) for share in shares]
    by_remainder = sorted(
        range(len(shares)), key=lambda layer: counts[layer] - shares[layer]
    )
    for layer in by_remainder[: goal - sum(counts)]:
        counts[layer] += 1
    return counts
