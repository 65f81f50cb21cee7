"""Pruners as loops over the connections of a dense layer."""

import math
from itertools import permutations

import numpy as np

from tests.reference.naive_topology import connections_of


def dense(layer):
    """Return the weights and the gradients as dense arrays, and the (row, column)s."""
    pairs = connections_of(layer.indptr, layer.indices)
    weights = np.zeros((layer.n_out, layer.n_in))
    for pair, weight in zip(pairs, layer.weights, strict=True):
        weights[pair] = weight
    gradients = np.zeros((layer.n_out, layer.n_in))
    if layer.values is not None:
        for values, deltas in zip(layer.values, layer.deltas, strict=True):
            gradients += deltas.astype(float) @ values.astype(float).T
    return weights, gradients, pairs


def magnitude(layer):
    weights, _, pairs = dense(layer)
    return [abs(weights[pair]) for pair in pairs]


def lamp(layer):
    sizes = magnitude(layer)
    order = sorted(range(len(sizes)), key=lambda k: (sizes[k], k))
    scores = [0.0] * len(sizes)
    for place, k in enumerate(order):
        total = sum(float(sizes[j]) ** 2 for j in order[place:])
        scores[k] = float(sizes[k]) ** 2 / total if total else 0.0
    return scores


def mest(layer, gradient_weight):
    weights, gradients, pairs = dense(layer)
    return [abs(weights[at]) + gradient_weight * abs(gradients[at]) for at in pairs]


def taylor(layer):
    weights, gradients, pairs = dense(layer)
    return [abs(weights[pair] * gradients[pair]) for pair in pairs]


def relative_importance(layer):
    weights, _, pairs = dense(layer)
    sizes = np.abs(weights)
    scores = []
    for row, column in pairs:
        size = sizes[row, column]
        of_row, of_column = sizes[row].sum(), sizes[:, column].sum()
        scores.append(size / of_row + size / of_column if size else 0.0)
    return scores


def lowest(scores, fraction):
    """Return which scores go: the lowest, and of equal ones the first."""
    order = sorted(range(len(scores)), key=lambda k: (scores[k], k))
    going = set(order[: math.floor(fraction * len(scores))])
    return [k in going for k in range(len(scores))]


def below_threshold(layer, threshold, fraction):
    """Return which weights go: those below the threshold, at most a share of all."""
    sizes = magnitude(layer)
    at_most = lowest(sizes, fraction)
    return [size < threshold and low for size, low in zip(sizes, at_most, strict=True)]


def crossed_zero(layer, shrinkage, moves):
    return [
        bool(sign * float(weight) - shrinkage + move < 0)
        for weight, sign, move in zip(layer.weights, layer.signs, moves, strict=True)
    ]


def chances_to_survive(scores, temperature, n_survivors):
    """Return the probability of each set of survivors, drawn one after another."""
    powers = [score**temperature for score in scores]
    chances = {}
    for drawn in permutations(range(len(scores)), n_survivors):
        chance, left = 1.0, sum(powers)
        for k in drawn:
            chance *= powers[k] / left
            left -= powers[k]
        chances[frozenset(drawn)] = chances.get(frozenset(drawn), 0.0) + chance
    return chances
