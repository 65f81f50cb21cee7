"""The connections nearest to zero, without sorting."""

import numpy as np

from sparsekit.kernels._jit import inner_kernel, kernel
from sparsekit.kernels._lanes import item, put

# Bits of a weight that one pass looks at: seven passes see all 63.
_DIGIT = 9


@inner_kernel
def _key(weight):
    """Return bits that are ordered as the absolute values are, and the sign."""
    bits = np.float64(weight).view(np.int64)
    return bits & np.int64(0x7FFFFFFFFFFFFFFF), np.int64(bits < 0)


@inner_kernel
def _settle(histogram, wanted, prefix):
    """Find the digit in which the last wanted connection lies.

    Returns the prefix with that digit, how many are wanted of those that have it, and
    how many have it.
    """
    below = 0
    for digit in range(histogram.size):
        if below + histogram[digit] >= wanted:
            return (prefix << _DIGIT) + digit, wanted - below, histogram[digit]
        below += histogram[digit]
    return prefix << _DIGIT, 0, 0


@kernel
def nearest_to_zero(weights, fraction):
    """Mark, of each sign, the share `fraction` of weights nearest to zero.

    Numbers are rounded down; of equal weights the first ones are marked. A radix
    selection on the bits of the numbers, from the top: a pass counts how many weights
    have each digit after the digits that are settled.
    Two or three passes settle most layers.

    Returns
    -------
    ndarray of bool, shape (n_connections,)
        Complexity: O(n_connections), whatever the weights.
    """
    n_digits = 1 << _DIGIT
    prefix = np.zeros(2, np.int64)
    wanted = np.zeros(2, np.int64)
    having = np.zeros(2, np.int64)
    histogram = np.empty(2 * n_digits, np.int64)
    shift = 63
    settled = False
    while shift > 0 and not settled:
        shift -= _DIGIT
        histogram[:] = 0
        for k in range(weights.size):
            key, sign = _key(item(weights, k))
            if key >> (shift + _DIGIT) == item(prefix, sign):
                digit = sign * n_digits + ((key >> shift) & (n_digits - 1))
                put(histogram, digit, item(histogram, digit) + 1)
        if shift + _DIGIT == 63:
            for sign in range(2):
                digits = histogram[sign * n_digits : (sign + 1) * n_digits]
                wanted[sign] = np.int64(fraction * digits.sum())
        settled = True
        for sign in range(2):
            digits = histogram[sign * n_digits : (sign + 1) * n_digits]
            prefix[sign], wanted[sign], having[sign] = _settle(
                digits, wanted[sign], prefix[sign]
            )
            settled &= wanted[sign] == 0 or wanted[sign] == having[sign]

    marked = np.empty(weights.size, np.bool_)
    for k in range(weights.size):
        key, sign = _key(item(weights, k))
        leading = key >> shift
        mark = leading < item(prefix, sign)
        if leading == item(prefix, sign) and wanted[sign] > 0:
            wanted[sign] -= 1
            mark = True
        marked[k] = mark
    return marked
