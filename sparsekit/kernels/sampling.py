"""Samples of whole numbers without replacement, sorted, in linear time."""

import numpy as np

from sparsekit.kernels._jit import inner_kernel, kernel
from sparsekit.kernels.hashing import stream, uniform
from sparsekit.kernels.selection import first_not_below


@inner_kernel
def _unused_bits(population):
    """Return how far a word must be shifted to have the bits of `population` only."""
    shift = 63
    while population >> (64 - shift) > 0:
        shift -= 1
    return shift


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
    shift = np.uint64(_unused_bits(population))
    values = np.empty(size, dtype=np.int64)
    filled = 0
    while filled < size:
        value = np.int64(stream(seed, start) >> shift)
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


@kernel
def draw_subset(seed, population, size):
    """Draw `size` distinct integers from ``range(population)``, sorted.

    Of more than half of them the others are drawn, by `draw_distinct`. Complexity:
    O(size).
    """
    if 2 * size <= population:
        return draw_distinct(seed, population, size)
    absent = draw_distinct(seed, population, population - size)
    present = np.empty(size, dtype=np.int64)
    passed = 0
    for value in range(population):
        if passed < absent.size and absent[passed] == value:
            passed += 1
        else:
            present[value - passed] = value
    return present


@kernel
def draw_per_group(seed, populations, sizes):
    """Draw distinct integers from each of several ranges that follow each other.

    Parameters
    ----------
    seed : uint64
    populations, sizes : ndarray of int64, shape (n_groups,)
        Group `g` is the range of ``populations[g]`` integers that begins where the
        range before it ends; ``sizes[g]`` of them are drawn, each subset with the same
        probability.

    Returns
    -------
    ndarray of shape (sum(sizes),), int64
        Sorted. Complexity: O(n_groups + sum(sizes)), with a factor of log(size) in
        groups of which more than half is drawn.
    """
    result = np.empty(sizes.sum(), dtype=np.int64)
    done, start = 0, np.int64(0)
    for group in range(sizes.size):
        drawn = draw_distinct(stream(seed, group), populations[group], sizes[group])
        for value in drawn:
            result[done] = start + value
            done += 1
        start += populations[group]
    return result


@inner_kernel
def _is_taken(indptr, indices, dropped, row, column):
    """Tell whether a connection at (row, column) survives."""
    end = indptr[row + 1]
    k = first_not_below(indices, indptr[row], end, column)
    return k < end and indices[k] == column and not dropped[k]


@inner_kernel
def _insert(table, key):
    """Put `key` into a hash table with open addressing; tell whether it was new.

    `table` has a power of two of places, more than keys, and -1 where it is empty.
    """
    last = table.size - 1
    place = np.int64(stream(np.uint64(key), 0) & np.uint64(last))
    while table[place] != -1:
        if table[place] == key:
            return False
        place = (place + 1) & last
    table[place] = key
    return True


@kernel
def draw_by_column(seed, indptr, indices, dropped, rates, count):
    """Draw `count` free positions one by one, in proportion to the rate of the column.

    Every draw takes a free position that was not drawn before, with a probability
    proportional to `rates` at its column, and of all with the same probability once no
    position with a positive rate is left.

    Parameters
    ----------
    seed : uint64
    indptr, indices : ndarray
        Connections of a layer, CSR by output neuron.
    dropped : ndarray of bool, shape (n_connections,)
        Connections that go: their positions are free.
    rates : ndarray of shape (n_in,), float64
        Not negative.
    count : int
        At most as many as positions are free.

    Returns
    -------
    ndarray of shape (count,), int64
        Positions ``row * n_in + column`` in the order in which they were drawn.

    Notes
    -----
    First the column is drawn, by its rate times its free positions, and then rows until
    one is free. The cumulative sums are those of the start of a round of as many draws
    as are missing; a column that has lost positions since is passed over in proportion,
    which makes every draw exact. A column that is less than half free takes more rows,
    but holds as many connections that pay for them. Complexity: O(n_connections + n_in
    + count log(n_in + count)) if the rates do not differ by more than a power of the
    count.
    """
    n_in, n_out = rates.size, indptr.size - 1
    free = np.full(n_in, n_out, dtype=np.int64)
    for row in range(n_out):
        for k in range(indptr[row], indptr[row + 1]):
            free[indices[k]] -= not dropped[k]
    places = 2
    while places < 2 * count:
        places *= 2
    table = np.full(places, -1, dtype=np.int64)
    drawn = np.empty(count, dtype=np.int64)
    ends = np.empty(n_in, dtype=np.float64)
    shift = np.uint64(_unused_bits(n_out))
    done, at, by_rate = 0, 0, True
    while done < count:
        at_start = free.copy()
        total = 0.0
        for j in range(n_in):
            total += free[j] * (rates[j] if by_rate else 1.0)
            ends[j] = total
        if total == 0.0:
            by_rate = False
            continue
        for _ in range(count - done):
            column = np.searchsorted(ends, total * uniform(seed, at), side="right")
            is_lost = column == n_in  # by rounding
            if not is_lost:
                is_lost = uniform(seed, at + 1) * at_start[column] >= free[column]
            at += 2
            if is_lost:
                continue
            searching = True
            while searching:
                row = np.int64(stream(seed, at) >> shift)
                at += 1
                if row < n_out and not _is_taken(indptr, indices, dropped, row, column):
                    searching = not _insert(table, row * n_in + column)
            drawn[done] = row * n_in + column
            done += 1
            free[column] -= 1
    return drawn
