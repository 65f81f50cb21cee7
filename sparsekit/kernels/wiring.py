"""Index work on CSR connections: the by-input index, free positions, merging."""

import numpy as np

from sparsekit.kernels._jit import inner_kernel, kernel
from sparsekit.kernels._lanes import item, put


@kernel
def index_by_input(net, indexed):
    """Fill the by-input index of the layers that `indexed` names: a counting sort.

    Within an input the connections come in the order of their output neurons.
    Complexity: O(connections + neurons).
    """
    in_indptr = net.in_indptr
    in_indptr[:] = 0
    for layer in range(1, net.sizes.size):
        if not indexed[layer]:
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
        if not indexed[layer]:
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
    done = 0
    survivors = 0
    for row in range(indptr.size - 1):
        for k in range(indptr[row], indptr[row + 1]):
            if dropped[k]:
                continue
            taken = np.int64(row) * n_in + indices[k]
            while done < ranks.size and ranks[done] + survivors < taken:
                positions[done] = ranks[done] + survivors
                done += 1
            survivors += 1
    while done < ranks.size:
        positions[done] = ranks[done] + survivors
        done += 1
    return positions


@inner_kernel
def _survivors_to_the_end(
    indptr, indices, weights, first, second, dropped, start, n_rows
):
    """Push the surviving connections to the end of their layer.

    They keep their order. Returns how many each row has, shape (n_rows,).
    """
    survivors = np.zeros(n_rows, np.int64)
    out = indptr[start + n_rows]
    for row in range(n_rows - 1, -1, -1):
        for k in range(indptr[start + row + 1] - 1, indptr[start + row] - 1, -1):
            if dropped[k]:
                continue
            out -= 1
            survivors[row] += 1
            put(indices, out, item(indices, k))
            put(weights, out, item(weights, k))
            put(first, out, item(first, k))
            if second.size > 0:
                put(second, out, item(second, k))
    return survivors


@inner_kernel
def _replace_in_layer(
    indptr, indices, weights, first, second, dropped, grown, start, n_rows, n_in
):
    survivors = _survivors_to_the_end(
        indptr, indices, weights, first, second, dropped, start, n_rows
    )
    out = indptr[start]
    k = indptr[start + n_rows] - survivors.sum()
    done = 0
    zero = weights.dtype.type(0)
    for row in range(n_rows):
        row_start = np.int64(row) * n_in
        left = survivors[row]
        while True:
            new = done < grown.size and grown[done] < row_start + n_in
            if left > 0 and (not new or row_start + indices[k] < grown[done]):
                put(indices, out, item(indices, k))
                put(weights, out, item(weights, k))
                put(first, out, item(first, k))
                if second.size > 0:
                    put(second, out, item(second, k))
                k += 1
                left -= 1
            elif new:
                indices[out] = grown[done] - row_start
                weights[out] = zero
                first[out] = zero
                if second.size > 0:
                    second[out] = zero
                done += 1
            else:
                break
            out += 1
        indptr[start + row + 1] = out


@kernel
def replace_connections(
    sizes, starts, indptr, indices, weights, first, second, dropped, grown, n_grown
):
    """Put `grown` connections in the place of `dropped` ones, in all layers.

    Weights and moments move with their connections; new ones are zero. Rows stay
    sorted, each layer keeps its number of connections, and all is done in place: the
    survivors wait at the end of their layer while the merge fills it from the front.
    An interruption waits for the end of this call.

    Parameters
    ----------
    sizes, starts, indptr, indices, weights : ndarray
        As in `Network`, where `starts` is `first`.
    first, second : ndarray
        Moments parallel to `weights`; `second` may be empty.
    dropped : ndarray of bool, shape (n_connections,)
    grown : ndarray of int64
        Positions ``row * n_in + column``, sorted and distinct within a layer, one layer
        after another.
    n_grown : ndarray of shape (L + 1,), int64
        Number of grown, and of dropped, connections of each layer.
    """
    begin = 0
    for layer in range(1, sizes.size):
        end = begin + n_grown[layer]
        if end > begin:
            _replace_in_layer(
                indptr,
                indices,
                weights,
                first,
                second,
                dropped,
                grown[begin:end],
                starts[layer],
                sizes[layer],
                sizes[layer - 1],
            )
        begin = end
