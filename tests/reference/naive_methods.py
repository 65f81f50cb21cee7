"""Methods of dynamic sparse training on dense matrices, from their descriptions.

A method here trains dense matrices under masks. At each rewiring it looks at the dense
gradient, ranks, drops and grows. Random numbers are those of the package: the numpy
generator is drawn from in the same order, and where a compiled sampler draws, what it
draws is taken as given.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sparsekit.kernels.sampling import draw_per_group
from sparsekit.topology._positions import sample_distinct
from tests.reference import naive_neurons
from tests.reference.naive_link_growth import (
    best,
    by_luck_of_paths,
    by_paths,
    free_positions,
)
from tests.reference.naive_topology import set_dropped


@dataclass
class State:
    """What a rule may look at."""

    net: Any
    rng: np.random.Generator
    gradients: list = field(default_factory=list)  # per batch: a matrix for each layer
    signs: list = field(default_factory=list)
    explored: list = field(default_factory=list)
    fixed: list = field(default_factory=list)  # layers that are dense and stay so
    threshold: float = 0.001
    progress: float = 0.0

    def mean_gradients(self):
        return [
            np.mean(batches, axis=0) for batches in zip(*self.gradients, strict=True)
        ]


# --- Schedules: functions of the share of training done ------------------------------


def constant(initial, progress):
    return initial


def cosine(initial, progress):
    """Half a cosine until three quarters of the training."""
    if progress >= 0.75:
        return 0.0
    return initial / 2 * (1 + math.cos(math.pi * progress / 0.75))


def cosine_to_the_end(initial, progress):
    return initial / 2 * (1 + math.cos(math.pi * progress))


def cubic(initial):
    def density(final, progress):
        left = max(0.0, 1 - progress / 0.75)
        return final + (initial - final) * left**3

    return density


def sigmoid(initial):
    """A logistic function from -6 to 6, stretched to begin at 1 and to end at 0."""

    def logistic(x):
        return 1 / (1 + math.exp(-x))

    def density(final, progress):
        x = 12 * min(progress / 0.75, 1.0) - 6
        fallen = (logistic(x) - logistic(-6)) / (logistic(6) - logistic(-6))
        return initial + (final - initial) * fallen

    return density


def extra(progress):
    return 0.5 if progress < 0.6 else 0.25 if progress < 0.8 else 0.0


def elastic(final, progress):
    return final * (1 + extra(progress))


def all_extra(initial, progress):
    """The share of all that are there beyond the final number."""
    return min(initial, extra(progress) / (1 + extra(progress)))


def one_shot(final, progress):
    return 1.0 if progress < 0.5 else final


def in_five_rounds(final, progress):
    rounds = sum(progress >= 0.75 * k / 5 - 1e-9 for k in range(1, 6))
    return final ** (rounds / 5)


# --- What goes: dense masks of the dropped connections, before the exact total --------


def mark(mask, flags):
    """Return a dense mask of the flagged connections."""
    marked = np.zeros_like(mask)
    marked[mask] = flags
    return marked


def lowest_of_all(scores, masks, count):
    """Mark the lowest scores of all the layers given; of equal ones the first."""
    ranked = sorted(
        (score, number, position)
        for number, (matrix, mask) in enumerate(zip(scores, masks, strict=True))
        for position, score in enumerate(matrix[mask])
    )
    flags = [np.zeros(mask.sum(), dtype=bool) for mask in masks]
    for _, number, position in ranked[:count]:
        flags[number][position] = True
    return [mark(mask, flag) for mask, flag in zip(masks, flags, strict=True)]


def by_sign(state, shares):
    return [
        mark(mask, set_dropped(matrix[mask].tolist(), share))
        for matrix, mask, share in zip(
            state.net.matrices, state.net.masks, shares, strict=True
        )
    ]


def by_score(score):
    """Return a rule that drops the lowest scores of each layer."""

    def drop(state, shares):
        return [
            lowest_of_all([scores], [mask], int(share * mask.sum()))[0]
            for scores, mask, share in zip(
                score(state), state.net.masks, shares, strict=True
            )
        ]

    return drop


def over_the_network(score):
    """Return a rule that drops the lowest scores of all layers together."""

    def drop(state, shares):
        masks = [
            np.zeros_like(mask) if fixed else mask
            for mask, fixed in zip(state.net.masks, state.fixed, strict=True)
        ]
        count = int(shares[0] * sum(int(mask.sum()) for mask in masks))
        return lowest_of_all(score(state), masks, count)

    return drop


def sizes(state):
    return [np.abs(matrix) for matrix in state.net.matrices]


def shares_of_larger_ones(state):
    """Return each square over the sum of itself and all that are not smaller."""
    scores = []
    for matrix, mask in zip(state.net.matrices, state.net.masks, strict=True):
        squares = (matrix[mask] ** 2).tolist()
        order = sorted(range(len(squares)), key=lambda k: (squares[k], k))
        of_layer = np.zeros_like(matrix)
        ranked = [0.0] * len(squares)
        for place, k in enumerate(order):
            ranked[k] = squares[k] / sum(squares[j] for j in order[place:])
        of_layer[mask] = ranked
        scores.append(of_layer)
    return scores


def sizes_and_gradients(state):
    gradients = state.mean_gradients()
    return [
        np.abs(matrix) + 0.01 * np.abs(gradient)
        for matrix, gradient in zip(state.net.matrices, gradients, strict=True)
    ]


def soft_sizes(state):
    """Return sizes that were given random luck: their order is one of draws.

    The temperature is the odds of a softness that rises linearly from 1/2 to 3/4.
    """
    keys, softness = [], 0.5 + state.progress / 4
    for matrix, mask, fixed in zip(
        state.net.matrices, state.net.masks, state.fixed, strict=True
    ):
        key = np.zeros_like(matrix)
        keys.append(key)
        if fixed:
            continue
        with np.errstate(divide="ignore"):
            key[mask] = np.log(np.abs(matrix[mask])) * softness / (1 - softness)
        key[mask] += state.rng.gumbel(size=int(mask.sum()))
    return keys


def below_the_threshold(state, shares):
    """Drop all below it, and let it follow their number by factors of two."""
    gone, n_ranked = [], 0
    for matrix, mask, fixed in zip(
        state.net.matrices, state.net.masks, state.fixed, strict=True
    ):
        gone.append(mask & (np.abs(matrix) < state.threshold) & (not fixed))
        n_ranked += 0 if fixed else int(mask.sum())
    n_gone, n_wanted = sum(int(g.sum()) for g in gone), shares[0] * n_ranked
    if n_gone < 0.9 * n_wanted:
        state.threshold *= 2
    elif n_gone > 1.1 * n_wanted:
        state.threshold /= 2
    return gone


def without_weak_neurons(state, shares):
    """Drop all inputs of neurons of few salient connections, then small weights."""
    masks, gradients = [], state.mean_gradients()
    last = len(shares) - 1
    for layer, share in enumerate(shares):
        mask, sizes = state.net.masks[layer], np.abs(state.net.matrices[layer])
        count = int(share * mask.sum())
        (gone,) = lowest_of_all([sizes], [mask], count)
        if count and layer < last:
            free = free_positions(mask & ~gone)
            n_drawn = min(3 * count, free.size)
            drawn = free[sample_distinct(free.size, n_drawn, state.rng)]
            worth = np.abs(gradients[layer].ravel()[drawn])
            grows = np.zeros_like(mask)
            grows.ravel()[best(drawn, worth, count, state.rng)] = True
            gone = ablated(mask, gone, grows, sizes, count)
        masks.append(gone)
    return masks


def ablated(mask, gone, grows, sizes, count):
    fan_in = mask.sum(axis=1)
    salient = (mask & ~gone).sum(axis=1) + grows.sum(axis=1)
    rows = [row for row in range(len(mask)) if fan_in[row]]
    wanted = 0.3 * sum(fan_in[row] for row in rows) / len(rows)
    keys = np.where(mask, sizes, np.inf)
    for row in rows:  # the largest weight of a neuron stays
        keys[row, int(np.argmax(np.where(mask[row], sizes[row], -1.0)))] = np.inf
    n_taken, n_left = 0, len(rows)
    for row in sorted(rows, key=lambda row: (salient[row], row)):
        n_left -= 1
        n_taken += int(fan_in[row])
        enough_room = n_left * mask.shape[1] >= mask.sum()
        if salient[row] >= wanted or n_taken > count or not enough_room:
            break
        keys[row] = -1.0
    return lowest_of_all([keys], [mask], count)[0]


def crossed_zero(state, shares):
    """Drop what lies across zero once it is moved towards it and shaken."""
    masks = []
    for matrix, mask, sign, fixed in zip(
        state.net.matrices, state.net.masks, state.signs, state.fixed, strict=True
    ):
        moved = matrix - 0.03 * sign
        if not fixed:
            # Which direction a random number has is up to the sign.
            noise = state.rng.standard_normal(int(mask.sum()))
            moved[mask] += 0.01 * noise * sign[mask]
        masks.append(mask & (np.sign(moved) * sign < 0))
    return masks


def without_dead_ends(rule):
    """Return a rule that drops, too, what then lies on no path through the network.

    Layers with all connections have no part in it.
    """

    def drop(state, shares):
        first = rule(state, shares)
        kept = [
            mask if mask.all() else mask & ~gone
            for mask, gone in zip(state.net.masks, first, strict=True)
        ]
        pairs = [[tuple(pair) for pair in np.argwhere(mask).tolist()] for mask in kept]
        levels = [kept[0].shape[1], *(mask.shape[0] for mask in kept)]
        alive = naive_neurons.on_a_path(pairs, levels)
        if not all(any(flags) for flags in alive):
            return first
        return [
            gone if mask.all() else gone | mark(mask, ~np.array(flags, dtype=bool))
            for gone, mask, flags in zip(first, kept, alive, strict=True)
        ]

    return drop


# --- What comes: positions (row * n_in + column) for one layer ------------------------


def at_random(state, layer, mask, count):
    free = free_positions(mask)
    return free[sample_distinct(free.size, count, state.rng)]


def by_gradient(gradients_of):
    """Return a rule that grows the largest of three candidates for a connection."""

    def grow(state, layer, mask, count):
        free = free_positions(mask)
        n_drawn = min(3 * count, free.size)
        drawn = free[sample_distinct(free.size, n_drawn, state.rng)]
        worth = np.abs(gradients_of(state)[layer].ravel()[drawn])
        return best(drawn, worth, count, state.rng)

    return grow


def momentum(state):
    """Return the momentum after the batches, from none on."""
    total = [np.zeros_like(matrix) for matrix in state.net.matrices]
    for batch in state.gradients:
        total = [0.9 * m + g for m, g in zip(total, batch, strict=True)]
    return total


def never_tried(state, layer, mask, count):
    tried = state.explored[layer].ravel()
    fresh = np.flatnonzero(~tried)
    drawn = fresh[sample_distinct(fresh.size, min(count, fresh.size), state.rng)]
    if count <= fresh.size:
        return drawn
    again = np.flatnonzero(tried & ~mask.ravel())
    again = again[sample_distinct(again.size, count - drawn.size, state.rng)]
    return np.sort(np.concatenate([drawn, again]))


def to_equal_fan_in(state, layer, mask, count):
    """Give connections one by one to a row with fewest, each its best candidate.

    Hidden rows without any connection get none, unless all others are full.
    """
    fan_in, n_in = mask.sum(axis=1), mask.shape[1]
    takes = np.ones(len(fan_in), dtype=bool)
    if layer < len(state.net.masks) - 1:
        room = (n_in - fan_in)[fan_in > 0].sum()
        takes = fan_in > 0 if room >= count else takes
    surely = np.zeros_like(fan_in)
    left = count
    while True:  # whole rounds: all rows with fewest get one
        poorest = takes & ((fan_in + surely) == (fan_in + surely)[takes].min())
        if poorest.sum() > left or left == 0:
            break
        surely += poorest
        left -= poorest.sum()
    perhaps = poorest if left else np.zeros_like(poorest)
    n_drawn = np.minimum(3 * (surely + perhaps), n_in - fan_in)
    seed = state.rng.integers(2**64, dtype=np.uint64)
    drawn = free_positions(mask)[draw_per_group(seed, n_in - fan_in, n_drawn)]
    worth = np.abs(state.mean_gradients()[layer]).ravel()
    chosen, next_best = [], []
    for row in range(len(fan_in)):
        mine = sorted((-worth[p], p) for p in drawn if p // n_in == row)
        chosen += [p for _, p in mine[: surely[row]]]
        next_best += [p for _, p in mine[surely[row] : surely[row] + perhaps[row]]]
    next_best = np.array(next_best, dtype=np.int64)
    return np.sort(
        np.append(
            np.array(chosen, dtype=np.int64),
            best(next_best, worth[next_best], left, state.rng),
        )
    )


# --- How many connections each layer grows -------------------------------------------


def as_dropped(state, gone, kept):
    return [int(g.sum()) for g in gone]


def as_kept(state, gone, kept):
    return [int(k.sum()) for k in kept]


def as_gradients(state, gone, kept):
    gradients = state.mean_gradients()
    return [
        float(np.abs(g[k]).mean()) if k.any() else 0.0
        for g, k in zip(gradients, kept, strict=True)
    ]


@dataclass
class Method:
    """A method by its parts; the defaults are those of SET."""

    drop: Any = by_sign
    grow: Any = at_random
    fraction: float = 0.3
    decay: Any = constant
    density: Any = None
    share: Any = as_dropped
    n_batches: int = 0  # whose gradient is looked at
    rewinds: bool = False
    dense_output: bool = False  # the sparsity is then that of the other layers
    knows_signs: bool = False


_SIZE, _NETWORK = by_score(sizes), over_the_network(shares_of_larger_ones)
_GRADIENT = by_gradient(State.mean_gradients)

METHODS = {
    "static": Method(fraction=0.0),
    "set": Method(),
    "rigl": Method(_SIZE, _GRADIENT, decay=cosine, n_batches=1),
    "itop": Method(_SIZE, never_tried, 0.5, cosine_to_the_end),
    "snfs": Method(
        _SIZE, by_gradient(momentum), 0.5, cosine, share=as_gradients, n_batches=8
    ),
    "dsr": Method(below_the_threshold, decay=cosine, share=as_kept),
    "deepr": Method(crossed_zero, fraction=1.0, knows_signs=True),
    "mest": Method(
        by_score(sizes_and_gradients),
        fraction=1 / 3,
        decay=all_extra,
        density=elastic,
        n_batches=1,
    ),
    "granet": Method(
        _NETWORK, _GRADIENT, decay=cosine, density=cubic(0.5), n_batches=1
    ),
    "gmp": Method(_NETWORK, fraction=0.0, density=cubic(1.0)),
    "cht": Method(without_dead_ends(_SIZE), by_paths, dense_output=True),
    "chts": Method(
        without_dead_ends(by_score(soft_sizes)), by_luck_of_paths, dense_output=True
    ),
    "chtss": Method(
        without_dead_ends(by_score(soft_sizes)),
        by_luck_of_paths,
        density=sigmoid(0.5),
        dense_output=True,
    ),
    "srigl": Method(without_weak_neurons, to_equal_fan_in, decay=cosine, n_batches=1),
    "magnitude": Method(_NETWORK, fraction=0.0, density=one_shot),
    "lottery": Method(_NETWORK, fraction=0.0, density=in_five_rounds, rewinds=True),
}

# Methods whose rule ranks the whole network, which is then asked for one share.
RANK_THE_NETWORK = ("dsr", "granet", "gmp", "magnitude", "lottery")
