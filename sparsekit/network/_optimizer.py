"""Settings and state of the optimizer."""

from dataclasses import dataclass

import numpy as np

from sparsekit.kernels._structs import Rule, Slots
from sparsekit.kernels.optimizer import ADAM, SGD


@dataclass(frozen=True)
class Optimizer:
    """Which optimizer, and its constants; names as in the estimators."""

    solver: str
    alpha: float
    momentum: float = 0.9
    nesterovs_momentum: bool = True
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8

    def rule(self, rate: float, dtype: np.dtype) -> Rule:
        """Return what the kernels take, for one learning rate."""
        decoupled = self.solver == "adamw"
        return Rule(
            kind=SGD if self.solver == "sgd" else ADAM,
            rate=float(rate),
            momentum=float(self.momentum),
            nesterov=int(self.nesterovs_momentum),
            beta_1=float(self.beta_1),
            beta_2=float(self.beta_2),
            epsilon=float(self.epsilon),
            l2=0.0 if decoupled else float(self.alpha),
            decay=float(self.alpha) if decoupled else 0.0,
            tiny=float(np.finfo(dtype).tiny) * 2.0**24,
        )


class OptimizerState:
    """What the optimizer remembers: moments parallel to the parameters, and steps.

    Parameters
    ----------
    weight_first, weight_second, bias_first, bias_second : ndarray
        Of weights and biases: velocity (SGD) or first moment (Adam, AdamW), and second
        moment, which is empty for SGD.
    step : int
        Steps taken.
    """

    _MOMENTS = ("weight_first", "weight_second", "bias_first", "bias_second")

    def __init__(self, weight_first, weight_second, bias_first, bias_second, step=0):
        self.weight_first = weight_first
        self.weight_second = weight_second
        self.bias_first = bias_first
        self.bias_second = bias_second
        self.step = step

    @classmethod
    def zeros(cls, network, solver):
        """Return the state before the first step."""
        n_second = 0 if solver == "sgd" else 1
        return cls(
            np.zeros_like(network.weights),
            np.zeros(network.weights.size * n_second, dtype=network.dtype),
            np.zeros_like(network.biases),
            np.zeros(network.biases.size * n_second, dtype=network.dtype),
        )

    def copy(self):
        """Return a state with arrays of its own."""
        moments = (getattr(self, name).copy() for name in self._MOMENTS)
        return OptimizerState(*moments, self.step)

    def of_parts(self, neurons, connections):
        """Return the state of some neurons and connections, given as masks."""
        parts = {
            name: getattr(self, name)[
                connections if name.startswith("weight_") else neurons
            ]
            if getattr(self, name).size
            else getattr(self, name).copy()
            for name in self._MOMENTS
        }
        return OptimizerState(**parts, step=self.step)

    def to_dict(self):
        """Return everything by name: all that a copy needs."""
        moments = {name: getattr(self, name) for name in self._MOMENTS}
        return {**moments, "step": self.step}

    def weight_moments(self):
        """Return the arrays that belong to connections, by name."""
        names = ("weight_first", "weight_second")
        return {name: getattr(self, name) for name in names if getattr(self, name).size}

    def slots(self, network):
        """Return what the kernels take, with room for the gradient of the biases."""
        return Slots(
            self.weight_first,
            self.weight_second,
            np.empty_like(network.biases),
            self.bias_first,
            self.bias_second,
        )
