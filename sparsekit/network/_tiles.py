"""How many samples travel side by side, and where in memory."""

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


# The longest vector registers, and the lines of the caches, have this many bytes.
_LINE = 64


def room_for_tiles(size, dtype):
    """Return an array of `size` numbers for tiles, not filled.

    It begins where a line of the cache does, and so does then every tile in it. Arrays
    that numpy allocates begin within a line, so that each load of 16 lanes touches two:
    epochs take 1.1 times as long with 16 lanes, and 1.1 to 1.5 times with 64.
    """
    dtype = np.dtype(dtype)
    n_bytes = size * dtype.itemsize
    room = np.empty(n_bytes + _LINE, dtype=np.uint8)
    begin = -room.ctypes.data % _LINE
    return room[begin : begin + n_bytes].view(dtype)
