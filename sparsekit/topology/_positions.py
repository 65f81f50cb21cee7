"""Sets of positions: random ones, and those that have ever had a connection."""

import numpy as np

from sparsekit.kernels.sampling import draw_subset
from sparsekit.kernels.selection import add_explored, positions_of

# Positions that are remembered one by one; beyond that, a random sample of them is.
# They are stored with the network and take half a megabyte at most.
BUDGET = 2**16


def sample_distinct(population: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `size` distinct integers from ``range(population)``, sorted.

    Every subset has the same probability. Above half of the population the complement
    is drawn. Time and memory are O(size), whatever the population;
    ``Generator.choice`` may allocate all of it.

    Parameters
    ----------
    population : int
    size : int
        At most `population`.
    rng : numpy.random.Generator
        Gives the seed of the compiled loop that draws.

    Returns
    -------
    ndarray of shape (size,), int64
    """
    seed = rng.integers(2**64, dtype=np.uint64)
    return draw_subset(seed, population, size)


def draw_seeds(count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw the seeds that as many calls of `sample_distinct` would take."""
    if isinstance(rng.bit_generator, np.random.PCG64):  # of 64 bits each
        return rng.bit_generator.random_raw(count)
    return rng.integers(2**64, size=count, dtype=np.uint64)


class Exploration:
    """Count the positions that have ever had a connection, layer by layer.

    The fraction of all positions that have ever had one is the in-time
    over-parameterisation rate of Liu et al., "Do we actually need dense
    over-parameterization?", ICML 2021, equation 1.

    Positions are remembered exactly while there are few. Above the budget only those
    are remembered whose hash falls into a half, then a quarter, ... of all hashes, and
    their number is scaled up (adaptive sampling, Flajolet 1990): with 2**16 remembered
    positions the relative error is about 0.5 %.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per level.
    exact : bool, default=False
        Whether all positions are remembered, however many.
    state : dict or None, default=None
        What `to_dict` returned, to continue from there.

    Attributes
    ----------
    rates : ndarray of shape (n_layers,)
        Fraction of the positions of each layer that ever had a connection, as of the
        last addition.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Exploration
    >>> exploration = Exploration([2, 3, 1])
    >>> exploration.add(np.array([0, 4, 2]), np.array([0, 2, 3]))
    >>> exploration.add(np.array([4, 5, 2]), np.array([0, 2, 3]))
    >>> exploration.rates.round(2)
    array([0.5 , 0.33])
    """

    def __init__(self, sizes, *, exact=False, state=None) -> None:
        spans = np.asarray(sizes[:-1], np.int64) * np.asarray(sizes[1:], np.int64)
        self.starts = np.concatenate([[0], np.cumsum(spans)])
        self.exact = exact
        self.rates = np.zeros(spans.size)
        self._seen, self._n_halvings = np.empty(0, dtype=np.int64), 0
        if state is not None:
            # A copy: what comes from a file may not be writable, see `read_only`.
            self._seen = np.array(state["seen"], dtype=np.int64)
            self._n_halvings = int(state["halvings"])

    def __repr__(self):
        return f"Exploration({self.rates.size} layers, exact={self.exact})"

    def to_dict(self):
        """Return the state, from which a copy can be made.

        Returns
        -------
        dict
            The remembered positions, and how they were chosen.
        """
        return {"seen": self._seen, "halvings": self._n_halvings}

    def add_layers(self, layers):
        """Add all connections of a network, without a copy of their positions.

        Parameters
        ----------
        layers : list of Layer
        """
        n_new, positions = 0, []
        for layer in layers:
            n_new += layer.indices.size
        while not self.exact and n_new >> self._n_halvings > BUDGET:
            self._n_halvings += 1  # until so many fit into the budget
        for layer, first in zip(layers, self.starts[:-1], strict=True):
            positions.append(
                positions_of(
                    layer.indptr, layer.indices, layer.n_in, first, self._n_halvings
                )
            )
        self.add(np.concatenate(positions), np.cumsum([0, *map(len, positions)]))

    def add(self, positions, ends):
        """Add new connections.

        Parameters
        ----------
        positions : ndarray of int64
            ``row * n_in + column`` of those of all layers, one layer after another;
            sorted and distinct within each.
        ends : ndarray of shape (n_layers + 1,), int64
            Where those of each layer end, from 0 on.
        """
        self._merge(positions, ends)
        while not self.exact and self._seen.size > BUDGET:
            self._n_halvings += 1
            self._merge(positions[:0], np.zeros_like(ends))

    def _merge(self, positions, ends):
        merged = np.empty(self._seen.size + positions.size, dtype=np.int64)
        n_kept = add_explored(
            self._seen,
            self.starts,
            positions,
            ends,
            self._n_halvings,
            merged,
            self.rates,
        )
        # Of a sample, most of the array is left over.
        self._seen = merged[:n_kept].copy() if self._n_halvings else merged[:n_kept]

    def positions(self):
        """Return the remembered positions of each layer.

        Returns
        -------
        list of ndarray of int64
            ``row * n_in + column``, sorted.
        """
        parts = np.split(self._seen, np.searchsorted(self._seen, self.starts[1:-1]))
        return [part - first for part, first in zip(parts, self.starts, strict=False)]
