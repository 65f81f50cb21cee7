"""What new connections begin with: their weights and moments."""

import numpy as np

from sparsekit.network._build import WEIGHT_INITS, weight_limits
from sparsekit.network._optimizer import has_velocity

# Standard deviation of the weights that SET gives to new connections.
_SET_DEVIATION = 0.1


class Beginning:
    """What new connections begin with, where that is not zero.

    Parameters
    ----------
    weights : {"zero", "normal", "gradient", "history"} or one of `WEIGHT_INITS`
        One of `WEIGHT_INITS`: drawn as in `draw_weights`, by the fans after the
        rewiring. "normal": N(0, 0.1 ** 2). "gradient": where the first step of the
        solver would lead from zero, on the rows that strategies are told. "history":
        the weight that the connection had when it was dropped last; zero if it is new.
    moments : {"zero", "per_connection_step", "layer_mean"}
        "layer_mean": the second moment is the mean of the layer's other connections.
        "per_connection_step" is the matter of `OptimizerState.weight_born`.
    optimizer : Optimizer
    learning_rate : float
        For "gradient".
    memory : list of (positions, weights), one per layer, or None, default=None
        For "history": what earlier rewirings dropped, sorted by position.
    """

    def __init__(self, weights, moments, optimizer, learning_rate, memory=None) -> None:
        self.weights = weights
        self.moments = moments
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.memory = memory

    @property
    def needs(self) -> frozenset[str]:
        """Names of the fields of `Layer` that it needs."""
        if self.weights == "gradient":
            return frozenset({"values", "deltas"})
        return frozenset()

    def before(self, network, plan):
        """Take note of the weights that a rewiring is about to drop."""
        if self.weights != "history":
            return
        nothing = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=network.dtype)
        known = self.memory or [nothing] * network.n_layers
        self.memory = []
        for number, (layer, (positions, weights)) in enumerate(
            zip(network.layers(), known, strict=True), start=1
        ):
            places = np.flatnonzero(plan.dropped[network.connections(number)])
            gone = layer.positions()[places]
            stays = ~np.isin(positions, gone, assume_unique=True)
            positions = np.concatenate([positions[stays], gone])
            weights = np.concatenate([weights[stays], layer.weights[places]])
            order = np.argsort(positions)
            self.memory.append((positions[order], weights[order]))

    def after(self, network, state, layers, change, rng):
        """Set weights and moments of the new connections, in place.

        Parameters
        ----------
        network : SparseNetwork
        state : OptimizerState
            Of the network after the change.
        layers : list of Layer
            As the strategies got them: what they were told holds for any position.
        change : Change
        rng : numpy.random.Generator
        """
        limits = None
        if self.weights in WEIGHT_INITS:
            limits = weight_limits(network, self.weights)
        for number, (layer, grown) in enumerate(
            zip(network.layers(), change.grown, strict=True), start=1
        ):
            mine = network.connections(number)
            places = np.searchsorted(layer.positions(), grown)
            if self.moments == "layer_mean" and state.weight_second.size:
                _take_mean(state.weight_second[mine], places)
            weights = network.weights[mine]
            if limits is not None:
                draws = rng.random(grown.size, dtype=network.dtype)
                weights[places] = (2 * draws - 1) * limits[number - 1][places]
            elif self.weights == "normal":
                weights[places] = rng.normal(0.0, _SET_DEVIATION, grown.size)
            elif self.weights == "gradient":
                gradients = layers[number - 1].gradients_at(grown)
                weights[places] = self._first_step(gradients)
            elif self.weights == "history":
                weights[places] = _remembered(*self.memory[number - 1], grown)

    def _first_step(self, gradients):
        """Return where a step of the solver leads from a weight and moments of zero."""
        if has_velocity(self.optimizer.solver):
            nesterov = self.optimizer.nesterovs_momentum
            reach = 1.0 + self.optimizer.momentum if nesterov else 1.0
            return -self.learning_rate * reach * gradients
        # Both moments, corrected, are the gradient itself.
        sizes = np.abs(gradients) + self.optimizer.epsilon
        return -self.learning_rate * gradients / sizes


def _take_mean(second, places):
    """Give the second moments at `places` the mean of the others."""
    n_others = second.size - places.size
    if n_others:
        second[places] = 0
        second[places] = second.sum(dtype=np.float64) / n_others


def _remembered(positions, weights, wanted):
    """Return the weights of the wanted positions, zero for those not among them."""
    if not positions.size:
        return np.zeros(wanted.size, dtype=weights.dtype)
    places = np.minimum(np.searchsorted(positions, wanted), positions.size - 1)
    return np.where(positions[places] == wanted, weights[places], 0)
