"""Grower at the inputs that the network reads."""

from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import Number
from sparsekit.topology._input_schedule import ALLOWED, active_inputs, n_active_at
from sparsekit.topology._layer import Layer
from sparsekit.topology._selection import mark_highest
from sparsekit.topology.growers._base import BaseGrower
from sparsekit.topology.growers._gradient import GradientGrower


class InputGrower(BaseGrower):
    """Add connections at the inputs that are read, and let some others be read.

    In the first layer as many inputs without connections become active as
    :class:`InputPruner` leaves room for, those where the gradient of the loss at some
    position is largest in magnitude. All new connections then grow at active inputs,
    where the gradient is largest, as in the other layers.

    Parameters
    ----------
    n_inputs : int, default=50
        Inputs that are read in the end, see :class:`InputPruner`.
    end : float, default=0.65
        Share of the training in which their number falls, in (0, 1].
    candidates : float or None, default=3.0
        Positions at which the gradient is computed, for each new connection, see
        :class:`GradientGrower`, and for each input that may become active. None means
        all.

    Notes
    -----
    Complexity: O(n_connections + (n_in + count) * candidates * samples).

    References
    ----------
    Atashgahi et al., 2023, see :class:`InputPruner`: inputs and connections are added
    by the gradient.

    Examples
    --------
    Only the second input is read, and half of the training is done:

    >>> import numpy as np
    >>> from sparsekit.topology import InputGrower, Layer
    >>> layer = Layer(np.array([0, 1, 1]), np.array([1]), np.ones(1), n_in=3)
    >>> layer = layer._replace(
    ...     input_rates=np.ones(3),
    ...     progress=1.0,
    ...     values=np.ones((1, 3, 1)),
    ...     deltas=np.ones((1, 2, 1)),
    ... )
    >>> grower = InputGrower(n_inputs=1)
    >>> grower.select(layer, np.array([False]), 1, np.random.default_rng(0))
    array([4])
    """

    # Only the first layer knows how often its inputs are observed.
    needs = frozenset({"values", "deltas", "input_rates", "progress"})

    _allowed: ClassVar[dict] = {
        "n_inputs": ALLOWED["n_inputs"],
        "end": ALLOWED["end"],
        "candidates": Number(1, or_none=True),
    }

    def __init__(
        self,
        n_inputs: int = 50,
        end: float = 0.65,
        candidates: float | None = 3.0,
    ):
        self.n_inputs = n_inputs
        self.end = end
        self.candidates = candidates

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        self.check_parameters()
        by_gradient = GradientGrower(self.candidates)
        if layer.input_rates is None or not count:
            return by_gradient.select(layer, dropped, count, rng)
        active = active_inputs(layer, ~dropped)
        n_after = int(np.count_nonzero(~dropped)) + count
        wanted = n_active_at(layer, self.n_inputs, self.end, n_after)
        n_more = max(wanted - int(np.count_nonzero(active)), 0)
        first = self._first_of_others(layer, np.flatnonzero(~active), n_more, rng)
        first = first[:count]
        active[first % layer.n_in] = True
        rest = self._at(layer, dropped, active, first, count - first.size, rng)
        return np.sort(np.concatenate([first, rest]))

    def _first_of_others(self, layer, others, n_more, rng):
        """Return a position at each of the `n_more` inputs that become active."""
        n_drawn = layer.n_out
        if self.candidates is not None:
            n_drawn = int(min(np.ceil(self.candidates), layer.n_out))
        if n_drawn == layer.n_out:
            rows = np.tile(np.arange(layer.n_out), (others.size, 1))
        else:
            rows = rng.integers(layer.n_out, size=(others.size, n_drawn))
        positions = rows * layer.n_in + others[:, np.newaxis]
        sizes = np.abs(layer.gradients_at(positions.ravel())).reshape(rows.shape)
        best = np.argmax(sizes, axis=1) if others.size else np.zeros(0, dtype=np.int64)
        at = np.arange(others.size)
        chosen = mark_highest(sizes[at, best], min(n_more, others.size), rng)
        return positions[at, best][chosen]

    def _at(self, layer, dropped, active, taken, count, rng):
        """Return `count` free positions at active inputs, but for those `taken`."""
        columns = np.flatnonzero(active)
        new_name = np.cumsum(active) - 1
        rows, kept = np.divmod(
            np.sort(np.concatenate([layer.positions()[~dropped], taken])), layer.n_in
        )
        narrow = layer._replace(
            indptr=np.searchsorted(rows, np.arange(layer.n_out + 1)),
            indices=new_name[kept].astype(layer.indices.dtype),
            weights=np.zeros(kept.size, dtype=layer.weights.dtype),
            n_in=columns.size,
            values=np.ascontiguousarray(layer.values[:, columns]),
            input_rates=None,
            protected=None,
        )
        stay = np.zeros(kept.size, dtype=bool)
        found = GradientGrower(self.candidates).select(narrow, stay, count, rng)
        rows, at = np.divmod(found, columns.size)
        return rows * layer.n_in + columns[at]
