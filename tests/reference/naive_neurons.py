"""Paths through a network and the importance of neurons, by search."""

import math


def on_a_path(layers_of_pairs, sizes):
    """Return, for each layer, which pairs lie on a path from an input to an output.

    `layers_of_pairs` holds the (row, column) pairs of each layer. Every path is walked.
    """
    n_layers = len(layers_of_pairs)
    used = [set() for _ in range(n_layers)]

    def walk(layer, column, path):
        if layer == n_layers:
            for number, pair in enumerate(path):
                used[number].add(pair)
            return
        for pair in layers_of_pairs[layer]:
            if pair[1] == column:
                walk(layer + 1, pair[0], [*path, pair])

    for column in range(sizes[0]):
        walk(0, column, [])
    return [
        [pair in seen for pair in pairs]
        for pairs, seen in zip(layers_of_pairs, used, strict=True)
    ]


def least_important(pairs, weights, percentile):
    """Return which pairs lead into the least important `percentile` of the rows."""
    importance = {}
    for (row, _), weight in zip(pairs, weights, strict=True):
        importance[row] = importance.get(row, 0.0) + abs(weight)
    ranked = sorted(importance, key=lambda row: (importance[row], row))
    loses = ranked[: math.floor(percentile * len(ranked) / 100)]
    return [row in loses for row, _ in pairs]
