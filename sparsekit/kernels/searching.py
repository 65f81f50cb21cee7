"""Binary search in a part of an array."""

from sparsekit.kernels._jit import inlined_kernel


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
