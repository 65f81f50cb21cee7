"""Positions in sorted arrays, and the smallest of many values."""

import numpy as np

from sparsekit.kernels._jit import inlined_kernel, kernel

# Bits of a number that one pass over all numbers settles: of many and of few numbers,
# for which the table of a long digit would take longer than they do.
_DIGIT, _SHORT_DIGIT = 11, 9
_MANY = 4096

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
        array but this; a radix selection reads `bits` once for every 11 bits.
    """
    n_bits = 8 * bits.itemsize - 1
    half = np.int64(1) << (n_bits - 1)
    distance = half - 1 + half  # masks the sign
    digit_bits = _DIGIT if bits.size > _MANY else _SHORT_DIGIT
    counts = np.zeros((2, 1 << digit_bits), dtype=np.int64)
    # Per sign, or for all at the place of the positive ones: how many are still to be
    # marked among the floats that begin with `prefix` (-1: it is settled), and the
    # distance below which all are marked.
    left = np.zeros(2, dtype=np.int64)
    prefix = np.zeros(2, dtype=np.int64)
    limit = np.zeros(2, dtype=np.int64)
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
            limit[sign] = prefix[sign] << shift
            if counts[sign, digit] == left[sign]:
                # All of them go, so that their other digits do not matter.
                limit[sign] += np.int64(1) << shift
                left[sign] = 0
                prefix[sign] = -1
        known = shift
    for sign in range(2):
        if limit[sign] >= below:
            limit[sign] = below
            left[sign] = 0
    limit_positive, limit_negative = limit
    for i in range(bits.size):
        here = limit_negative if by_sign and bits[i] < 0 else limit_positive
        marked[i] = (bits[i] & distance) < here
    if left[0] == 0 and left[1] == 0:
        return
    for i in range(bits.size):
        sign = np.int64(by_sign and bits[i] < 0)
        if left[sign] > 0 and (bits[i] & distance) == limit[sign]:
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
