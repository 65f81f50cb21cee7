"""Sorted sets of whole numbers, in linear time."""

import numpy as np

from sparsekit.kernels._jit import kernel


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
    result[passed + ranks.size :] = values[passed:]
    return result
