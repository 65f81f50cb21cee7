"""Initial topologies of network science: small-world and scale-free graphs."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from sparsekit.kernels.topologies import attach_preferentially
from sparsekit.kernels.wiring import free_positions
from sparsekit.topology._contract import Number
from sparsekit.topology._positions import sample_distinct
from sparsekit.topology.initial._base import BaseInitialTopology
from sparsekit.topology.initial._random import rows_of


class SmallWorld(BaseInitialTopology):
    """A bipartite small-world graph: a ring lattice, randomly rewired.

    Inputs and outputs are evenly spaced on the same ring: input `j` at
    ``(j + 1/2) / n_in`` of its length, output `i` at ``(i + 1/2) / n_out``. Every
    output connects to its nearest inputs, their numbers differing by at most one; of
    two inputs equally near, the one that follows comes first. Neighbouring outputs
    then share inputs, so that inputs whose order has a meaning, such as time, frequency
    or the pixels of a row, are read by windows. Each of these connections is removed
    with the probability `beta`, and as many are drawn uniformly from all positions that
    are then free.

    Parameters
    ----------
    beta : float, default=0.25
        Probability of rewiring in [0, 1]: 0 is the regular lattice, 1 is
        :class:`RandomTopology`.

    Notes
    -----
    Complexity: O(count log count + n_out).

    References
    ----------
    Zhang et al., "Brain network science modelling of sparse neural networks enables
    Transformers and LLMs to perform as fully connected", arXiv 2501.19107, appendix D,
    "bipartite small-world model", after Watts and Strogatz, Nature 393, 1998. There
    each neuron of both levels chooses neighbours, and connections chosen from both ends
    count once; here only the outputs choose, which makes the number of connections
    exact and spreads them nearly as evenly over the inputs.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import SmallWorld
    >>> rng = np.random.default_rng(0)
    >>> indptr, indices = SmallWorld(beta=0.0).draw(6, 3, 9, rng)
    >>> indices.reshape(3, 3)
    array([[0, 1, 2],
           [2, 3, 4],
           [0, 4, 5]], dtype=int32)
    """

    _allowed: ClassVar[dict] = {"beta": Number(0, 1)}

    def __init__(self, beta: float = 0.25):
        self.beta = beta

    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, np.ndarray | None] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        self.check_parameters()
        positions = _lattice(n_in, n_out, count)
        indptr, indices = rows_of(positions, n_in, n_out)
        if self.beta == 0:
            return indptr, indices
        removed = rng.random(count) < self.beta
        n_removed = int(np.count_nonzero(removed))
        ranks = sample_distinct(n_in * n_out - count + n_removed, n_removed, rng)
        drawn = free_positions(indptr, indices, n_in, removed, ranks)
        positions = np.sort(np.concatenate([positions[~removed], drawn]))
        return rows_of(positions, n_in, n_out)


def _lattice(n_in, n_out, count):
    """Return the positions, sorted, of `count` connections to the nearest inputs.

    The fan-in of the rows is spread evenly. A window of f inputs from `start` on has
    its middle at ``start + f / 2``, which is to lie within half an input of that of the
    output, ``(row + 1/2) * n_in / n_out``.
    """
    rows = np.arange(n_out + 1, dtype=np.int64)
    indptr = rows * count // n_out
    fan_in = np.diff(indptr)
    rows = rows[:-1]
    starts = ((2 * rows + 1) * n_in - fan_in * n_out + n_out) // (2 * n_out)
    rows = np.repeat(rows, fan_in)
    steps = np.arange(count, dtype=np.int64) - indptr[rows]
    return np.sort(rows * n_in + (starts[rows] + steps) % n_in)


class ScaleFree(BaseInitialTopology):
    """A bipartite scale-free graph, grown by preferential attachment.

    The ``n_in + n_out`` neurons are added in random order, each with an equal number of
    connections. These lead to neurons of the other level that were added before, drawn
    one after another with a probability proportional to 1 + their number of
    connections. Early neurons become hubs: the fraction of the neurons of a level with
    k connections falls about as k to the power ``-(1 + (n_in + n_out) / n_other)``,
    where `n_other` is the size of the other level. For levels of equal size that is -3,
    as in the graphs of Barabasi and Albert; of two unequal levels the smaller one has
    the larger hubs.

    Notes
    -----
    Complexity: O(count log count + n_in + n_out).

    References
    ----------
    Barabasi and Albert, "Emergence of scaling in random networks", Science 286, 1999.
    Zhang et al., arXiv 2501.19107, appendix D, "bipartite scale-free model", draws such
    a graph of all neurons and then moves the connections within a level to the other
    one. Here the graph is bipartite from the start, and the number of connections is
    exact.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import ScaleFree
    >>> rng = np.random.default_rng(0)
    >>> indptr, indices = ScaleFree().draw(1000, 1000, 8000, rng)
    >>> np.diff(indptr).max() > 50
    np.True_
    """

    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, np.ndarray | None] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        seed = rng.integers(2**64, dtype=np.uint64)
        arrivals = rng.permutation(n_in + n_out)
        positions = attach_preferentially(seed, arrivals, n_in, count)
        return rows_of(np.sort(positions), n_in, n_out)
