"""Growers that choose at random."""

import numpy as np

from sparsekit.kernels.sampling import draw_by_column
from sparsekit.kernels.wiring import free_positions
from sparsekit.topology._layer import Layer
from sparsekit.topology._positions import sample_distinct
from sparsekit.topology.growers._base import BaseGrower


class RandomGrower(BaseGrower):
    """Add connections at free positions, uniformly at random.

    The positions of connections that were just dropped are free, too.

    Notes
    -----
    Complexity: O(n_connections + count).

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, RandomGrower
    >>> layer = Layer(np.array([0, 2, 4]), np.array([0, 1, 1, 2]), np.ones(4), n_in=3)
    >>> dropped, rng = np.array([True, False, False, False]), np.random.default_rng(0)
    >>> RandomGrower().select(layer, dropped, 3, rng)
    array([0, 2, 3])
    """

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        n_kept = dropped.size - int(np.count_nonzero(dropped))
        n_free = layer.n_in * (layer.indptr.size - 1) - n_kept
        ranks = sample_distinct(n_free, count, rng)
        return free_positions(layer.indptr, layer.indices, layer.n_in, dropped, ranks)


class ObservedGrower(BaseGrower):
    """Add connections at random, with a preference for inputs that are often observed.

    A connection from an input that is missing in most samples learns from few of them.
    Free positions are sampled one after another without replacement, with probabilities
    proportional to the rate at which their input is observed (``layer.input_rates``).
    Inputs that are never observed get connections only when no other position is free,
    uniformly at random. If all rates are equal, the result is that of
    :class:`RandomGrower`.

    Notes
    -----
    Complexity: O(n_connections + n_in + count log(n_in + count)), whatever the rates
    are: the column is drawn first. ``layer.input_rates`` of None means equal rates.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, ObservedGrower
    >>> layer = Layer(np.array([0, 1, 1]), np.array([0]), np.ones(1), n_in=4)
    >>> layer = layer._replace(input_rates=np.array([0.9, 0.0, 0.9, 0.0]))
    >>> dropped = np.array([False])
    >>> ObservedGrower().select(layer, dropped, 3, np.random.default_rng(0))
    array([2, 4, 6])
    """

    needs = frozenset({"input_rates"})

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        return _grown_by_rate("input_rates", layer, dropped, count, rng)


class OccurringGrower(BaseGrower):
    """Add connections at random, with a preference for inputs that are often not zero.

    Of a million hashed or one-hot columns most are zero in nearly all rows, or in all,
    and a connection from one of these learns nothing. Free positions are sampled one
    after another without replacement, with probabilities proportional to the rate at
    which their input is observed and not zero (``layer.nonzero_rates``). Inputs that
    never occur get connections only when no other position is free, uniformly at
    random. If all rates are equal, the result is that of :class:`RandomGrower`.

    Notes
    -----
    Complexity: O(n_connections + n_in + count log(n_in + count)), whatever the rates
    are: the column is drawn first. ``layer.nonzero_rates`` of None means equal rates.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, OccurringGrower
    >>> layer = Layer(np.array([0, 1, 1]), np.array([0]), np.ones(1), n_in=4)
    >>> layer = layer._replace(nonzero_rates=np.array([0.1, 0.0, 0.1, 0.0]))
    >>> dropped = np.array([False])
    >>> OccurringGrower().select(layer, dropped, 3, np.random.default_rng(0))
    array([2, 4, 6])
    """

    needs = frozenset({"nonzero_rates"})

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        return _grown_by_rate("nonzero_rates", layer, dropped, count, rng)


def _grown_by_rate(name, layer, dropped, count, rng):
    """Return positions in proportion to a rate of the inputs, a field of the layer."""
    given = getattr(layer, name)
    if given is None:
        return RandomGrower().select(layer, dropped, count, rng)
    rates = np.ascontiguousarray(given, dtype=np.float64)
    if rates.shape != (layer.n_in,) or not ((rates >= 0) & (rates <= 1)).all():
        raise ValueError(
            f"layer.{name} must be {layer.n_in} numbers in [0, 1], one for each input; "
            f"got {given!r}."
        )
    if (rates == rates[0]).all():
        return RandomGrower().select(layer, dropped, count, rng)
    seed = rng.integers(2**64, dtype=np.uint64)
    return np.sort(
        draw_by_column(seed, layer.indptr, layer.indices, dropped, rates, count)
    )


class UnfiredGrower(BaseGrower):
    """Add connections at random positions that have never been connected.

    As long as there are such positions, none is connected twice, so that training
    explores as many positions as possible. When there are too few, all of these get a
    connection, and the rest are drawn at random from the other free positions.

    Notes
    -----
    Complexity: O(explored + count log explored).

    References
    ----------
    Liu et al., "Do we actually need dense over-parameterization? In-time
    over-parameterization in sparse training", ICML 2021; the growth is called
    "random unfired" in the authors' code.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, UnfiredGrower
    >>> layer = Layer(np.array([0, 1, 1]), np.array([0]), np.ones(1), n_in=3)
    >>> layer = layer._replace(explored=np.array([0, 1, 3]))
    >>> dropped = np.array([False])
    >>> UnfiredGrower().select(layer, dropped, 3, np.random.default_rng(0))
    array([2, 4, 5])
    """

    needs = frozenset({"explored"})

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        explored = layer.explored
        if explored is None:
            raise ValueError(
                "UnfiredGrower needs the positions that have ever been connected, and "
                "layer.explored is None."
            )
        n_unfired = layer.n_in * layer.n_out - explored.size
        ranks = sample_distinct(n_unfired, min(count, n_unfired), rng)
        # The number of unfired positions before an explored one is the position minus
        # its rank among the explored ones.
        unfired_before = explored - np.arange(explored.size)
        unfired = ranks + np.searchsorted(unfired_before, ranks, side="right")
        if count <= n_unfired:
            return unfired
        fired = np.ones(explored.size, dtype=bool)
        fired[np.searchsorted(explored, layer.positions()[~dropped])] = False
        free = explored[fired]
        again = free[sample_distinct(free.size, count - n_unfired, rng)]
        return np.sort(np.concatenate([unfired, again]))
