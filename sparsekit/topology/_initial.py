"""Where the first connections lie."""

import numpy as np

from sparsekit.topology._sampling import sample_distinct


def random_topology(
    n_in: int, n_out: int, n_connections: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw exactly `n_connections` positions, uniformly and without replacement.

    Parameters
    ----------
    n_in, n_out : int
        Size of the layer.
    n_connections : int
        At most ``n_in * n_out``.
    rng : numpy.random.Generator

    Returns
    -------
    indptr : ndarray of shape (n_out + 1,), int64
    indices : ndarray of shape (n_connections,)
        Sorted within each row; int32 where `n_in` allows.
    """
    positions = sample_distinct(n_in * n_out, n_connections, rng)
    index_type = np.int32 if n_in <= np.iinfo(np.int32).max else np.int64
    row_starts = np.arange(n_out + 1, dtype=np.int64) * n_in
    indptr = np.searchsorted(positions, row_starts)
    return indptr.astype(np.int64), (positions % n_in).astype(index_type)


def connect_idle_neurons(
    fan_in: np.ndarray,
    indptr: np.ndarray,
    indices: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Let connections read neurons that have inputs rather than neurons that have none.

    In a small or very sparse network many hidden neurons have inputs and no output, or
    outputs and no input, and neither kind computes anything. Connections that read a
    neuron without inputs move to neurons whose output nobody reads, as far as there
    are any. Where every neuron has inputs, nothing changes.

    Parameters
    ----------
    fan_in : ndarray of shape (n_in,)
        Connections into each neuron that the layer reads.
    indptr : ndarray of shape (n_out + 1,)
    indices : ndarray of shape (n_connections,)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_connections,)
        The new indices, sorted within each row; the number of connections of every
        row is unchanged. Complexity: O(n_connections log n_connections) if anything
        moves.
    """
    lost = np.flatnonzero(fan_in[indices] == 0)
    fan_out = np.bincount(indices, minlength=fan_in.size)
    idle = np.flatnonzero((fan_in > 0) & (fan_out == 0))
    count = min(lost.size, idle.size)
    if count == 0:
        return indices
    indices = indices.copy()
    indices[rng.permutation(lost)[:count]] = rng.permutation(idle)[:count]
    rows = np.repeat(np.arange(indptr.size - 1), np.diff(indptr))
    return indices[np.lexsort((indices, rows))]
