"""Index work on CSR connections: the by-input index, free positions, merging."""

import numpy as np

from sparsekit.kernels._jit import kernel


@kernel
def index_by_input(sizes, first, indptr, indices, in_indptr, in_indices, in_position):
    """Fill the by-input index of all layers but the first: a counting sort.

    Within an input the connections come in the order of their output neurons.
    Complexity: O(connections + neurons).
    """
    in_indptr[:] = 0
    for level in range(1, sizes.size - 1):
        for row in range(sizes[level + 1]):
            neuron = first[level + 1] + row
            for k in range(indptr[neuron], indptr[neuron + 1]):
                in_indptr[first[level] + indices[k] + 1] += 1
    for j in range(in_indptr.size - 1):
        in_indptr[j + 1] += in_indptr[j]
    free = in_indptr[:-1].copy()
    for level in range(1, sizes.size - 1):
        for row in range(sizes[level + 1]):
            neuron = first[level + 1] + row
            for k in range(indptr[neuron], indptr[neuron + 1]):
                source = first[level] + indices[k]
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
