"""Hashes of rows and cells: randomness without state.

The random number of a cell is a pure function of (seed, content of the row, column), so
it depends neither on the order of the rows, nor on which other rows are present, nor on
the storage of the matrix, nor on the process.

All arithmetic is modulo 2**64 on uint64. In numba a uint64 combined with a signed
integer becomes a float, hence every constant below is a uint64.

References
----------
.. [1] G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number
   generators", OOPSLA 2014 (the generator SplitMix64; its output function here is
   D. Stafford's variant 13 of the MurmurHash3 finaliser).
"""

import numpy as np

from sparsekit.kernels._jit import allocating_kernel, inner_kernel, kernel

GAMMA = np.uint64(0x9E3779B97F4A7C15)  # odd, close to 2**64 / golden ratio
MULTIPLIER_1 = np.uint64(0xBF58476D1CE4E5B9)
MULTIPLIER_2 = np.uint64(0x94D049BB133111EB)
SHIFT_30 = np.uint64(30)
SHIFT_27 = np.uint64(27)
SHIFT_31 = np.uint64(31)

ONE_BIT = np.uint64(1)
ZERO = np.uint64(0)
MAGNITUDE = np.uint64(0x7FFFFFFFFFFFFFFF)
INFINITY_BITS = np.uint64(0x7FF0000000000000)
NAN_BITS = np.uint64(0x7FF8000000000000)

MANTISSA_SHIFT = np.uint64(11)
MANTISSA_UNIT = 2.0**-53


@inner_kernel
def mix64(z):
    """Return a bijective scrambling of the 64 bits of `z`."""
    z = (z ^ (z >> SHIFT_30)) * MULTIPLIER_1
    z = (z ^ (z >> SHIFT_27)) * MULTIPLIER_2
    return z ^ (z >> SHIFT_31)


@kernel
def stream(key, position):
    """Return element `position` (from 0) of the SplitMix64 stream of `key`."""
    return mix64(key + GAMMA * np.uint64(position + 1))


@kernel
def uniform(key, position):
    """Return element `position` of the stream of `key` as a float64 in [0, 1)."""
    return np.float64(stream(key, position) >> MANTISSA_SHIFT) * MANTISSA_UNIT


@allocating_kernel
def column_keys(n_columns):
    """Return one fixed key per column, shape (n_columns,)."""
    keys = np.empty(n_columns, np.uint64)
    for j in range(n_columns):
        keys[j] = stream(ZERO, j)
    return keys


@inner_kernel
def cell_hash(value, column_key):
    """Hash one cell; 0.0 and -0.0 give 0, all NaNs are alike, float32 is cast up.

    Zeros give 0 so that a sum over the stored cells of a sparse row equals the sum over
    all the cells of the dense row.
    """
    bits = np.float64(value).view(np.uint64)
    if bits << ONE_BIT == ZERO:
        return ZERO
    if bits & MAGNITUDE > INFINITY_BITS:
        bits = NAN_BITS
    return mix64(bits ^ column_key)


@kernel
def hash_dense_rows(X):
    """Return the content hash of each row of a dense matrix, shape (n_rows,)."""
    n_rows, n_columns = X.shape
    columns = column_keys(n_columns)
    hashes = np.empty(n_rows, np.uint64)
    for i in range(n_rows):
        total = ZERO
        for j in range(n_columns):
            total += cell_hash(X[i, j], columns[j])
        hashes[i] = total
    return hashes


@kernel
def hash_csr_rows(data, indices, indptr, n_columns):
    """Return the content hash of each row of a CSR matrix, shape (n_rows,)."""
    columns = column_keys(n_columns)
    hashes = np.empty(indptr.size - 1, np.uint64)
    for i in range(hashes.size):
        total = ZERO
        for p in range(indptr[i], indptr[i + 1]):
            total += cell_hash(data[p], columns[indices[p]])
        hashes[i] = total
    return hashes


@kernel
def content_keys(hashes, seed):
    """Return one stream key per row that depends on the seed and the row's content."""
    salt = stream(seed, 0)
    keys = np.empty_like(hashes)
    for i in range(hashes.size):
        keys[i] = mix64(hashes[i] ^ salt)
    return keys


@kernel
def position_keys(hashes, seed):
    """Return one stream key per row that depends on seed, position and table content.

    The content of the whole table takes part because rows with equal position in two
    tables, such as training and test rows, would share their random numbers otherwise.
    """
    table = ZERO
    for i in range(hashes.size):
        table += mix64(hashes[i])
    start = mix64(table ^ stream(seed, 1))
    keys = np.empty_like(hashes)
    for i in range(hashes.size):
        keys[i] = stream(start, i)
    return keys
