"""The optimizer: learning rate, constants and what it remembers."""

import math
import sys
from dataclasses import dataclass
from typing import Self

import numpy as np

from sparsekit.kernels._structs import OptimizerArrays, OptimizerConfig
from sparsekit.kernels.optimizer import ADAM, SGD

_LARGEST_LOG = math.log(sys.float_info.max)


@dataclass
class LearningRate:
    """Learning rate over the epochs of one fit.

    Parameters
    ----------
    schedule : {"constant", "invscaling", "adaptive", "cosine"}
        "invscaling" divides the initial rate by ``t ** power_t``, where ``t`` counts
        the samples seen; "adaptive" divides the rate by 5 whenever `plateau` is called;
        "cosine" goes from the initial rate to zero in half a period over `max_iter`
        epochs.
    initial : float
    power_t : float
    max_iter : int
    n_drops : int, default=0
        How often "adaptive" has divided the rate.
    """

    schedule: str
    initial: float
    power_t: float
    max_iter: int
    n_drops: int = 0

    def at(self, epoch: int, n_seen: int) -> float:
        """Return the rate of the epoch number `epoch`, after `n_seen` samples."""
        if self.schedule == "invscaling":
            # A power beyond the largest number would raise, or as an integer grow.
            if self.power_t * math.log1p(n_seen) > _LARGEST_LOG:
                return 0.0
            return self.initial / (n_seen + 1) ** self.power_t
        if self.schedule == "cosine":
            progress = min(epoch / self.max_iter, 1.0)
            return self.initial * 0.5 * (1.0 + math.cos(math.pi * progress))
        return self.initial / 5.0**self.n_drops

    def plateau(self) -> bool:
        """Tell that progress has stopped; return whether training should, too."""
        if self.schedule != "adaptive" or self.initial / 5.0**self.n_drops <= 1e-6:
            return True
        self.n_drops += 1
        return False


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

    def config(self, rate: float, dtype: np.dtype) -> OptimizerConfig:
        """Return what the kernels take, for one learning rate."""
        decoupled = self.solver == "adamw"
        return OptimizerConfig(
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


@dataclass
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

    weight_first: np.ndarray
    weight_second: np.ndarray
    bias_first: np.ndarray
    bias_second: np.ndarray
    step: int = 0

    @classmethod
    def zeros(cls, network, solver) -> Self:
        """Return the state before the first step."""
        n_second = 0 if solver == "sgd" else 1
        return cls(
            np.zeros_like(network.weights),
            np.zeros(network.weights.size * n_second, dtype=network.dtype),
            np.zeros_like(network.biases),
            np.zeros(network.biases.size * n_second, dtype=network.dtype),
        )

    def copy(self) -> Self:
        """Return a state with arrays of its own."""
        return type(self)(
            self.weight_first.copy(),
            self.weight_second.copy(),
            self.bias_first.copy(),
            self.bias_second.copy(),
            self.step,
        )

    def of_parts(self, neurons, connections) -> Self:
        """Return the state of some neurons and connections, given as masks."""
        has_second = self.weight_second.size > 0
        return type(self)(
            self.weight_first[connections],
            self.weight_second[connections if has_second else slice(0)],
            self.bias_first[neurons],
            self.bias_second[neurons if has_second else slice(0)],
            self.step,
        )

    def to_dict(self):
        """Return everything by name: all that a copy needs."""
        return dict(vars(self))

    def weight_moments(self):
        """Return the arrays that belong to connections, by name."""
        moments = {"weight_first": self.weight_first}
        if self.weight_second.size:
            moments["weight_second"] = self.weight_second
        return moments

    def arrays(self, network, frozen=None) -> OptimizerArrays:
        """Return what the kernels take, with a buffer for the gradient of the biases.

        Parameters
        ----------
        network : SparseNetwork
        frozen : ndarray of bool or None, default=None
            Weights that keep their value, see `Protection.frozen_weights`.
        """
        return OptimizerArrays(
            self.weight_first,
            self.weight_second,
            np.empty_like(network.biases),
            self.bias_first,
            self.bias_second,
            frozen,
        )
