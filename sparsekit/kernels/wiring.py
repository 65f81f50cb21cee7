"""Index work on CSR connections: the by-input index, free positions, replacing."""

import math

import numpy as np

from sparsekit.kernels._jit import inlined_kernel, inner_kernel, kernel
from sparsekit.kernels._structs import INDEXED


@kernel
def index_by_input(net):
    """Fill the by-input index of the layers that need it: a counting sort.

    Within an input the connections come in the order of their output neurons.
    `in_indptr` holds zeros before. Complexity: O(connections + neurons).
    """
    in_indptr = net.in_indptr
    for layer in range(1, net.sizes.size):
        if net.formats[layer] not in INDEXED:
            continue
        inputs = net.first[layer - 1] - net.first[0]
        first = net.indptr[net.first[layer]]
        last = net.indptr[net.first[layer] + net.sizes[layer]]
        for k in range(first, last):
            in_indptr[inputs + net.indices[k] + 1] += 1
    for j in range(in_indptr.size - 1):
        in_indptr[j + 1] += in_indptr[j]
    free = in_indptr[:-1].copy()
    for layer in range(1, net.sizes.size):
        if net.formats[layer] not in INDEXED:
            continue
        inputs = net.first[layer - 1] - net.first[0]
        for row in range(net.sizes[layer]):
            neuron = net.first[layer] + row
            for k in range(net.indptr[neuron], net.indptr[neuron + 1]):
                source = inputs + net.indices[k]
                net.in_indices[free[source]] = row
                net.in_position[free[source]] = k
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


@inner_kernel
def _replace_in_rows(n_in, rows, indptr, indices, dropped, grown, is_new):
    """Replace the connections of one layer in `indptr` and `indices`, in place.

    Of the result, `is_new` tells which connections are new.
    """
    begin, place = indptr[0], indptr[rows]
    kept = k = begin
    for row in range(rows):
        row_end = indptr[row + 1]
        while k < row_end:
            indices[kept] = indices[k]
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
            column = grown[new - 1] - start_of_row
            is_larger = column > indices[kept - 1]
            place -= 1
            indices[place] = column if is_larger else indices[kept - 1]
            is_new[place] = is_larger
            new -= is_larger
            kept -= not is_larger
        while new > 0 and grown[new - 1] >= start_of_row:
            place -= 1
            new -= 1
            indices[place] = grown[new] - start_of_row
            is_new[place] = True
        while kept > indptr[row] and place > kept:
            place -= 1
            kept -= 1
            indices[place] = indices[kept]
            is_new[place] = False
    is_new[begin:place] = False


@inner_kernel
def _move(belongings, begin, end, dropped, is_new):
    """Move what belongs to the connections of one layer; new ones get zero."""
    kept = begin
    for k in range(begin, end):
        for values in belongings:
            values[kept] = values[k]
        kept += not dropped[k]
    zero = belongings[0].dtype.type(0)
    for k in range(end - 1, begin - 1, -1):
        kept -= not is_new[k]
        for values in belongings:
            value = values[kept]
            values[k] = zero if is_new[k] else value


@kernel
def replace_connections(
    sizes, first, indptr, indices, belongings, dropped, grown, grown_ends
):
    """Replace connections of all layers, in place.

    Parameters
    ----------
    sizes, first, indptr, indices : ndarray
        The network, see `_structs`; rows stay sorted.
    belongings : tuple of ndarray of shape (n_connections,), all of one type
        What moves with the connections. A new connection gets zeros.
    dropped : ndarray of bool, shape (n_connections,)
        Connections that go.
    grown : ndarray of int64
        Positions ``row * n_in + column`` of new connections, sorted within a layer; as
        many per layer as are dropped there.
    grown_ends : ndarray of shape (n_layers + 1,), int64
        ``grown[grown_ends[l - 1]:grown_ends[l]]`` belongs to layer `l`.

    Notes
    -----
    Complexity: O(connections + rows), with one byte of memory for a connection.
    """
    is_new = np.empty(indices.size, dtype=np.bool_)
    for level in range(1, sizes.size):
        mine = grown[grown_ends[level - 1] : grown_ends[level]]
        if mine.size == 0:
            continue
        row = first[level]
        begin, end = indptr[row], indptr[row + sizes[level]]
        _replace_in_rows(
            sizes[level - 1],
            sizes[level],
            indptr[row : row + sizes[level] + 1],
            indices,
            dropped,
            mine,
            is_new,
        )
        _move(belongings, begin, end, dropped, is_new)


@inlined_kernel
def _spread(total, squares, most, n_neurons, out):
    """Write mean, standard deviation and maximum of the connections of some neurons."""
    mean = total / n_neurons
    out[0] = mean
    out[1] = math.sqrt(max(squares / n_neurons - mean * mean, 0.0))
    out[2] = most


@kernel
def degree_spread(sizes, first, indptr, indices):
    """Return, layer by layer, how the connections spread over the neurons.

    Returns
    -------
    ndarray of shape (n_layers, 7), float64
        Input neurons that somebody reads and that, in hidden levels, read something
        themselves; mean, standard deviation and maximum of the connections of an output
        neuron; the same three of an input neuron. Complexity: O(connections + neurons)
        time and O(neurons) memory.
    """
    spread = np.empty((sizes.size - 1, 7))
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
    return spread
