"""Index work on CSR connections: the by-input index, free positions, replacing."""

import math

import numpy as np

from sparsekit.kernels._jit import inlined_kernel, inner_kernel, kernel
from sparsekit.kernels._structs import INDEXED
from sparsekit.kernels.sampling import draw_subset
from sparsekit.kernels.selection import mark_smallest

# What `degree_spread` tells of a layer.
N_DEGREES = 7


@kernel
def index_by_input(
    sizes, first, indptr, indices, formats, in_indptr, in_indices, in_position
):
    """Fill the by-input index of the layers that need it: a counting sort.

    Within an input the connections come in the order of their output neurons.

    Parameters
    ----------
    sizes, first, indptr, indices, formats : ndarray
        The network, see `_structs`.
    in_indptr, in_indices, in_position : ndarray
        Written. Complexity: O(connections + neurons).
    """
    in_indptr[:] = 0
    for layer in range(1, sizes.size):
        if formats[layer] not in INDEXED:
            continue
        inputs = first[layer - 1] - first[0]
        for k in range(indptr[first[layer]], indptr[first[layer] + sizes[layer]]):
            in_indptr[inputs + indices[k] + 1] += 1
    for j in range(in_indptr.size - 1):
        in_indptr[j + 1] += in_indptr[j]
    free = in_indptr[:-1].copy()
    for layer in range(1, sizes.size):
        if formats[layer] not in INDEXED:
            continue
        inputs = first[layer - 1] - first[0]
        for row in range(sizes[layer]):
            neuron = first[layer] + row
            for k in range(indptr[neuron], indptr[neuron + 1]):
                source = inputs + indices[k]
                in_indices[free[source]] = row
                in_position[free[source]] = k
                free[source] += 1


@kernel
def free_positions(indptr, indices, n_in, dropped, ranks):
    """Turn ranks among the free positions of a layer into positions.

    Positions are numbered ``row * n_in + column``; those of `dropped` connections are
    free. `ranks` (sorted, distinct) counts free positions from 0. One merge of the
    surviving connections with the ranks: O(connections + ranks), with no array of the
    layer's full size.
    """
    positions = np.empty_like(ranks)
    longest = 0
    for row in range(indptr.size - 1):
        longest = max(longest, indptr[row + 1] - indptr[row])
    taken = np.empty(longest, dtype=np.int64)
    done = 0
    survivors = 0  # of the rows before
    for row in range(indptr.size - 1):
        kept = 0
        for k in range(indptr[row], indptr[row + 1]):
            taken[kept] = np.int64(row) * n_in + indices[k]
            kept += not dropped[k]
        # Each step passes a rank or a survivor. Which one, no processor can foresee:
        # without a branch, the loop takes half the time.
        passed = 0
        while passed < kept and done < ranks.size:
            position = ranks[done] + survivors + passed
            is_below = position < taken[passed]
            positions[done] = position
            done += is_below
            passed += not is_below
        survivors += passed
    while done < ranks.size:
        positions[done] = ranks[done] + survivors
        done += 1
    return positions


@kernel
def first_taken(indptr, indices, n_in, dropped, grown):
    """Return the first of the `grown` positions at which a connection stays, or -1.

    `grown` is sorted, and within the layer; positions of `dropped` connections are
    free. Complexity: O(connections + grown), with a byte of memory for each input: to
    mark the new ones of a row takes a tenth of the time of merging two sorted lists.
    """
    is_grown = np.zeros(n_in, dtype=np.bool_)
    done = 0
    for row in range(indptr.size - 1):
        start, begin = np.int64(row) * n_in, done
        while done < grown.size and grown[done] < start + n_in:
            is_grown[grown[done] - start] = True
            done += 1
        if done == begin:
            continue
        any_taken = False
        for k in range(indptr[row], indptr[row + 1]):
            any_taken |= is_grown[indices[k]] & (not dropped[k])
        if any_taken:
            for k in range(indptr[row], indptr[row + 1]):
                if is_grown[indices[k]] and not dropped[k]:
                    return start + indices[k]
        for new in range(begin, done):
            is_grown[grown[new] - start] = False
    return np.int64(-1)


