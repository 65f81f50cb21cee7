"""From a sparsity to the number of connections of each layer."""

from itertools import pairwise
from numbers import Real

import numpy as np

from sparsekit.topology._apportion import apportion


def shapes(sizes):
    """Return the numbers of inputs and of outputs of each layer."""
    levels = np.asarray(sizes)
    if not levels.size:
        raise ValueError("sizes is empty; it must hold the neurons of each level.")
    # Whole numbers beyond 64 bits are objects.
    if levels.ndim != 1 or levels.dtype.kind not in "iu" or (levels < 0).any():
        raise ValueError(f"sizes must be whole numbers of at least 0; got {sizes}.")
    whole = levels.tolist()
    if sum(a * b for a, b in pairwise(whole)) > np.iinfo(np.int64).max:
        raise ValueError(f"sizes={sizes} have more positions than 64 bits can count.")
    levels = levels.astype(np.int64)
    return levels[:-1], levels[1:]


def share_out(share, n_in, n_out, sparsity, dense_output):
    """Share the connections that `sparsity` leaves in proportion to `share`, exactly.

    With `dense_output` the last layer takes all its positions beforehand.
    """
    if not isinstance(sparsity, Real) or not 0 <= sparsity < 1:
        raise ValueError(f"sparsity must be a number in [0, 1); got {sparsity!r}.")
    positions = n_in * n_out
    goal = round((1.0 - sparsity) * int(positions.sum()))
    n_shared = share.size - 1 if dense_output else share.size
    rest = goal - int(positions[n_shared:].sum())
    if dense_output and rest < n_shared:
        raise ValueError(
            f"sparsity={sparsity} leaves {goal} connections, too few for a dense last "
            f"layer of {positions[-1]} and at least one in each other layer; use a "
            "lower sparsity or dense_output=False."
        )
    open_positions = positions[:n_shared]
    none = np.zeros(n_shared, dtype=np.int64)
    counts = apportion(share[:n_shared], rest, none, open_positions)
    counts = np.concatenate([counts, positions[n_shared:]])
    return without_gaps(counts, n_in, n_out, f"sparsity={sparsity}", "lower")


def without_gaps(counts, n_in, n_out, given, direction):
    """Return `counts`, or complain about a layer without a connection."""
    if (counts == 0).any():
        layer = int(np.argmin(counts))
        name = given.partition("=")[0]
        raise ValueError(
            f"{given} leaves layer {layer} ({n_in[layer]} x {n_out[layer]}) without a "
            f"connection; use a {direction} {name} or larger hidden_layer_sizes."
        )
    return counts
