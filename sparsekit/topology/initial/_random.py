"""Random initial topologies."""

from collections.abc import Mapping

import numpy as np

from sparsekit.kernels.topologies import draw_rows
from sparsekit.topology._selection import sample_distinct
from sparsekit.topology.initial._base import BaseInitialTopology


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
        indices = np.empty(count, dtype=index_type(n_in))
        draw_rows(rng.integers(2**64, dtype=np.uint64), n_in, indptr, indices)
        return indptr, indices
