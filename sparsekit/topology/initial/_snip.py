"""Initial topology by the sensitivity of the loss."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import Number
from sparsekit.topology._layer import Layer
from sparsekit.topology._selection import mark_lowest
from sparsekit.topology.initial._base import BaseInitialTopology
from sparsekit.topology.initial._random import RandomTopology


class SNIPTopology(BaseInitialTopology):
    """The most sensitive connections of a larger random sample (SNIP).

    The sensitivity of a connection is ``|w g|``, its weight times the gradient of the
    loss: the change of the loss, to first order, if it is removed. As an initial
    topology knows neither weights nor data, this takes three steps: a network is built
    with :meth:`candidate_counts` connections, which :meth:`draw` places at random; the
    gradients are computed on some samples; :meth:`keep` chooses the connections.

    Parameters
    ----------
    candidates : float, default=3.0
        Random connections for each one that is kept, at least 1. With as many as there
        are positions this is SNIP on a whole layer.

    References
    ----------
    Lee et al., "SNIP: single-shot network pruning based on connection sensitivity",
    ICLR 2019, equations 4 to 6. There all connections are candidates, in a dense
    network, and compete across layers; here a random sample of them, within each
    layer, so that memory is proportional to the number of connections.

    Examples
    --------
    >>> from sparsekit.topology import SNIPTopology
    >>> SNIPTopology(candidates=3.0).candidate_counts([30, 100, 2], [300, 100])
    array([900, 200])
    """

    needs = frozenset({"values", "deltas"})

    _allowed: ClassVar[dict] = {"candidates": Number(1, closed="left")}

    def __init__(self, candidates: float = 3.0):
        self.candidates = candidates

    def candidate_counts(
        self, sizes: Sequence[int], counts: Sequence[int]
    ) -> np.ndarray:
        """Return the number of candidates of each layer.

        Parameters
        ----------
        sizes : sequence of int
            Neurons per level, inputs first, outputs last.
        counts : sequence of int
            Connections to keep in each layer.

        Returns
        -------
        ndarray of shape (len(sizes) - 1,), int64
            ``candidates * counts``, rounded and at most all positions.

        Raises
        ------
        ValueError
            If `candidates` is less than 1.
        """
        self.check_parameters()
        levels = np.asarray(sizes, dtype=np.int64)
        wanted = np.rint(self.candidates * np.asarray(counts)).astype(np.int64)
        return np.minimum(wanted, levels[:-1] * levels[1:])

    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, np.ndarray | None] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw the candidates of a layer, as :class:`RandomTopology` does."""
        return RandomTopology().draw(n_in, n_out, count, rng)

    def keep(self, layer: Layer, count: int) -> np.ndarray:
        """Choose the connections to keep.

        Parameters
        ----------
        layer : Layer
            The candidates, with `values` and `deltas`.
        count : int
            At most as many as there are candidates.

        Returns
        -------
        ndarray of bool, shape (n_connections,)
            True for the `count` connections with the largest ``|w g|``; of equal ones
            for the first. Complexity: O(n_connections * samples).

        Raises
        ------
        ValueError
            If `values` or `deltas` is None.
        """
        sensitivity = np.abs(layer.weights * layer.gradients_at(layer.positions()))
        return mark_lowest(-sensitivity, count)
