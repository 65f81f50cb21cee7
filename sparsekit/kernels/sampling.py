"""Samples of whole numbers without replacement, sorted, in linear time."""

import numpy as np

from sparsekit.kernels._jit import kernel
from sparsekit.kernels.hashing import stream


@kernel
def draw(seed, start, population, size):
    """Draw `size` times from ``range(population)``, with replacement.

    Numbers of as many bits as `population` has are taken from the random stream of
    `seed`, and those outside are passed over: no integer is preferred, not even by
    rounding.

    Returns
    -------
    (ndarray of shape (size,), int)
        The draws, and where in the stream (from `start`) the next ones begin.
    """
    shift = 63
    while population >> (64 - shift) > 0:
        shift -= 1
    values = np.empty(size, dtype=np.int64)
    filled = 0
    while filled < size:
        value = np.int64(stream(seed, start) >> np.uint64(shift))
        values[filled] = value
        filled += value < population
        start += 1
    return values, start


@kernel
def sort_distinct(values, population):
    """Return the different ones of `values`, sorted; fast if they are evenly spread.

    A bucket sort of integers of ``range(population)``: each goes to one of at most
    `values.size` buckets by its leading bits, and then past the few before it that are
    larger. Complexity: O(n) for uniform draws.
    """
    shift = 0
    while population >> shift > values.size // 4 + 1:
        shift += 1
    free = np.zeros((population >> shift) + 2, dtype=np.int64)
    for value in values:
        free[(value >> shift) + 1] += 1
    for bucket in range(1, free.size):
        free[bucket] += free[bucket - 1]
    result = np.empty_like(values)
    for value in values:
        bucket = value >> shift
        result[free[bucket]] = value
        free[bucket] += 1
    for i in range(1, result.size):
        value = result[i]
        place = i
        while place > 0 and result[place - 1] > value:
            result[place] = result[place - 1]
            place -= 1
        result[place] = value
    kept = min(1, result.size)
    for i in range(1, result.size):
        value = result[i]
        result[kept] = value
        kept += result[kept - 1] != value
    return result[:kept]


@kernel
def insert_absent(values, ranks):
    """Return `values` with those integers besides, absent so far, that `ranks` count.

    Rank 0 is the smallest integer, from 0 on, that is not in `values`. Both are sorted
    and distinct, and so is the result. Complexity: O(values + ranks).
    """
    result = np.empty(values.size + ranks.size, dtype=values.dtype)
    passed = 0
    for k in range(ranks.size):
        # With `passed` values below it, the integer of a rank is the sum of the two.
        while passed < values.size and values[passed] <= ranks[k] + passed:
            result[passed + k] = values[passed]
            passed += 1
        result[passed + k] = ranks[k] + passed
    # A loop: numba takes seconds to compile the assignment of one slice to another.
    for k in range(passed, values.size):
        result[k + ranks.size] = values[k]
    return result


@kernel
def draw_distinct(seed, population, size):
    """Draw `size` distinct integers from ``range(population)``, sorted.

    Every subset has the same probability. Of `size` independent draws the different
    ones are kept; no integer is preferred, so of the subsets with as many members each
    is as probable as any other. As many as came twice are drawn from the absent
    integers in the same way, until there are enough. Complexity: O(size) if `size` is
    at most half of `population`.
    """
    values, used = draw(seed, 0, population, size)
    chosen = sort_distinct(values, population)
    while chosen.size < size:
        absent = population - chosen.size
        ranks, used = draw(seed, used, absent, size - chosen.size)
        chosen = insert_absent(chosen, sort_distinct(ranks, absent))
    return chosen
