"""How much memory a network takes in training, told before any of it is taken."""

import numpy as np

from sparsekit._utils._available_memory import available_bytes
from sparsekit.network import suggest_format

# Bytes per connection, beside the arrays of a network: while the connections of a layer
# are drawn and sorted, and while all are ranked to be dropped.
_DRAWING, _RANKING = 24, 32

_INDEX = 4


def check_memory(sizes, counts, dtype, solver, resizes):
    """Raise MemoryError if a network is larger than the memory that is available.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per level.
    counts : sequence of int
        Connections per layer, where they are most.
    dtype : numpy.dtype
    solver : str
    resizes : bool
        Whether rewirings change the number of connections.
    """
    needed = training_bytes(sizes, counts, dtype, solver, resizes)
    available = available_bytes()
    if needed <= available:
        return
    layers = ", ".join(
        f"{int(count):,} of {n_in:,} x {n_out:,}"
        for count, n_in, n_out in zip(counts, sizes[:-1], sizes[1:], strict=True)
    )
    raise MemoryError(
        f"The network needs about {needed / 1e9:.1f} GB of memory and "
        f"{available / 1e9:.1f} GB are available. Its layers have {layers} connections "
        "when training begins. Raise sparsity, lower hidden_layer_sizes or, where a "
        "method begins with more connections than it keeps, choose another method or "
        "density_schedule."
    )


def training_bytes(sizes, counts, dtype, solver, resizes):
    """Return about how many bytes the connections take at the peak; see `check_memory`.

    It is the largest of what is held while connections are drawn, in a step, and while
    a rewiring makes another network of this one. Rows, activations and what strategies
    look at beside the weights are left out.
    """
    counts = np.asarray(counts, dtype=np.int64)
    n, item = int(counts.sum()), np.dtype(dtype).itemsize
    parameters = item + _INDEX
    stored = parameters + item * (1 if solver == "sgd" else 2)
    drawing = n * parameters + int(counts.max()) * _DRAWING
    step = n * stored
    for number, count in enumerate(counts.tolist()):
        n_in, n_out = sizes[number : number + 2]
        if suggest_format(n_in, n_out, density=count / (n_in * n_out)) == "dense":
            # A gradient and, unless the weights lie as a matrix does, these as one.
            step += n_in * n_out * item * (1 if count == n_in * n_out else 2)
        elif (
            number > 0
        ):  # the first layer sends nothing back, and has no index by input
            step += count * (2 * _INDEX + item)
    resizing = n * (2 * stored + _RANKING) if resizes else 0
    return max(drawing, step, resizing)