@kernel
def choose_replacements(
    sizes,
    first,
    indptr,
    indices,
    weights,
    fraction,
    by_sign,
    below,
    at_random,
    seeds,
    dropped,
    grown,
    ends,
):
    """Choose which connections are dropped, and as many free positions at random.

    Layers that have all their connections are left alone.

    Parameters
    ----------
    sizes, first, indptr, indices : ndarray
        The network, see `_structs`.
    weights : ndarray of shape (n_connections,), int32 or int64
        Viewed as integers.
    fraction, by_sign, below
        Which connections of a layer go, see `mark_smallest`.
    at_random : bool
        Whether it is this fraction of them, but at random.
    seeds : ndarray of uint64
        Of the layers that are not full, one after another: with `at_random` for what is
        dropped, and then for what grows.
    dropped, grown, ends : ndarray
        Written, see `replace_connections`; `dropped` holds zeros before, and `grown`
        has room for `fraction` of all connections and one more. Complexity:
        O(connections + rows).
    """
    ends[0] = 0
    used = 0
    for level in range(1, sizes.size):
        begin = indptr[first[level]]
        end = indptr[first[level] + sizes[level]]
        if end - begin < sizes[level - 1] * sizes[level]:
            if at_random:
                count = np.int64(fraction * (end - begin))
                for k in draw_subset(seeds[used], end - begin, count):
                    dropped[begin + k] = True
                used += 1
            else:
                mine = dropped[begin:end]
                mark_smallest(weights[begin:end], fraction, by_sign, below, mine)
        count = 0
        for k in range(begin, end):
            count += dropped[k]
        ends[level] = ends[level - 1] + count
    for level in range(1, sizes.size):
        row, n_in = first[level], sizes[level - 1]
        n_now = indptr[row + sizes[level]] - indptr[row]
        n_free = n_in * sizes[level] - n_now
        if n_free == 0:
            continue
        count = ends[level] - ends[level - 1]
        ranks = draw_subset(seeds[used], n_free + count, count)
        used += 1
        rows = indptr[row : row + sizes[level] + 1]
        positions = free_positions(rows, indices, n_in, dropped, ranks)
        for k in range(count):
            grown[ends[level - 1] + k] = positions[k]


@kernel
def count_regrown(sizes, first, indptr, indices, dropped, grown, ends, counts):
    """Count, layer by layer, the new connections that are where one is dropped.

    Parameters
    ----------
    sizes, first, indptr, indices, dropped, grown, ends
        See `replace_connections`, before which it is called.
    counts : ndarray of shape (n_layers,), int64
        Written. Complexity: O(connections + rows), with a byte of memory for each
        neuron of the widest level.
    """
    is_grown = np.zeros(sizes.max(), dtype=np.bool_)
    for level in range(1, sizes.size):
        done, end, n_in = ends[level - 1], ends[level], sizes[level - 1]
        count = 0
        for row in range(sizes[level]):
            start, begin = np.int64(row) * n_in, done
            while done < end and grown[done] < start + n_in:
                is_grown[grown[done] - start] = True
                done += 1
            if done == begin:
                continue
            neuron = first[level] + row
            for k in range(indptr[neuron], indptr[neuron + 1]):
                count += is_grown[indices[k]] & dropped[k]
            for new in range(begin, done):
                is_grown[grown[new] - start] = False
        counts[level - 1] = count


@inner_kernel
def _replace_in_layer(n_in, indptr, indices, belongings, dropped, grown):
    """Replace the connections of one layer, and zeros for what belongs to new ones."""
    weights, first, second = belongings
    has_second = second.size > 0
    zero = weights.dtype.type(0)
    rows = indptr.size - 1
    place = indptr[rows]
    kept = k = indptr[0]
    for row in range(rows):
        row_end = indptr[row + 1]
        while k < row_end:
            indices[kept] = indices[k]
            weights[kept] = weights[k]
            first[kept] = first[k]
            if has_second:
                second[kept] = second[k]
            kept += not dropped[k]
            k += 1
        indptr[row + 1] = kept
    # Backwards, so that nothing is overwritten before it has moved. Where no new
    # connection is left, the others stand where they belong.
    new = grown.size
    row = rows
    while new > 0:
        row -= 1
        start_of_row = np.int64(row) * n_in
        indptr[row + 1] = place
        while kept > indptr[row] and new > 0 and grown[new - 1] >= start_of_row:
            column, old = grown[new - 1] - start_of_row, indices[kept - 1]
            is_new = column > old
            place -= 1
            indices[place] = column if is_new else old
            # Read in any case: without a branch, which no processor can foresee.
            value = weights[kept - 1]
            weights[place] = zero if is_new else value
            value = first[kept - 1]
            first[place] = zero if is_new else value
            if has_second:
                value = second[kept - 1]
                second[place] = zero if is_new else value
            new -= is_new
            kept -= not is_new
        while new > 0 and grown[new - 1] >= start_of_row:
            place -= 1
            new -= 1
            indices[place] = grown[new] - start_of_row
            weights[place] = zero
            first[place] = zero
            if has_second:
                second[place] = zero
        while kept > indptr[row] and place > kept:
            place -= 1
            kept -= 1
            indices[place] = indices[kept]
            weights[place] = weights[kept]
            first[place] = first[kept]
            if has_second:
                second[place] = second[kept]


