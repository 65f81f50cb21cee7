"""Hidden neurons of an untrained network without inputs or outputs."""

import numpy as np


def connect_idle_neurons(
    fan_in: np.ndarray,
    indptr: np.ndarray,
    indices: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Move connections from neurons without inputs to neurons without outputs.

    In a small or very sparse network many hidden neurons have inputs but no outputs, or
    outputs but no inputs, and do not contribute to the result. A connection that reads
    a neuron without inputs is moved to one that has inputs and no outputs, as long as
    there is one. If every neuron has inputs, nothing changes.

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
        row is unchanged. Complexity: O(n_connections log n_connections) if any is
        moved.

    Examples
    --------
    The second neuron has no inputs, and the third one no outputs:

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
