"""Sets of positions: random ones, and those that have ever had a connection."""

from itertools import pairwise

import numpy as np

from sparsekit.kernels.sampling import draw_distinct

# Positions that are remembered one by one; beyond that, a random sample of them is.
# They are stored with the network and take half a megabyte at most.
BUDGET = 2**16

# Positions looked at at a time, so that a large network needs no copy of them.
_CHUNK = 2**16

# Fibonacci hashing: 2**64 divided by the golden ratio, odd.
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


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
    if 2 * size > population:
        absent = sample_distinct(population, population - size, rng)
        present = np.ones(population, dtype=bool)
        present[absent] = False
        return np.flatnonzero(present)
    seed = rng.integers(2**64, dtype=np.uint64)
    return draw_distinct(seed, population, size)


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

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Exploration
    >>> exploration = Exploration([2, 3, 1])
    >>> exploration.add([np.array([0, 4]), np.array([2])])
    >>> exploration.add([np.array([4, 5]), np.array([2])])
    >>> exploration.flush()
    >>> exploration.rates().round(2)
    array([0.5 , 0.33])
    """

    def __init__(self, sizes, *, exact=False, state=None) -> None:
        spans = np.asarray(sizes[:-1], np.int64) * np.asarray(sizes[1:], np.int64)
        self.ends = np.concatenate([[0], np.cumsum(spans)])
        self.exact = exact
        self._seen = np.empty(0, dtype=np.int64)
        self._halvings = 0
        self._pending: list[np.ndarray] = []
        self._n_pending = 0
        if state is not None:
            self._seen, self._halvings = state["seen"], int(state["halvings"])

    def __repr__(self):
        return f"Exploration({self.ends.size - 1} layers, exact={self.exact})"

    def to_dict(self):
        """Return the state, from which a copy can be made.

        Returns
        -------
        dict
            The remembered positions, and how they were chosen.
        """
        self.flush()
        return {"seen": self._seen, "halvings": self._halvings}

    def add(self, positions, callback=None):
        """Add new connections.

        Parameters
        ----------
        positions : list of ndarray of int64, one per layer
            ``row * n_in + column``, sorted and distinct.
        callback : callable or None, default=None
            Called with the rates that include these positions, once they are counted.
            Counting needs a sort and is put off until the rates are needed or many
            positions have accumulated.
        """
        n_new, keys = sum(map(len, positions)), []
        while not self.exact and n_new >> self._halvings > BUDGET:
            self._halvings += 1  # until so many fit into the budget
        for here, first in zip(positions, self.ends[:-1], strict=True):
            for at in range(0, here.size, _CHUNK):
                keys.append(self._sampled(here[at : at + _CHUNK] + first))
        self._pending.append((np.concatenate([self._seen[:0], *keys]), callback))
        self._n_pending += self._pending[-1][0].size
        if self.exact or self._n_pending > BUDGET:
            self.flush()

    def add_layers(self, layers):
        """Add all connections of a network, without a copy of their positions.

        Parameters
        ----------
        layers : list of Layer
        """
        n_new, keys = 0, []
        for layer in layers:
            n_new += layer.indices.size
        while not self.exact and n_new >> self._halvings > BUDGET:
            self._halvings += 1
        for layer, first in zip(layers, self.ends[:-1], strict=True):
            indptr = layer.indptr
            cuts = np.searchsorted(indptr, np.arange(0, indptr[-1], _CHUNK))
            for begin, end in pairwise(np.unique([0, *cuts, indptr.size - 1])):
                rows = np.repeat(
                    np.arange(begin, end), np.diff(indptr[begin : end + 1])
                )
                columns = layer.indices[indptr[begin] : indptr[end]]
                keys.append(self._sampled(rows * layer.n_in + columns + first))
        self._pending.append((np.concatenate(keys), None))
        self._n_pending += self._pending[-1][0].size

    def flush(self):
        """Count the positions that were added, and call the callbacks."""
        pending, self._pending, self._n_pending = self._pending, [], 0
        self._seen = self._sampled(self._seen)
        for keys, callback in pending:
            # Sorted and distinct already: a set operation of numpy takes far longer.
            keys = self._sampled(keys)
            known = np.append(self._seen, -1)[np.searchsorted(self._seen, keys)]
            self._seen = np.concatenate([self._seen, keys[known != keys]])
            self._seen.sort(kind="stable")
            while not self.exact and self._seen.size > BUDGET:
                self._halvings += 1
                self._seen = self._sampled(self._seen)
            if callback is not None:
                callback(self.rates())

    def _sampled(self, keys):
        if not self._halvings:
            return keys
        hashes = keys.astype(np.uint64) * _MULTIPLIER
        return keys[hashes >> np.uint64(64 - self._halvings) == 0]

    def rates(self):
        """Return the fraction of the positions of each layer that were ever connected.

        Returns
        -------
        ndarray of shape (n_layers,)
            In [0, 1].
        """
        counts = np.diff(np.searchsorted(self._seen, self.ends))
        return np.minimum(counts * 2.0**self._halvings / np.diff(self.ends), 1.0)

    def positions(self):
        """Return the remembered positions of each layer.

        Returns
        -------
        list of ndarray of int64
            ``row * n_in + column``, sorted.
        """
        self.flush()
        at = np.searchsorted(self._seen, self.ends)
        return [
            self._seen[begin:end] - first
            for begin, end, first in zip(at[:-1], at[1:], self.ends[:-1], strict=True)
        ]
