"""The optimizer: learning rate, constants and what it remembers."""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Self

import numpy as np

from sparsekit.kernels._structs import OptimizerArrays, OptimizerConfig
from sparsekit.kernels.optimizer import ADAM, SGD

_MOST_AGES = 100_000

_LARGEST_LOG = math.log(sys.float_info.max)


def has_velocity(solver: str) -> bool:
    """Return whether a solver remembers a velocity and no second moment."""
    return solver in ("sgd", "sgdw")


@dataclass
class LearningRate:
    """Learning rate over the epochs of one fit.

    Parameters
    ----------
    schedule : {"constant", "invscaling", "adaptive"} or callable
        "invscaling" divides the initial rate by ``t ** power_t``, where ``t`` counts
        the samples seen; "adaptive" divides the rate by 5 whenever `plateau` is called.
        A callable gets the fraction of `max_iter` epochs that is done and returns what
        the initial rate is multiplied by.
    initial : float
    power_t : float
    max_iter : int
    n_drops : int, default=0
        How often "adaptive" has divided the rate.
    """

    schedule: str | Callable[[float], float]
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
        if callable(self.schedule):
            factor = self.schedule(min(epoch / self.max_iter, 1.0))
            if not isinstance(factor, Real) or not 0 <= factor < math.inf:
                raise ValueError(
                    "learning_rate must return a finite number that is not negative; "
                    f"got {factor!r}."
                )
            return self.initial * float(factor)
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
        decoupled = self.solver in ("adamw", "sgdw")
        return OptimizerConfig(
            kind=SGD if has_velocity(self.solver) else ADAM,
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

    def age_factors(self, dtype: np.dtype) -> np.ndarray:
        """Return the bias corrections of Adam after 0, 1, 2, ... steps.

        That of a step is ``sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t)``. The last one is
        1 but for the rounding of single precision, or that of 100,000 steps.
        """
        slowest = max(self.beta_1, self.beta_2)
        n_steps = 1
        if slowest > 0:
            n_steps = math.ceil(math.log(1e-8) / math.log(slowest))
        ages = np.arange(1, min(n_steps, _MOST_AGES) + 1)
        factors = np.sqrt(1.0 - self.beta_2**ages) / (1.0 - self.beta_1**ages)
        return np.concatenate([factors[:1], factors]).astype(dtype)


@dataclass
class OptimizerState:
    """What the optimizer remembers: moments parallel to the parameters, and steps.

    Parameters
    ----------
    weight_first, weight_second, bias_first, bias_second : ndarray
        Of weights and biases: velocity (SGD) or first moment (Adam, AdamW), and second
        moment, which is empty for SGD.
    weight_born : ndarray of int32
        The step after which the moments of each weight began, where the bias correction
        counts from there; otherwise empty, and it counts from the first step.
    step : int
        Steps taken.
    """

    weight_first: np.ndarray
    weight_second: np.ndarray
    bias_first: np.ndarray
    bias_second: np.ndarray
    weight_born: np.ndarray
    step: int = 0

    @classmethod
    def zeros(cls, network, solver, counts_steps=False) -> Self:
        """Return the state before the first step."""
        n_second = 0 if has_velocity(solver) else 1
        return cls(
            np.zeros_like(network.weights),
            np.zeros(network.weights.size * n_second, dtype=network.dtype),
            np.zeros_like(network.biases),
            np.zeros(network.biases.size * n_second, dtype=network.dtype),
            np.zeros(network.weights.size * counts_steps, dtype=np.int32),
        )

    def copy(self) -> Self:
        """Return a state with arrays of its own."""
        return type(self)(
            self.weight_first.copy(),
            self.weight_second.copy(),
            self.bias_first.copy(),
            self.bias_second.copy(),
            self.weight_born.copy(),
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
            self.weight_born[connections if self.weight_born.size else slice(0)],
            self.step,
        )

    def count_steps(self, counts: bool) -> None:
        """Count the steps of each weight from now on, or those of all together."""
        if counts and not self.weight_born.size:
            self.weight_born = np.zeros(self.weight_first.size, dtype=np.int32)
        elif not counts:
            self.weight_born = self.weight_born[:0]

    def to_dict(self):
        """Return everything by name: all that a copy needs."""
        return dict(vars(self))

    def weight_moments(self):
        """Return the arrays that belong to connections, by name."""
        moments = {"weight_first": self.weight_first}
        if self.weight_second.size:
            moments["weight_second"] = self.weight_second
        return moments

    def arrays(
        self, network, frozen=None, born=None, age_factors=None
    ) -> OptimizerArrays:
        """Return what the kernels take, with a buffer for the gradient of the biases.

        Parameters
        ----------
        network : SparseNetwork
        frozen : ndarray of bool or None, default=None
            Weights that keep their value, see `Protection.frozen_weights`.
        born, age_factors : ndarray or None, default=None
            `weight_born` in the order of training, and `Optimizer.age_factors`.
        """
        return OptimizerArrays(
            self.weight_first,
            self.weight_second,
            np.empty_like(network.biases),
            self.bias_first,
            self.bias_second,
            frozen,
            born,
            age_factors,
        )