@kernel
def replace_connections(
    sizes,
    first,
    indptr,
    indices,
    belongings,
    dropped,
    grown,
    ends,
    n_regrown,
    degrees,
):
    """Replace connections of all layers, in place.

    Parameters
    ----------
    sizes, first, indptr, indices : ndarray
        The network, see `_structs`; rows stay sorted.
    belongings : tuple of three ndarray of shape (n_connections,), all of one type
        What moves with the connections: weights, and moments, of which the last may be
        empty. A new connection gets zeros.
    dropped : ndarray of bool, shape (n_connections,)
        Connections that go.
    grown : ndarray of int64
        Positions ``row * n_in + column`` of new connections, sorted within a layer; as
        many per layer as are dropped there.
    ends : ndarray of shape (n_layers + 1,), int64
        ``grown[ends[l - 1]:ends[l]]`` belongs to layer `l`.

    n_regrown, degrees : ndarray
        Written by `count_regrown` and, after the change, by `degree_spread`.

    Notes
    -----
    It returns nothing: to hand an array to Python, numba runs Python, where an
    interruption would find the call done and its result lost. Complexity:
    O(connections + rows), with memory for neurons only.
    """
    count_regrown(sizes, first, indptr, indices, dropped, grown, ends, n_regrown)
    for level in range(1, sizes.size):
        mine = grown[ends[level - 1] : ends[level]]
        if mine.size > 0:
            rows = indptr[first[level] : first[level] + sizes[level] + 1]
            _replace_in_layer(
                sizes[level - 1], rows, indices, belongings, dropped, mine
            )
    degree_spread(sizes, first, indptr, indices, degrees)


@kernel
def rewire(
    sizes,
    first,
    indptr,
    indices,
    belongings,
    weights,
    fraction,
    by_sign,
    below,
    at_random,
    seeds,
    dropped,
    grown,
    ends,
    n_regrown,
    degrees,
):
    """Choose connections as `choose_replacements` does, and replace them.

    For the parameters see there and `replace_connections`, which returns nothing for
    the same reason.
    """
    choose_replacements(
        sizes,
        first,
        indptr,
        indices,
        weights,
        fraction,
        by_sign,
        below,
        at_random,
        seeds,
        dropped,
        grown,
        ends,
    )
    replace_connections(
        sizes,
        first,
        indptr,
        indices,
        belongings,
        dropped,
        grown,
        ends,
        n_regrown,
        degrees,
    )


@inlined_kernel
def _spread(total, squares, most, n_neurons, out):
    """Write mean, standard deviation and maximum of the connections of some neurons."""
    mean = total / n_neurons
    out[0] = mean
    out[1] = math.sqrt(max(squares / n_neurons - mean * mean, 0.0))
    out[2] = most


@kernel
def degree_spread(sizes, first, indptr, indices, spread):
    """Tell, layer by layer, how the connections spread over the neurons.

    Parameters
    ----------
    sizes, first, indptr, indices : ndarray
        The network, see `_structs`.
    spread : ndarray of shape (n_layers, N_DEGREES), float64
        Written: input neurons that somebody reads and that, in hidden levels, read
        something themselves; mean, standard deviation and maximum of the connections of
        an output neuron; the same three of an input neuron. Complexity: O(connections +
        neurons) time and O(neurons) memory.
    """
    fan_out = np.empty(sizes.max(), dtype=np.int64)
    for layer in range(1, sizes.size):
        n_in, n_out = sizes[layer - 1], sizes[layer]
        begin = first[layer]
        fan_out[:n_in] = 0
        squares, most = np.int64(0), np.int64(0)
        for row in range(begin, begin + n_out):
            fan_in = indptr[row + 1] - indptr[row]
            squares += fan_in * fan_in
            most = max(most, fan_in)
            for k in range(indptr[row], indptr[row + 1]):
                fan_out[indices[k]] += 1
        total = indptr[begin + n_out] - indptr[begin]
        _spread(total, squares, most, n_out, spread[layer - 1, 1:4])
        n_active, squares, most = np.int64(0), np.int64(0), np.int64(0)
        for neuron in range(n_in):
            row = first[layer - 1] + neuron
            is_fed = layer == 1 or indptr[row + 1] > indptr[row]
            n_active += fan_out[neuron] > 0 and is_fed
            squares += fan_out[neuron] * fan_out[neuron]
            most = max(most, fan_out[neuron])
        _spread(total, squares, most, n_in, spread[layer - 1, 4:7])
        spread[layer - 1, 0] = n_active
