"""How many inputs a network reads while it loses those that matter least."""

import numpy as np

from sparsekit.topology._contract import Number

# Parameters of what drops inputs and of what lets others grow, which go together.
ALLOWED = {
    "n_inputs": Number(1, whole=True),
    "end": Number(0, 1, closed="right"),
    "exchange": Number(0, 1),
}


def active_inputs(layer, kept):
    """Return which inputs have one of the connections `kept`, bool of shape (n_in,)."""
    return np.bincount(layer.indices[kept], minlength=layer.n_in) > 0


def n_active_at(layer, n_inputs, end, count):
    """Return how many inputs a first layer of `count` connections is to read now.

    All at first, and linearly fewer until the share `end` of the training. They have as
    many positions as there are connections at least.
    """
    if layer.progress is None:
        raise ValueError(
            "The number of inputs follows the progress of the training, and "
            "layer.progress is None."
        )
    least = min(max(n_inputs, -(-count // layer.n_out)), layer.n_in)
    left = max(0.0, 1.0 - layer.progress / end)
    return least + int(np.floor((layer.n_in - least) * left))


def n_exchanged_at(layer, n_active, end, exchange):
    """Return how many of these inputs are exchanged for others."""
    left = max(0.0, 1.0 - layer.progress / end)
    return min(int(exchange * left * n_active), layer.n_in - n_active)
