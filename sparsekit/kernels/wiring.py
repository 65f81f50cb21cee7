"""Index work on CSR connections: the by-input index, free positions, merging."""

import numpy as np

from sparsekit.kernels._jit import kernel


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


@kernel
def replace_connections(
    indptr, indices, n_in, dropped, grown, new_indptr, new_indices, source
):
    """Merge the surviving connections of a layer with the `grown` positions (sorted).

    `source[k]` tells where the k-th connection of the result stood before, or is -1
    for a new one; rows stay sorted. Complexity: O(connections + rows).
    """
    filled = 0
    done = 0
    for row in range(indptr.size - 1):
        new_indptr[row] = filled
        end_of_row = (np.int64(row) + 1) * n_in
        for k in range(indptr[row], indptr[row + 1]):
            if dropped[k]:
                continue
            here = np.int64(row) * n_in + indices[k]
            while done < grown.size and grown[done] < here:
                new_indices[filled] = grown[done] - np.int64(row) * n_in
                source[filled] = -1
                filled += 1
                done += 1
            new_indices[filled] = indices[k]
            source[filled] = k
            filled += 1
        while done < grown.size and grown[done] < end_of_row:
            new_indices[filled] = grown[done] - np.int64(row) * n_in
            source[filled] = -1
            filled += 1
            done += 1
    new_indptr[indptr.size - 1] = filled
