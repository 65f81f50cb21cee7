"""First connections of a layer that are drawn row by row or neuron by neuron."""

import numpy as np

from sparsekit.kernels._jit import kernel
from sparsekit.kernels.hashing import stream, uniform
from sparsekit.kernels.sampling import draw_distinct

# A neuron that links to more than this share of those there ranks them all; for fewer
# it is faster to draw one by one and to pass over what has been drawn before.
_RANK_FROM = 0.25


@kernel
def draw_rows(seed, n_in, indptr, indices):
    """Fill every row with distinct columns, each set with the same probability.

    Parameters
    ----------
    seed : uint64
        Row `i` takes its own stream, number `i` of those of the seed.
    n_in : int
        Number of columns.
    indptr : ndarray of shape (n_out + 1,), int64
        No row has more than `n_in` entries.
    indices : ndarray of shape (indptr[-1],)
        Gets the columns, sorted within each row. Complexity: O(entries + rows).
    """
    for row in range(indptr.size - 1):
        start = indptr[row]
        count = indptr[row + 1] - start
        key = stream(seed, row)
        if 2 * count <= n_in:
            columns = draw_distinct(key, n_in, count)
            for k in range(count):
                indices[start + k] = columns[k]
            continue
        absent = draw_distinct(key, n_in, n_in - count)
        passed = 0
        for column in range(n_in):
            if passed < absent.size and absent[passed] == column:
                passed += 1
            else:
                indices[start + column - passed] = column


@kernel
def attach_preferentially(seed, arrivals, n_in, count):
    """Let neurons arrive one by one and link to well-connected ones of the other level.

    The neuron that comes as number `t` (from 0) of N brings the layer to ``(t + 1) *
    count // N`` connections, or as near as it can: it links to different neurons of the
    other level that are there already, the next of which is drawn with a probability
    proportional to 1 + its number of connections.

    Parameters
    ----------
    seed : uint64
    arrivals : ndarray of shape (n_in + n_out,), int64
        A permutation: the inputs are numbered from 0, the outputs from `n_in`.
    n_in : int
    count : int
        At most ``n_in * n_out``.

    Returns
    -------
    ndarray of shape (count,), int64
        Positions ``row * n_in + column`` in the order in which they were linked.

    Notes
    -----
    All `count` connections find a place. What is missing when too few neurons are there
    is made up for by the next to come. If some were missing at the end, every neuron
    since some `t` would have linked to all it could, so that no more positions were
    free than before: yet a inputs and b outputs have a b positions between them, of
    which at most the share ``count / (n_in n_out)``, rounded up, was to be taken, since
    ``a b / (a + b)`` grows with a and b.

    Complexity: O(count log(n_in + n_out) + n_in + n_out).
    """
    n_neurons = arrivals.size
    ends = np.empty((2, count), dtype=np.int64)
    there = np.empty((2, n_neurons), dtype=np.int64)
    n_there = np.zeros(2, dtype=np.int64)
    degrees = np.zeros(n_neurons, dtype=np.int64)
    last_to_link = np.full(n_neurons, -1, dtype=np.int64)
    linked, at = 0, 0
    for t in range(n_neurons):
        neuron = arrivals[t]
        mine = np.int64(neuron >= n_in)
        other = 1 - mine
        before = linked
        wanted = min((t + 1) * count // n_neurons - before, n_there[other])
        if wanted > _RANK_FROM * n_there[other]:
            # The smallest of exponential numbers with these rates, then the next, ...:
            # the same as drawing one after another.
            times = np.empty(n_there[other], dtype=np.float64)
            for k in range(times.size):
                rate = 1 + degrees[there[other, k]]
                times[k] = -np.log1p(-uniform(seed, at + k)) / rate
            at += times.size
            for k in np.argsort(times)[:wanted]:
                ends[other, linked] = there[other, k]
                linked += 1
        while linked - before < wanted:
            k = np.int64(uniform(seed, at) * (before + n_there[other]))
            at += 1
            end = ends[other, k] if k < before else there[other, k - before]
            if last_to_link[end] != t:
                last_to_link[end] = t
                ends[other, linked] = end
                linked += 1
        for k in range(before, linked):
            ends[mine, k] = neuron
            degrees[ends[other, k]] += 1
        degrees[neuron] += linked - before
        there[mine, n_there[mine]] = neuron
        n_there[mine] += 1
    return (ends[1] - n_in) * n_in + ends[0]
