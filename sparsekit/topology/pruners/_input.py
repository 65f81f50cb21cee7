"""Pruner of input neurons."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import Strategy, check_parameters_of, needs_of
from sparsekit.topology._input_schedule import (
    ALLOWED,
    active_inputs,
    n_active_at,
    n_exchanged_at,
)
from sparsekit.topology._layer import Layer
from sparsekit.topology._selection import mark_lowest
from sparsekit.topology.pruners._magnitude import MagnitudePruner


class InputPruner(Strategy):
    """Drop all connections of the inputs that matter least, more and more of them.

    The strength of an input is the sum of the absolute weights of its connections. The
    weakest lose them all, so that the number of inputs that the network reads falls
    linearly from all to `n_inputs`; of the others, a falling share is exchanged: as
    many of them lose their connections as :class:`InputGrower` lets others grow. Then
    another pruner chooses among the connections that are left, of all layers. Together
    they are NeuroFS, see :class:`sparsekit.neural_network.NeuroFSSelector`.

    Parameters
    ----------
    n_inputs : int, default=50
        Inputs that are read in the end; more, if the connections need more positions.
    end : float, default=0.65
        Share of the training in which the number falls, in (0, 1].
    exchange : float, default=0.2
        Share of the inputs exchanged at first, in [0, 1]. It falls linearly to 0.
    pruner : object with `select` or None, default=None
        Chooses single connections. None means :class:`MagnitudePruner`.

    Notes
    -----
    Complexity: O(connections + n_in) beside the other pruner.

    References
    ----------
    Atashgahi et al., "Supervised feature selection with neuron evolution in sparse
    neural networks", Transactions on Machine Learning Research, 2023, figure 1: neurons
    are pruned, weights are pruned, neurons regrow, weights grow. The 65 % and 20 % are
    the authors' settings; the linear course is chosen here.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import InputPruner, Layer
    >>> weights = np.array([0.1, 5.0, 0.2, 3.0])
    >>> layer = Layer(np.array([0, 4]), np.arange(4), weights, n_in=4, progress=1.0)
    >>> pruner = InputPruner(n_inputs=4)
    >>> pruner.select(layer, 0.5, np.random.default_rng(0))
    array([ True, False,  True, False])
    """

    scope = "layers"
    _allowed: ClassVar[dict] = ALLOWED

    def __init__(
        self,
        n_inputs: int = 50,
        end: float = 0.65,
        exchange: float = 0.2,
        pruner=None,
    ):
        self.n_inputs = n_inputs
        self.end = end
        self.exchange = exchange
        self.pruner = pruner

    @property
    def needs(self):
        """Names of the fields of `Layer` that are needed."""
        return needs_of(self._inner()) | {"progress"}

    def check_parameters(self) -> None:
        """Raise ValueError or TypeError if a parameter has a value not allowed."""
        super().check_parameters()
        inner = self._inner()
        if isinstance(inner, type) or not hasattr(inner, "select"):
            raise TypeError(
                "InputPruner: pruner must be an object with `select`, such as "
                f"MagnitudePruner(), or None; got {inner!r}."
            )
        check_parameters_of(inner)

    def select(
        self, layer: Layer, fraction: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose connections of a first layer, see :meth:`select_network`."""
        return self.select_network([layer], fraction, rng)[0]

    def select_network(
        self,
        layers: Sequence[Layer],
        fraction: float | Sequence[float],
        rng: np.random.Generator,
    ) -> list[np.ndarray]:
        """Choose the connections to drop in all layers.

        Parameters
        ----------
        layers : sequence of Layer
            All layers of a network, first layer first.
        fraction : float or array-like of float
            In [0, 1], of all layers or of each; passed on to `pruner`.
        rng : numpy.random.Generator

        Returns
        -------
        list of ndarray of bool
            For each layer, True where a connection is dropped: more than `fraction` of
            the first layer while inputs go.

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed, or the progress of the
            training is not known.
        TypeError
            If `pruner` is not an object with `select`.
        """
        self.check_parameters()
        inner = self._inner()
        shares = np.broadcast_to(fraction, len(layers)).tolist()
        masks = [
            np.zeros(layer.indices.size, dtype=bool)
            if layer.is_fixed
            else inner.select(layer, share, rng)
            for layer, share in zip(layers, shares, strict=True)
        ]
        if shares[0] > 0:
            masks[0] = masks[0] | self._of_weak_inputs(layers[0])
        return masks

    def _of_weak_inputs(self, layer):
        """Return which connections belong to the inputs that are dropped."""
        count = layer.indices.size
        active = np.flatnonzero(active_inputs(layer, np.ones(count, dtype=bool)))
        wanted = n_active_at(layer, self.n_inputs, self.end, count)
        n_kept = wanted - n_exchanged_at(layer, wanted, self.end, self.exchange)
        sizes = np.abs(layer.weights, dtype=np.float64)
        strengths = np.bincount(layer.indices, sizes, minlength=layer.n_in)[active]
        is_weak = np.zeros(layer.n_in, dtype=bool)
        n_weak = max(active.size - n_kept, 0)
        is_weak[active[mark_lowest(strengths, n_weak)]] = True
        return is_weak[layer.indices]

    def _inner(self):
        return MagnitudePruner() if self.pruner is None else self.pruner
