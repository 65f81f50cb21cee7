"""Blocks of connections: the portions of work of the backward pass.

The blocks of a layer depend on its connections only, never on the number of threads;
so, then, does every sum that is taken over a block.
"""

from sparsekit.kernels._jit import inner_kernel
from sparsekit.kernels.selection import first_not_below

# Connections per block, about. Its gradient stays in the first-level cache until the
# optimizer takes it; shorter blocks cost more in calls and in balance.
BLOCK = 4096


@inner_kernel
def n_blocks(indptr, begin, n_rows):
    """Return the number of blocks of the rows that start at `begin`."""
    connections = indptr[begin + n_rows] - indptr[begin]
    return max(1, (connections + BLOCK - 1) // BLOCK)


@inner_kernel
def first_row(indptr, begin, n_rows, part, parts):
    """Return the row where `part` begins when rows share connections evenly."""
    if part == 0:
        return 0
    if part == parts:
        return n_rows
    total = indptr[begin + n_rows] - indptr[begin]
    goal = indptr[begin] + total * part // parts
    return first_not_below(indptr, begin, begin + n_rows, goal) - begin
