"""Learning rates that follow the progress of training."""

import math
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology import Number, check_allowed


class CosineDecay(BaseEstimator):
    """Learning rate that falls along half a cosine.

    Parameters
    ----------
    end : float, default=1.0
        Fraction of the training after which it has its final value, in (0, 1].
    final : float, default=0.0
        Final value relative to the initial one, in [0, 1].

    References
    ----------
    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR
    2017, equation 5, without restarts.

    Examples
    --------
    >>> from sparsekit.neural_network import CosineDecay
    >>> rate = CosineDecay(final=0.1)
    >>> [round(rate(progress), 2) for progress in (0, 0.5, 1)]
    [1.0, 0.55, 0.1]
    """

    _allowed: ClassVar[dict] = {
        "end": Number(0, 1, closed="right"),
        "final": Number(0, 1),
    }

    def __init__(self, end=1.0, final=0.0) -> None:
        self.end = end
        self.final = final

    def __call__(self, progress: float) -> float:
        """Return the learning rate relative to the initial one.

        Parameters
        ----------
        progress : float
            Fraction of the training that is done, in [0, 1].

        Returns
        -------
        float
            In [0, 1].

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed.
        """
        check_allowed(self, self._allowed)
        left = self._left(min(progress / self.end, 1.0))
        return self.final + (1.0 - self.final) * left

    def _left(self, done):
        """Return how much of the way down is left."""
        return 0.5 * (1.0 + math.cos(math.pi * done))


class LinearDecay(CosineDecay):
    """Learning rate that falls linearly.

    Parameters
    ----------
    end : float, default=1.0
        Fraction of the training after which it has its final value, in (0, 1].
    final : float, default=0.0
        Final value relative to the initial one, in [0, 1].

    Examples
    --------
    To one percent over the first 90 % of the epochs:

    >>> from sparsekit.neural_network import LinearDecay
    >>> rate = LinearDecay(end=0.9, final=0.01)
    >>> [round(rate(progress), 3) for progress in (0, 0.45, 0.9, 1)]
    [1.0, 0.505, 0.01, 0.01]
    """

    def _left(self, done):
        return 1.0 - done


class StepDecay(BaseEstimator):
    """Learning rate that is multiplied by a factor at some points of the training.

    Parameters
    ----------
    at : sequence of float, default=(0.5, 0.75)
        Fractions of the training, in [0, 1].
    factor : float, default=0.1
        In [0, 1].

    Examples
    --------
    >>> from sparsekit.neural_network import StepDecay
    >>> rate = StepDecay(factor=0.5)
    >>> [rate(progress) for progress in (0, 0.5, 0.9)]
    [1.0, 0.5, 0.25]
    """

    def __init__(self, at=(0.5, 0.75), factor=0.1) -> None:
        self.at = at
        self.factor = factor

    def __call__(self, progress: float) -> float:
        """Return the learning rate relative to the initial one, see `CosineDecay`."""
        check_allowed(self, {"factor": Number(0, 1)})
        if not np.iterable(self.at) or not all(0 <= x <= 1 for x in self.at):
            raise ValueError(f"StepDecay: at must be numbers in [0, 1]; got {self.at}.")
        return float(self.factor ** sum(progress >= x for x in self.at))


# By name.
LEARNING_RATES: dict[str, Any] = {
    "cosine": CosineDecay(),
    "linear": LinearDecay(),
    "step": StepDecay(),
}
