"""Vectors of lanes: T samples that travel through the network side by side.

The compiled loops keep their running sums in vector registers. Numba has no vector
values, so `_vector_lanes` adds one: a type whose representation is the LLVM vector
``<T x float>``, with the few operations that the kernels need. LLVM lowers it to what
the machine has (AVX2, AVX-512, NEON). Plain loops over lanes reload and store their
sums at every connection.

A *lanes* token says which vector is meant: the dtype ``np.dtype((np.float32, T))``. Its
numba type carries both the number type and T, so every kernel is specialised by it.

With ``NUMBA_DISABLE_JIT=1`` a vector is a small numpy array and the same operations
are the plain functions of `_plain_lanes`.
"""

import numpy as np
from numba import config

if config.DISABLE_JIT:
    from sparsekit.kernels._plain_lanes import (
        LANE_STEP,
        MIX_1,
        MIX_2,
        add_totals,
        dropout,
        fill,
        item,
        load,
        multiply,
        multiply_add,
        put,
        scaled_add,
        store,
        total,
        transpose_four,
        where_positive,
        width_of,
    )
else:
    from sparsekit.kernels._vector_lanes import (
        LANE_STEP,
        MIX_1,
        MIX_2,
        add_totals,
        dropout,
        fill,
        item,
        load,
        multiply,
        multiply_add,
        put,
        scaled_add,
        store,
        total,
        transpose_four,
        where_positive,
        width_of,
    )

__all__ = [
    "LANE_STEP",
    "MIX_1",
    "MIX_2",
    "add_totals",
    "dropout",
    "fill",
    "item",
    "lanes_of",
    "load",
    "multiply",
    "multiply_add",
    "put",
    "scaled_add",
    "store",
    "total",
    "transpose_four",
    "where_positive",
    "width_of",
]


def lanes_of(dtype, width):
    """Return the token for vectors of `width` lanes of `dtype`."""
    return np.dtype((np.dtype(dtype), (width,)))
