"""Growers as loops over all positions of a dense layer."""

from itertools import count as numbers

import numpy as np

from sparsekit.kernels.hashing import stream, uniform


def draw_by_column(seed, free, rates, n_in, n_out, count):
    """Return `count` of the positions in `free`, in the order in which they are drawn.

    A table of the layer, True where a position is free, tells all that is asked.
    """
    table = np.zeros((n_out, n_in), dtype=bool)
    table.ravel()[free] = True
    rates = np.asarray(rates, dtype=np.float64)
    draws, drawn = numbers(), []
    while len(drawn) < count:
        at_start = table.sum(axis=0)
        if not (at_start * rates).any():
            rates = np.ones(n_in)
        ends = np.cumsum(at_start * rates)
        for _ in range(count - len(drawn)):
            target = ends[-1] * uniform(seed, next(draws))
            chance = uniform(seed, next(draws))
            column = int((ends <= target).sum())
            if column == n_in or chance * at_start[column] >= table[:, column].sum():
                continue
            row = n_out
            while row >= n_out or not table[row, column]:
                row = int(stream(seed, next(draws))) >> (64 - n_out.bit_length())
            table[row, column] = False
            drawn.append(row * n_in + column)
    return drawn


def dense_gradient(layer, tiles=slice(None)):
    """Return the gradient at all positions, shape (n_out * n_in,)."""
    return np.einsum("til,tol->oi", layer.values[tiles], layer.deltas[tiles]).ravel()


def batches(n_tiles, n_batches):
    """Return the tiles of each batch; of unequal batches the first are longer."""
    start, slices = 0, []
    for batch in range(n_batches):
        end = start + n_tiles // n_batches + (batch < n_tiles % n_batches)
        slices.append(slice(start, end))
        start = end
    return slices


def fill_rows(gradients, free, fan_ins, n_in, count):
    """Give `count` connections one by one to the row that has fewest; return them.

    A row gets the largest gradient that it has left; of rows with equally few
    connections the one goes first that has the largest. All gradients differ.
    """
    fan_ins, chosen = list(fan_ins), []
    for _ in range(count):
        left = [p for p in free if p not in chosen]
        best = min(left, key=lambda p: (fan_ins[p // n_in], -abs(gradients[p])))
        fan_ins[best // n_in] += 1
        chosen.append(best)
    return sorted(chosen)


def neighbours(pairs):
    """Return, for each node of the bipartite graph, the set of its neighbours."""
    linked = {}
    for row, column in pairs:
        linked.setdefault(("row", row), set()).add(("column", column))
        linked.setdefault(("column", column), set()).add(("row", row))
    return linked


def path_score(linked, row, column, by_path):
    """Return the score of a pair without a connection, from the definitions."""
    paths, internal, external = community_of(linked, row, column)
    if by_path:
        return sum(
            1 / np.sqrt((1 + external[z1]) * (1 + external[z2])) for z1, z2 in paths
        )
    return sum((1 + internal[z]) / (1 + external[z]) for z in internal)


def community_of(linked, row, column):
    """Return the paths of a pair, and the inner and outer links of their nodes."""
    start, end = ("row", row), ("column", column)
    paths = [
        (z1, z2)
        for z1 in linked.get(start, ())
        for z2 in linked.get(end, ())
        if z2 in linked[z1]
    ]
    community = {z for path in paths for z in path}
    internal = {z: len(linked[z] & community) for z in community}
    external = {z: len(linked[z] - community - {start, end}) for z in community}
    return paths, internal, external


def summand_ratios(linked, row, column, by_path):
    """Return, for each path of a pair, its part of the score over its chance h."""
    paths, internal, external = community_of(linked, row, column)
    degree = {z: len(linked[z]) - 1 for z in internal}
    if by_path:
        return [
            np.sqrt(degree[z1] * degree[z2] / ((1 + external[z1]) * (1 + external[z2])))
            for z1, z2 in paths
        ]
    # The part of a node is shared by the paths over it, one for each inner link.
    part = {z: (1 + internal[z]) / (1 + external[z]) / internal[z] for z in internal}
    return [
        (part[z1] + part[z2]) / (1 / degree[z1] + 1 / degree[z2]) for z1, z2 in paths
    ]


def set_chances(scores, count):
    """Return the probability of each set that `count` successive draws can make.

    Every draw takes one of what is left, with a probability in proportion to its score.
    """
    if count == 0:
        return {frozenset(): 1.0}
    chances = {}
    for chosen, chance in set_chances(scores, count - 1).items():
        left = {p: score for p, score in scores.items() if p not in chosen}
        for position, score in left.items():
            larger = chosen | {position}
            share = chance * score / sum(left.values())
            chances[larger] = chances.get(larger, 0.0) + share
    return chances
