"""Pruner that takes all inputs of neurons with few connections that matter."""

from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import AT_LEAST_1, Number, Strategy
from sparsekit.topology._layer import Layer
from sparsekit.topology._selection import mark_highest, mark_lowest, n_candidates
from sparsekit.topology.growers._random import RandomGrower


class AblationPruner(Strategy):
    """Drop all inputs of hidden neurons with few salient connections (SRigL).

    A connection is salient if pruning by magnitude keeps it, or if growth by gradient
    would choose its position. A neuron with fewer salient connections than a share of
    the mean fan-in is ablated: it loses all its inputs. The rest of the fraction are
    the smallest weights of the other neurons, of which each keeps its largest.

    Together with ``FanInGrower(fill_idle=False)``, which gives the connections to the
    remaining neurons, this is the method of the paper.

    Parameters
    ----------
    min_salient : float, default=0.3
        The share of the fan-in that must be salient ("gamma sal" in the paper), in
        [0, 1]; 0 ablates no neuron.
    candidates : float or None, default=3.0
        Free positions at which the gradient is looked at, for each connection that is
        dropped; see :class:`GradientGrower`.
    n_batches : int, default=1
        Number of batches on which the gradient is computed.

    Notes
    -----
    The neurons with the fewest salient connections are ablated first, as long as their
    inputs are no more than the fraction, and as long as the remaining neurons can take
    all connections of the layer: in the paper ablation comes on top of the fraction.
    Output neurons are never ablated. Complexity: O(n_connections log n_connections +
    candidates * samples).

    References
    ----------
    Lasby et al., "Dynamic sparse training with structured sparsity", ICLR 2024,
    section 3.1; 30 % is the paper's value for networks without attention.

    Examples
    --------
    The second of three neurons has small weights and no gradient:

    >>> import numpy as np
    >>> from sparsekit.topology import AblationPruner, Layer
    >>> weights = np.array([3.0, 1.0, 0.1, 0.2, 2.0, 4.0])
    >>> layer = Layer(np.array([0, 2, 4, 6]), np.array([0, 1] * 3), weights, n_in=4)
    >>> layer = layer._replace(
    ...     values=np.ones((1, 4, 1)), deltas=np.array([[[1.0], [0.0], [1.0]]])
    ... )
    >>> AblationPruner().select(layer, 0.5, np.random.default_rng(0))
    array([False,  True,  True,  True, False, False])
    """

    needs = frozenset({"values", "deltas", "number", "n_layers"})
    _allowed: ClassVar[dict] = {
        "min_salient": Number(0, 1),
        "candidates": Number(1, or_none=True),
        "n_batches": AT_LEAST_1,
    }

    def __init__(
        self,
        min_salient: float = 0.3,
        candidates: float | None = 3.0,
        n_batches: int = 1,
    ):
        self.min_salient = min_salient
        self.candidates = candidates
        self.n_batches = n_batches

    def select(
        self, layer: Layer, fraction: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the connections to drop.

        Parameters
        ----------
        layer : Layer
            With its `values` and `deltas`, and with `number` and `n_layers` to know
            the output layer.
        fraction : float
            In [0, 1]. Exactly ``floor(fraction * n_connections)`` are dropped.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of bool, shape (n_connections,)
            True where a connection is dropped.

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed, or the gradient is not
            known.
        """
        self.check_parameters()
        sizes = np.abs(layer.weights).astype(np.float64, copy=False)
        count = int(fraction * sizes.size)
        smallest = mark_lowest(sizes, count)
        if count == 0 or layer.is_output:
            return smallest
        salient = self._n_salient(layer, smallest, count, rng)
        fan_in = np.diff(layer.indptr)
        ablated = self._ablated(layer, salient, fan_in, count)
        rows = np.repeat(np.arange(layer.n_out), fan_in)
        sizes[_first_largest(sizes, layer.indptr)] = np.inf
        sizes[ablated[rows]] = -1.0
        return mark_lowest(sizes, count)

    def _n_salient(self, layer, smallest, count, rng):
        """Return the number of salient connections of each neuron."""
        rows = np.repeat(np.arange(layer.n_out), np.diff(layer.indptr))
        n_salient = np.bincount(rows[~smallest], minlength=layer.n_out)
        n_free = layer.n_free + count
        size = int(n_candidates(self.candidates, count, n_free))
        positions = RandomGrower().select(layer, smallest, size, rng)
        gradients = np.abs(layer.gradients_at(positions))
        best = positions[mark_highest(gradients, count, rng)]
        return n_salient + np.bincount(best // layer.n_in, minlength=layer.n_out)

    def _ablated(self, layer, salient, fan_in, count):
        """Return which neurons lose all their inputs."""
        active = np.flatnonzero(fan_in)
        weak = active[salient[active] < self.min_salient * fan_in[active].mean()]
        weak = weak[np.argsort(salient[weak], kind="stable")]
        n_needed = -(-layer.indices.size // layer.n_in)
        weak = weak[: max(active.size - n_needed, 0)]
        ablated = np.zeros(layer.n_out, dtype=bool)
        ablated[weak[np.cumsum(fan_in[weak]) <= count]] = True
        return ablated


def _first_largest(sizes, indptr):
    """Return the place of the largest of each row; of equal ones the first."""
    rows = np.repeat(np.arange(indptr.size - 1), np.diff(indptr))
    order = np.lexsort((-sizes, rows))
    return order[indptr[:-1][np.diff(indptr) > 0]]
