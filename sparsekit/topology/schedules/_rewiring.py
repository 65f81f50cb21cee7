"""When a network is rewired, and how much of it."""

import math

from sklearn.base import BaseEstimator

from sparsekit.topology._validation import check_count, check_number, check_option

DECAYS = ("constant", "linear", "cosine")


class RewiringSchedule(BaseEstimator):
    """When connections are replaced, and which share of them at what time.

    Parameters
    ----------
    every : int, default=1
        A rewiring comes after every `every` units of training.
    unit : {"epochs", "steps"}, default="epochs"
        What `every` counts: passes over the training samples, or mini-batches.
    decay : {"constant", "linear", "cosine"}, default="constant"
        How the fraction goes from its initial value to its end: it stays, or it falls
        to 0 on a line or on half a cosine.
    end : float, default=1.0
        Share of the training, in (0, 1], after which no connection is replaced any
        more: the rest of it fits the weights of the last topology.

    Notes
    -----
    The schedule counts nothing itself. Training asks after every `every` units, with
    the progress so far. At ``progress == end`` the fraction is 0, so that there is no
    rewiring after the last epoch, which would only leave untrained connections.

    References
    ----------
    Evci et al., "Rigging the lottery", ICML 2020, section 3: "cosine", with
    ``every=100, unit="steps", end=0.75``. Mocanu et al., Nature Communications 9, 2018,
    algorithm 1: "constant", every epoch. "linear" is in Dettmers & Zettlemoyer, "Sparse
    networks from scratch", 2019 (arXiv:1907.04840).

    Examples
    --------
    >>> from sparsekit.topology import RewiringSchedule
    >>> schedule = RewiringSchedule(decay="cosine", end=0.75)
    >>> [round(schedule.fraction(0.3, progress), 2) for progress in (0, 0.3, 0.5, 0.9)]
    [0.3, 0.2, 0.08, 0.0]
    """

    def __init__(self, every=1, unit="epochs", decay="constant", end=1.0) -> None:
        self.every = every
        self.unit = unit
        self.decay = decay
        self.end = end

    def fraction(self, initial: float, progress: float) -> float:
        """Return the share of the connections to replace now.

        Parameters
        ----------
        initial : float
            Share at the start of the training, in [0, 1].
        progress : float
            Share of the training that is done, in [0, 1].

        Returns
        -------
        float
            In [0, initial]; 0 from `end` on.

        Raises
        ------
        ValueError
            If a parameter is none of those allowed.
        """
        self.check_parameters()
        if progress >= self.end:
            return 0.0
        if self.decay == "linear":
            return initial * (1.0 - progress / self.end)
        if self.decay == "cosine":
            return initial * (0.5 + 0.5 * math.cos(math.pi * progress / self.end))
        return initial

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        check_count(self, "every")
        check_option(self, "unit", ("epochs", "steps"))
        check_option(self, "decay", DECAYS)
        check_number(self, "end", 0, 1, closed="right")
