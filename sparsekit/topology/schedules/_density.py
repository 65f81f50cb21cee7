"""Schedules of the density of a network during training."""

import math
from typing import ClassVar

from sparsekit.topology._contract import (
    AT_LEAST_1,
    Number,
    Strategy,
    check_allowed,
)

_SHARE = Number(0, 1, closed="right")


class CubicDensity(Strategy):
    """Density that decreases along a cubic: fast at first, then ever more slowly.

    Parameters
    ----------
    initial : float, default=0.5
        Density at the start, in (0, 1]; 1 is gradual magnitude pruning of a dense
        network.
    begin : float, default=0.0
        Fraction of the training at which the density begins to fall, in [0, end).
    end : float, default=0.75
        Fraction of the training at which it reaches its final value, in (0, 1].

    References
    ----------
    Zhu & Gupta, "To prune, or not to prune", ICLR 2018 workshop (arXiv:1710.01878),
    equation 1; with regrowth in Liu et al., "Sparse training via boosting pruning
    plasticity with neuroregeneration" (GraNet), NeurIPS 2021.

    Examples
    --------
    >>> from sparsekit.topology import CubicDensity
    >>> schedule = CubicDensity(initial=0.9, end=0.8)
    >>> [round(schedule.density(0.1, progress), 2) for progress in (0, 0.4, 0.8)]
    [0.9, 0.2, 0.1]
    """

    _allowed: ClassVar[dict] = {"initial": _SHARE, "end": _SHARE}

    def __init__(self, initial=0.5, begin=0.0, end=0.75) -> None:
        self.initial = initial
        self.begin = begin
        self.end = end

    def density(self, final: float, progress: float) -> float:
        """Return the density now.

        Parameters
        ----------
        final : float
            Density at the end of the training, in (0, 1].
        progress : float
            Fraction of the training that is done, in [0, 1].

        Returns
        -------
        float
            In (0, 1].

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed.
        """
        self.check_parameters()
        done = _fraction_done(progress, self.begin, self.end)
        return _between(final, self.initial, (1.0 - done) ** 3)

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter has a value that is not allowed."""
        super().check_parameters()
        check_allowed(self, {"begin": Number(0, self.end, closed="left")})


class SigmoidDensity(Strategy):
    """Density that decreases along a sigmoid, fastest halfway.

    Parameters
    ----------
    initial : float, default=0.5
        Density at the start, in (0, 1].
    steepness : float, default=6.0
        The larger, the faster the decrease halfway. The logistic function runs from
        ``-steepness`` to `steepness`, stretched to reach the initial and the final
        density.
    end : float, default=0.75
        Fraction of the training at which it reaches its final value, in (0, 1].

    References
    ----------
    Zhang et al., "Brain network science modelling of sparse neural networks enables
    transformers and LLMs to perform as fully connected", NeurIPS 2025
    (arXiv:2501.19107): CHTss.

    Examples
    --------
    >>> from sparsekit.topology import SigmoidDensity
    >>> schedule = SigmoidDensity(initial=0.5, end=0.8)
    >>> [round(schedule.density(0.1, progress), 2) for progress in (0, 0.2, 0.4, 0.8)]
    [0.5, 0.48, 0.3, 0.1]
    """

    _allowed: ClassVar[dict] = {
        "initial": _SHARE,
        "steepness": Number(closed="neither"),
        "end": _SHARE,
    }

    def __init__(self, initial=0.5, steepness=6.0, end=0.75) -> None:
        self.initial = initial
        self.steepness = steepness
        self.end = end

    def density(self, final: float, progress: float) -> float:
        """Return the density now, see :meth:`CubicDensity.density`."""
        self.check_parameters()
        done = _fraction_done(progress, 0.0, self.end)
        # The logistic function, shifted by a half and doubled, is tanh of half of it.
        bend = 0.5 * self.steepness
        height = math.tanh(bend * (1.0 - 2.0 * done)) / math.tanh(bend)
        return _between(final, self.initial, 0.5 * (1.0 + height))


def _fraction_done(progress, begin, end):
    """Return the progress from `begin` to `end`, in [0, 1]."""
    return min(max((progress - begin) / (end - begin), 0.0), 1.0)


def _between(final, initial, height):
    """Return the density at `height`, 1 for the initial and 0 for the final one."""
    return height * initial + (1.0 - height) * final


class OneShotDensity(Strategy):
    """Density that falls to the final one in a single step.

    Parameters
    ----------
    initial : float, default=1.0
        Density at the start, in (0, 1].
    at : float, default=0.5
        Fraction of the training at which they are dropped, in [0, 1].

    References
    ----------
    Han et al., "Learning both weights and connections for efficient neural networks",
    NeurIPS 2015: training, pruning, retraining.

    Examples
    --------
    >>> from sparsekit.topology import OneShotDensity
    >>> schedule = OneShotDensity(initial=0.8)
    >>> [schedule.density(0.1, progress) for progress in (0, 0.49, 0.5)]
    [0.8, 0.8, 0.1]
    """

    _allowed: ClassVar[dict] = {"initial": _SHARE, "at": Number(0, 1)}

    def __init__(self, initial=1.0, at=0.5) -> None:
        self.initial = initial
        self.at = at

    def density(self, final: float, progress: float) -> float:
        """Return the density now, see :meth:`CubicDensity.density`."""
        self.check_parameters()
        return self.initial if progress < self.at else final


class IterativeDensity(Strategy):
    """Density that decreases by the same factor in each of several rounds.

    Parameters
    ----------
    rounds : int, default=5
        Number of times that connections are dropped, at least 1.
    initial : float, default=1.0
        Density at the start, in (0, 1].
    end : float, default=0.75
        Fraction of the training, in (0, 1], at which the last of them are dropped; the
        rounds are equally long.

    References
    ----------
    Frankle & Carbin, "The lottery ticket hypothesis", ICLR 2019, section 1: iterative
    magnitude pruning, where every round removes the same fraction of the remaining
    connections. The paper then resets the remaining weights to their initial values:
    so does ``method="lottery"`` of the estimators, and this schedule alone does not.

    Examples
    --------
    >>> from sparsekit.topology import IterativeDensity
    >>> schedule = IterativeDensity(rounds=2, end=0.8)
    >>> [round(schedule.density(0.25, progress), 2) for progress in (0, 0.4, 0.8)]
    [1.0, 0.5, 0.25]
    """

    _allowed: ClassVar[dict] = {"rounds": AT_LEAST_1, "initial": _SHARE, "end": _SHARE}

    def __init__(self, rounds=5, initial=1.0, end=0.75) -> None:
        self.rounds = rounds
        self.initial = initial
        self.end = end

    def density(self, final: float, progress: float) -> float:
        """Return the density now, see :meth:`CubicDensity.density`."""
        self.check_parameters()
        # Slightly more, so that rounding does not delay a round that is due.
        rounds_done = math.floor(self.rounds * (progress / self.end) * (1.0 + 1e-12))
        if rounds_done >= self.rounds:
            return final
        return self.initial * (final / self.initial) ** (rounds_done / self.rounds)
