"""How many samples travel side by side."""

import numpy as np

from sparsekit.kernels._lanes import lanes_of

_WIDTHS = (16, 32, 64)


def lanes_for(n_rows, dtype):
    """Return the lanes for batches of `n_rows`: the narrowest that hold them, up to 64.

    A wider tile spreads the cost of reading a connection over more samples; 64 single
    precision lanes with their partners in the backward pass still fit the registers.

    Returns
    -------
    (token, int)
        The token for the kernels, and the number of lanes.
    """
    width = next((w for w in _WIDTHS if w >= n_rows), _WIDTHS[-1])
    return lanes_of(np.dtype(dtype), width), width
