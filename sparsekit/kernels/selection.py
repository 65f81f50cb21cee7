"""Positions in sorted arrays, and the smallest of many values."""

import numpy as np

from sparsekit.kernels._jit import inlined_kernel, kernel
from sparsekit.kernels.hashing import GAMMA

# Bits of a number that one pass over all numbers settles, at least and at most.
_DIGITS = (4, 11)

# No float is as large.
NO_LIMIT = np.iinfo(np.int64).max


@kernel
def mark_smallest(bits, fraction, by_sign, below, marked):
    """Mark the `fraction` of floats that lie nearest to zero.

    Parameters
    ----------
    bits : ndarray of shape (n,), int32 or int64
        The floats, viewed as integers: read so, floats of one sign are ordered by
        their distance from zero, and the sign is the integer's own.
    fraction : float
        In [0, 1]; their number is rounded down.
    by_sign : bool
        Whether it is the fraction of the positive floats and that of the negative ones,
        or of all together.
    below : int
        The magnitude of a float, read as `bits` are, or NO_LIMIT: only smaller ones are
        marked.
    marked : ndarray of bool, shape (n,)
        Written: of equal floats the first are marked. Complexity: O(n), with no
        array but this; a radix selection reads `bits` once for every 4 to 11 bits.
    """
    n_bits = 8 * bits.itemsize - 1
    half = np.int64(1) << (n_bits - 1)
    distance = half - 1 + half  # masks the sign
    # The table of a digit should not take longer than the numbers do.
    digit_bits, most = _DIGITS
    while digit_bits < most and 4 << digit_bits < bits.size:
        digit_bits += 1
    counts = np.zeros((2, 1 << digit_bits), dtype=np.int64)
    # Per sign, or for all at the place of the positive ones: how many are still to be
    # marked among the floats that begin with `prefix` (-1: it is settled), and the
    # distance up to which all are marked.
    left = np.zeros(2, dtype=np.int64)
    prefix = np.zeros(2, dtype=np.int64)
    limit = np.full(2, -1, dtype=np.int64)
    known = n_bits
    while known > 0 and (prefix[0] >= 0 or prefix[1] >= 0):
        shift = max(known - digit_bits, 0)
        last_digit = (1 << (known - shift)) - 1
        counts[:] = 0
        for i in range(bits.size):
            sign = np.int64(by_sign and bits[i] < 0)
            size = bits[i] & distance
            if size >> known == prefix[sign]:
                counts[sign, (size >> shift) & last_digit] += 1
        for sign in range(2):
            if known == n_bits:
                left[sign] = np.int64(fraction * counts[sign].sum())
                if left[sign] == 0:
                    prefix[sign] = -1
            if prefix[sign] < 0:
                continue
            digit = 0
            while counts[sign, digit] < left[sign]:
                left[sign] -= counts[sign, digit]
                digit += 1
            prefix[sign] = (prefix[sign] << (known - shift)) + digit
            limit[sign] = (prefix[sign] << shift) - 1
            if counts[sign, digit] == left[sign]:
                # All of them go, so that their other digits do not matter.
                limit[sign] += np.int64(1) << shift
                left[sign] = 0
                prefix[sign] = -1
        known = shift
    for sign in range(2):
        if limit[sign] >= below - 1:
            limit[sign] = below - 1
            left[sign] = 0
    limit_positive, limit_negative = limit
    for i in range(bits.size):
        here = limit_negative if by_sign and bits[i] < 0 else limit_positive
        marked[i] = (bits[i] & distance) <= here
    if left[0] == 0 and left[1] == 0:
        return
    for i in range(bits.size):
        sign = np.int64(by_sign and bits[i] < 0)
        if left[sign] > 0 and (bits[i] & distance) == limit[sign] + 1:
            marked[i] = True
            left[sign] -= 1


@inlined_kernel
def first_not_below(values, low, high, goal):
    """Return the first index from `low` to `high` whose value is at least `goal`.

    The values are sorted between the two; `high` is returned if all are smaller.
    """
    while low < high:
        middle = (low + high) // 2
        if values[middle] < goal:
            low = middle + 1
        else:
            high = middle
    return low


@inlined_kernel
def _is_sampled(key, n_bits):
    """Tell whether the first bits of a hash are zero (Fibonacci hashing)."""
    return n_bits == 0 or np.uint64(key) * GAMMA >> np.uint64(64 - n_bits) == 0


@kernel
def positions_of(indptr, indices, n_in, first_position, n_bits):
    """Return the positions of the connections of a layer, or a sample of them.

    Parameters
    ----------
    indptr, indices : ndarray
        Connections of the layer, CSR by output neuron.
    n_in : int
        Its input neurons.
    first_position : int
        Positions of the layers before.
    n_bits : int
        See `add_explored`.

    Returns
    -------
    ndarray of int64
        ``row * n_in + column``, sorted. Complexity: O(connections + rows).
    """
    n_kept = done = 0
    for row in range(indptr.size - 1):
        for k in range(indptr[row], indptr[row + 1]):
            position = np.int64(row) * n_in + indices[k]
            n_kept += _is_sampled(first_position + position, n_bits)
    # One more place, for what is written before it is known whether it counts.
    result = np.empty(n_kept + 1, dtype=np.int64)
    for row in range(indptr.size - 1):
        for k in range(indptr[row], indptr[row + 1]):
            result[done] = np.int64(row) * n_in + indices[k]
            done += _is_sampled(first_position + result[done], n_bits)
    return result[:done]


@kernel
def add_explored(explored, starts, grown, ends, n_bits, result, rates):
    """Add new connections to the positions that ever had one, or to a sample of them.

    Parameters
    ----------
    explored : ndarray of int64
        Positions, numbered through all layers, sorted and distinct.
    starts : ndarray of shape (n_layers + 1,), int64
        Number of the first position of each layer, and of all positions.
    grown, ends : ndarray of int64
        New connections, see `wiring.replace_connections`.
    n_bits : int
        How many of the first bits of the hash of a position must be zero for it to be
        kept: of all positions, ``2 ** -n_bits``.
    result : ndarray of int64
        Gets what is kept, sorted; with room for all.
    rates : ndarray of shape (n_layers,), float64
        Gets, by what is kept, the share of the positions of each layer that ever had a
        connection, at most 1.

    Returns
    -------
    int
        How many positions are kept. Complexity: O(explored + grown).
    """
    at = done = 0
    for level in range(1, starts.size):
        begin = done
        for new in range(ends[level - 1], ends[level] + 1):
            is_end = new == ends[level]
            key = starts[level] if is_end else starts[level - 1] + grown[new]
            if not (is_end or _is_sampled(key, n_bits)):
                continue
            while at < explored.size and explored[at] < key:
                result[done] = explored[at]
                done += _is_sampled(explored[at], n_bits)
                at += 1
            if not is_end:
                at += at < explored.size and explored[at] == key
                result[done] = key
                done += 1
        n_positions = starts[level] - starts[level - 1]
        rates[level - 1] = min((done - begin) * 2.0**n_bits / n_positions, 1.0)
    return done
