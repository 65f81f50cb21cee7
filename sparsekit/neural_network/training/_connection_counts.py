"""How many connections each layer has: in the end, and on the way of a schedule."""

import inspect

import numpy as np

from sparsekit.neural_network._warnings import warn_user
from sparsekit.topology import apportion, check_counts, density_at, n_layers_sharing

# Density for ``sparsity="auto"``, and the inputs that a hidden neuron then has at
# least, on average. With fewer, many neurons of a narrow table have no input or no
# output.
AUTO_DENSITY = 0.05
INPUTS_PER_NEURON = 4


def auto_sparsity(sizes, *, dense_output=False):
    """Return the sparsity that ``sparsity="auto"`` stands for.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per level.
    dense_output : bool, default=False
        Whether the sparsity is that of the hidden layers alone.

    Returns
    -------
    float in [0, 1)
        95 %, or as much less as it takes for four inputs per hidden neuron and, where
        it counts, all connections of the output layer.
    """
    needed = INPUTS_PER_NEURON * sum(sizes[1:-1])
    positions = int(np.dot(sizes[:-1], sizes[1:]))
    if dense_output:
        positions -= sizes[-2] * sizes[-1]
    else:
        needed += sizes[-2] * sizes[-1]
    return 1.0 - min(1.0, max(AUTO_DENSITY, needed / max(positions, 1)))


class ConnectionCounts:
    """The connections of each layer at any time of the training.

    Parameters
    ----------
    strategies : Strategies
    sizes : sequence of int
        Neurons per level.

    Attributes
    ----------
    final : ndarray of int64, one number per layer
        As the allocation divides what `sparsity` leaves.
    n_sharing : int
        How many of the first layers share `sparsity`, and the density of a schedule:
        all but a dense output.
    """

    def __init__(self, strategies, sizes) -> None:
        sizes, allocation = list(map(int, sizes)), strategies.allocation
        self.positions = np.multiply(sizes[:-1], sizes[1:])
        self.n_sharing = n_layers_sharing(allocation, self.positions.size)
        sparsity = strategies.sparsity
        if sparsity == "auto":
            dense_output = self.n_sharing < self.positions.size
            sparsity = auto_sparsity(sizes, dense_output=dense_output)

        def divided(sparsity):
            return check_counts(allocation, sizes, allocation.counts(sizes, sparsity))

        self.final = divided(sparsity)
        self.schedule = strategies.density_schedule
        if self.schedule is not None:
            self.final_density = self._density_of(self.final)
            density = density_at(self.schedule, self.final_density, 0.0)
            # Not below the final ones, whatever is rounded.
            start = divided(1.0 - max(self.final_density, density))
            self.more_at_start = np.maximum(start - self.final, 0)

    def _density_of(self, counts):
        n_positions = int(self.positions[: self.n_sharing].sum())
        return int(counts[: self.n_sharing].sum()) / max(n_positions, 1)

    def at(self, progress):
        """Return the connections of each layer at a fraction of the training.

        Parameters
        ----------
        progress : float
            In [0, 1].

        Returns
        -------
        ndarray of int64, one number per layer
            Without a density schedule the final ones. Otherwise each layer goes from
            its own number at the start, by the allocation at the density of the start,
            to its own final one: the excess over the final ones falls by the same
            factor in all layers (largest remainders). An allocation that ignores the
            density has the excess where there is room.
        """
        if self.schedule is None:
            return self.final
        density = density_at(self.schedule, self.final_density, progress)
        room = self.positions - self.final
        n_positions = int(self.positions[: self.n_sharing].sum())
        n_more = round(density * n_positions) - int(self.final[: self.n_sharing].sum())
        n_more = min(max(n_more, 0), int(room.sum()))
        none = np.zeros_like(room)
        return self.final + apportion(self.more_at_start, n_more, none, room)


def may_have(strategies, sizes, n_connections):
    """Return whether training may go on with so many connections.

    On the way of a density schedule that is any number from the one in the end.
    """
    n_final = int(ConnectionCounts(strategies, sizes).final.sum())
    if strategies.density_schedule is None:
        return n_connections == n_final
    return n_connections >= n_final


def warn_if_overridden(estimator, sparsity, counts):
    """Warn if `sparsity` was set and the allocation makes another one.

    Parameters
    ----------
    estimator : BaseSparseMLP
    sparsity : float or "auto"
        What is asked for.
    counts : ConnectionCounts
    """
    if sparsity == "auto":
        return
    n = counts.n_sharing
    n_positions = int(counts.positions[:n].sum())
    n_connections = int(counts.final[:n].sum())
    # Each layer may be rounded.
    if abs(n_connections - (1.0 - sparsity) * n_positions) <= n:
        return
    known = inspect.signature(type(estimator)).parameters.get("sparsity")
    if known is not None and sparsity != known.default:
        warn_user(
            f"sparsity={sparsity} has no effect: with this allocation the sparsity is "
            f"{1.0 - n_connections / n_positions:.4g}. Leave sparsity out, or choose "
            "an allocation that follows it."
        )
