"""Hidden neurons of an untrained network that compute nothing."""

import numpy as np


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
        Where the connections of each output neuron start and end.
    indices : ndarray of shape (n_connections,)
        Input neuron of each connection, sorted within each row.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_connections,)
        The new indices, sorted within each row; the number of connections of every
        row is unchanged. Complexity: O(n_connections log n_connections) if anything
        moves.

    Examples
    --------
    The second neuron has no input, the third one no reader yet:

    >>> import numpy as np
    >>> from sparsekit.topology import connect_idle_neurons
    >>> fan_in, rng = np.array([2, 0, 1]), np.random.default_rng(0)
    >>> connect_idle_neurons(fan_in, np.array([0, 2]), np.array([0, 1]), rng)
    array([0, 2])
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
