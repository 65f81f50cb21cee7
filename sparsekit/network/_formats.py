"""Which format is fastest for a layer while it trains: the cost model, in one place."""

import numpy as np

from sparsekit.kernels._structs import BY_INPUT, BY_ROW, DENSE, STORED

# Density from which a dense matrix and BLAS are faster than CSR, and the density that
# needs no copy of the weights for it. Layers of 1000 x 1000 and 2000 x 2000, batches of
# 32 to 128 rows: the two are level at 0.55 to 0.67; small layers, at 0.7 to 0.9.
DENSE_FROM = 0.65

# Positions below which calling BLAS takes longer than the work.
DENSE_POSITIONS = 4096

# Share of stored entries below which the first layer visits these only. A vector unit
# takes an entry of a tile many times as fast as a loop takes a stored one.
STORED_BELOW = 0.03


def layer_format(number, n_in, n_out, n_connections, stored_share=1.0):
    """Return the fastest format for a layer.

    Parameters
    ----------
    number : int
        From 1; the first layer needs no gradient of its inputs.
    n_in, n_out, n_connections : int
    stored_share : float
        Share of the inputs' entries that is stored; 1 for dense inputs.

    Returns
    -------
    int
        BY_ROW, BY_INPUT, DENSE or STORED.
    """
    if number == 1 and stored_share < STORED_BELOW:
        return STORED
    positions = n_in * n_out
    if positions >= DENSE_POSITIONS and n_connections >= DENSE_FROM * positions:
        return DENSE
    return BY_ROW if number == 1 else BY_INPUT


def layer_formats(network, samples):
    """Return the format of each layer, shape (L + 1,); entry 0 is not used."""
    formats = np.zeros(network.sizes.size, dtype=np.int64)
    for number in range(1, network.n_layers + 1):
        n_in, n_out = int(network.sizes[number - 1]), int(network.sizes[number])
        mine = network.connections(number)
        formats[number] = layer_format(
            number, n_in, n_out, mine.stop - mine.start, stored_share(samples)
        )
    return formats


def stored_share(samples):
    """Return the share of the entries of `samples` that is stored."""
    if not samples.fill.size:
        return 1.0
    n_rows = samples.indptr.size - 1
    return samples.data.size / max(1, n_rows * samples.fill.size)
