"""Where the first connections lie."""

from collections.abc import Mapping

import numpy as np
from sklearn.base import BaseEstimator

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
        Where the connections of each output neuron start and end.
    indices : ndarray of shape (n_connections,)
        Sorted within each row; int32 where `n_in` allows.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology._initial import random_topology
    >>> indptr, indices = random_topology(50, 20, 100, np.random.default_rng(0))
    >>> indptr.size, int(indptr[-1]), indices.size
    (21, 100, 100)
    """
    positions = sample_distinct(n_in * n_out, n_connections, rng)
    return rows_of(positions, n_in, n_out)


def rows_of(
    positions: np.ndarray, n_in: int, n_out: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return sorted positions ``row * n_in + column`` in CSR by output neuron.

    Returns
    -------
    indptr : ndarray of shape (n_out + 1,), int64
        Where the connections of each output neuron start and end.
    indices : ndarray of shape (len(positions),)
        int32 where `n_in` allows. Complexity: O(positions + n_out log positions).
    """
    row_starts = np.arange(n_out + 1, dtype=np.int64) * n_in
    indptr = np.searchsorted(positions, row_starts)
    return indptr.astype(np.int64), (positions % n_in).astype(index_type(n_in))


def index_type(n_in: int) -> type[np.signedinteger]:
    """Return the type of the indices of a layer with `n_in` inputs."""
    return np.int32 if n_in <= np.iinfo(np.int32).max else np.int64


class RandomTopology(BaseEstimator):
    """Every set of positions is as probable as any other: an Erdos-Renyi graph.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import RandomTopology
    >>> indptr, indices = RandomTopology().draw(4, 3, 5, np.random.default_rng(0))
    >>> indptr
    array([0, 1, 2, 5])
    """

    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, np.ndarray | None] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw the connections of a layer.

        Parameters
        ----------
        n_in, n_out : int
            Size of the layer.
        count : int
            Number of connections, at most ``n_in * n_out``.
        rng : numpy.random.Generator
        facts : mapping or None, default=None
            Not used.

        Returns
        -------
        indptr : ndarray of shape (n_out + 1,), int64
            Where the connections of each output neuron start and end.
        indices : ndarray of shape (count,)
            Sorted within each row, without duplicates. Complexity: O(count + n_out).
        """
        return random_topology(n_in, n_out, count, rng)


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
