"""How a network begins, as sets of (row, column) pairs and exact fractions."""

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise, permutations

from tests.reference.naive_topology import largest_remainders


def uniform_counts(sizes, sparsity, dense_output):
    """Return the connections of each layer where all share one density."""
    positions = [a * b for a, b in pairwise(sizes)]
    fixed = positions[-1:] if dense_output else []
    shared = positions[: len(positions) - len(fixed)]
    goal = round((1.0 - sparsity) * sum(shared))
    shares = [Fraction(goal * n, sum(shared)) for n in shared]
    return largest_remainders(shares, goal) + fixed


def lattice(n_in, n_out, count):
    """Return the pairs in which outputs read their nearest inputs on the ring."""
    pairs = set()
    for row in range(n_out):
        fan_in = (row + 1) * count // n_out - row * count // n_out
        place = Fraction(2 * row + 1, 2 * n_out)

        def distance(column, place=place):
            ahead = (Fraction(2 * column + 1, 2 * n_in) - place) % 1
            # Of two equally near, the one ahead comes first.
            return (min(ahead, 1 - ahead), ahead > Fraction(1, 2))

        pairs |= {(row, j) for j in sorted(range(n_in), key=distance)[:fan_in]}
    return pairs


def field_weights(row, n_in, n_out, randomness):
    """Return how probable each input is to be the first that an output draws."""
    opposite = math.floor(Fraction(2 * row + 1, 2 * n_out) * n_in)
    exponent = (1 - randomness) / randomness
    weights = {}
    for column in range(n_in):
        steps = abs(column - opposite)
        weights[column] = (1 + min(steps, n_in - steps)) ** -exponent
    return weights


def correlation(a, b):
    """Return Pearson's correlation of two columns, 0 where one does not vary."""
    a, b = ([x - sum(c) / len(c) for x in c] for c in (a, b))
    product = sum(x * y for x, y in zip(a, b, strict=True))
    squares = sum(x * x for x in a) * sum(y * y for y in b)
    return product / math.sqrt(squares) if squares > 1e-20 else 0.0


def tiled_correlations(columns, n_in, n_out):
    """Return the absolute correlation of the inputs that each pair of neurons tiles."""
    n = len(columns)

    def stands_for(neuron, n_neurons):
        # Fewer neurons than inputs are spread evenly over them.
        return columns[neuron * n // n_neurons if n_neurons < n else neuron % n]

    return {
        (row, column): abs(
            correlation(stands_for(row, n_out), stands_for(column, n_in))
        )
        for row in range(n_out)
        for column in range(n_in)
    }


def attachment_chances(n_in, n_out, count):
    """Return the probability of every set of pairs under preferential attachment.

    All orders of arrival and all sequences of choices are tried.
    """
    n_neurons = n_in + n_out
    chances = Counter()

    def arrive(order, t, pairs, chance):
        if t == n_neurons:
            chances[pairs] += chance
            return
        due = (t + 1) * count // n_neurons - len(pairs)
        others = [n for n in order[:t] if (n < n_in) != (order[t] < n_in)]
        link(order, t, pairs, chance, others, min(due, len(others)))

    def link(order, t, pairs, chance, left, wanted):
        if wanted == 0:
            arrive(order, t + 1, pairs, chance)
            return
        # The new neuron's own links reach only neurons that are no longer left.
        degrees = Counter(neuron for pair in pairs for neuron in pair)
        total = sum(1 + degrees[neuron] for neuron in left)
        for neuron in left:
            pair = tuple(sorted((neuron, order[t])))
            rest = [other for other in left if other != neuron]
            share = chance * Fraction(1 + degrees[neuron], total)
            link(order, t, pairs | {pair}, share, rest, wanted - 1)

    for order in permutations(range(n_neurons)):
        arrive(order, 0, frozenset(), Fraction(1, math.factorial(n_neurons)))
    return {
        frozenset((output - n_in, j) for j, output in pairs): float(chance)
        for pairs, chance in chances.items()
    }


def correlation_strengths(columns):
    """Return the sum of the absolute correlations of each column with the others."""
    centred = [[x - sum(c) / len(c) for x in c] for c in columns]
    lengths = [math.sqrt(sum(x * x for x in c)) for c in centred]
    strengths = []
    for j, a in enumerate(centred):
        total = 0.0
        for k, b in enumerate(centred):
            if k != j and lengths[j] and lengths[k]:
                products = sum(x * y for x, y in zip(a, b, strict=True))
                total += abs(products) / (lengths[j] * lengths[k])
        strengths.append(total)
    return strengths


def most_sensitive(weights, values, deltas, pairs, count):
    """Return which connections have the largest ``|w g|``; the first of equal ones."""
    sizes = []
    for weight, (row, column) in zip(weights, pairs, strict=True):
        gradient = sum(
            tile_values[column][lane] * tile_deltas[row][lane]
            for tile_values, tile_deltas in zip(values, deltas, strict=True)
            for lane in range(len(tile_values[column]))
        )
        sizes.append(abs(weight * gradient))
    first = sorted(range(len(sizes)), key=lambda k: -sizes[k])[:count]
    return [k in first for k in range(len(sizes))]
