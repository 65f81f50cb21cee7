"""Random initial topologies, and what is done about neurons that they leave idle."""

from collections.abc import Mapping

import numpy as np

from sparsekit.kernels.topologies import draw_rows
from sparsekit.topology._layer import Layer
from sparsekit.topology._positions import sample_distinct
from sparsekit.topology.growers._random import OccurringGrower
from sparsekit.topology.initial._base import BaseInitialTopology

_INT32_MAX = np.iinfo(np.int32).max


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
    index_type = np.int32 if n_in <= _INT32_MAX else np.int64
    return indptr.astype(np.int64), (positions % n_in).astype(index_type)


class RandomTopology(BaseInitialTopology):
    """Positions drawn uniformly at random: an Erdos-Renyi graph.

    Notes
    -----
    Complexity: O(count + n_out).

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
        positions = sample_distinct(n_in * n_out, count, rng)
        return rows_of(positions, n_in, n_out)


class OccurringTopology(BaseInitialTopology):
    """Random positions, with a preference for inputs that are often not zero.

    The first layer is drawn as :class:`OccurringGrower` draws: by the rate at which an
    input is observed and not zero. Inputs that never occur get connections only when
    all other positions have one. The other layers are those of
    :class:`RandomTopology`.

    Notes
    -----
    Complexity: O(n_in + n_out + count log(n_in + count)).

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import OccurringTopology
    >>> facts = {"nonzero_rates": np.array([0.0, 0.2, 0.0, 0.1])}
    >>> OccurringTopology().draw(4, 2, 4, np.random.default_rng(0), facts)[1]
    array([1, 3, 1, 3], dtype=int32)
    """

    needs = frozenset({"nonzero_rates"})

    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, np.ndarray | None] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        rates = None if facts is None else facts.get("nonzero_rates")
        no_row = np.zeros(n_out + 1, dtype=np.int64)
        index_type = np.int32 if n_in <= _INT32_MAX else np.int64
        empty = Layer(no_row, np.zeros(0, index_type), np.zeros(0), n_in)
        empty = empty._replace(nonzero_rates=rates)
        nothing = np.zeros(0, dtype=bool)
        positions = OccurringGrower().select(empty, nothing, count, rng)
        return rows_of(positions, n_in, n_out)


class ConstantFanIn(BaseInitialTopology):
    """The same number of random inputs for every output neuron.

    If the numbers do not divide, random neurons get one more. With a constant fan-in no
    neuron is without inputs at the start, and all have signals of the same scale.

    Notes
    -----
    Complexity: O(count + n_out).

    References
    ----------
    Lasby et al., "Dynamic sparse training with structured sparsity", ICLR 2024, which
    keeps the fan-in constant during training, too.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import ConstantFanIn
    >>> indptr, indices = ConstantFanIn().draw(9, 4, 11, np.random.default_rng(0))
    >>> sorted(np.diff(indptr).tolist())
    [2, 3, 3, 3]
    """

    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, np.ndarray | None] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        fan_in = np.full(n_out, count // n_out, dtype=np.int64)
        fan_in[rng.permutation(n_out)[: count % n_out]] += 1
        indptr = np.concatenate([[0], np.cumsum(fan_in)])
        indices = np.empty(count, np.int32 if n_in <= _INT32_MAX else np.int64)
        draw_rows(rng.integers(2**64, dtype=np.uint64), n_in, indptr, indices)
        return indptr, indices


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
