"""How many connections a network has while it trains: smooth schedules."""

import math

from sklearn.base import BaseEstimator

from sparsekit.topology._parameters import check_number


class ConstantDensity(BaseEstimator):
    """The final number of connections from the start.

    Examples
    --------
    >>> from sparsekit.topology import ConstantDensity
    >>> ConstantDensity().density(0.1, progress=0.5)
    0.1
    """

    def density(self, final: float, progress: float) -> float:
        """Return the density of the network now.

        Parameters
        ----------
        final : float
            Density at the end of the training, in (0, 1].
        progress : float
            Share of the training that is done, in [0, 1].

        Returns
        -------
        float
            In (0, 1].
        """
        return final


class CubicDensity(BaseEstimator):
    """Start with more connections and lose them fast at first, then ever more slowly.

    Parameters
    ----------
    initial : float, default=0.5
        Density at the start, in (0, 1]; 1 is gradual magnitude pruning of a dense
        network.
    begin : float, default=0.0
        Share of the training done when the density begins to fall, in [0, end).
    end : float, default=0.75
        Share of the training done when it has reached its final value, in (0, 1].

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

    def __init__(self, initial=0.5, begin=0.0, end=0.75) -> None:
        self.initial = initial
        self.begin = begin
        self.end = end

    def density(self, final: float, progress: float) -> float:
        """Return the density now, see :meth:`ConstantDensity.density`."""
        self.check_parameters()
        done = _share_done(progress, self.begin, self.end)
        return _between(final, self.initial, (1.0 - done) ** 3)

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        check_number(self, "initial", 0, 1, closed="right")
        check_number(self, "end", 0, 1, closed="right")
        check_number(self, "begin", 0, self.end, closed="left")


class SigmoidDensity(BaseEstimator):
    """Start with more connections and lose most of them midway.

    Parameters
    ----------
    initial : float, default=0.5
        Density at the start, in (0, 1].
    steepness : float, default=6.0
        The larger, the faster the fall midway. The logistic function runs from
        ``-steepness`` to `steepness`, stretched to reach the initial and the final
        density.
    end : float, default=0.75
        Share of the training, in (0, 1], after which the density stays.

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

    def __init__(self, initial=0.5, steepness=6.0, end=0.75) -> None:
        self.initial = initial
        self.steepness = steepness
        self.end = end

    def density(self, final: float, progress: float) -> float:
        """Return the density now, see :meth:`ConstantDensity.density`."""
        self.check_parameters()
        done = _share_done(progress, 0.0, self.end)
        # The logistic function, shifted by a half and doubled, is tanh of half of it.
        bend = 0.5 * self.steepness
        height = math.tanh(bend * (1.0 - 2.0 * done)) / math.tanh(bend)
        return _between(final, self.initial, 0.5 * (1.0 + height))

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        check_number(self, "initial", 0, 1, closed="right")
        check_number(self, "steepness", 0, closed="neither")
        check_number(self, "end", 0, 1, closed="right")


def _share_done(progress, begin, end):
    """Return how much of the way from `begin` to `end` is done, in [0, 1]."""
    return min(max((progress - begin) / (end - begin), 0.0), 1.0)


def _between(final, initial, height):
    """Return the density at `height`, where 1 is initial and 0 final, both exactly."""
    return height * initial + (1.0 - height) * final
