"""Schedule of the rewirings."""

import math
from typing import ClassVar

from sparsekit.topology._contract import COUNTED_BY, Number, Strategy

DECAYS = ("constant", "linear", "cosine")


class RewiringSchedule(Strategy):
    """Schedule of the rewirings, and of the fraction of connections that they replace.

    Parameters
    ----------
    every : int, default=1
        Number of units of training between two rewirings.
    unit : {"epochs", "steps"}, default="epochs"
        Unit of `every`: passes over the training samples, or mini-batches.
    decay : {"constant", "linear", "cosine"}, default="constant"
        Course of the fraction: it is constant, or decreases to 0 linearly or along half
        a cosine.
    end : float, default=1.0
        Fraction of the training, in (0, 1], after which no more connections are
        replaced: the rest of the training fits the weights of the last topology.

    Notes
    -----
    The schedule has no state: training calls it after every `every` units with the
    progress so far. At ``progress == end`` the fraction is 0, so that there is no
    rewiring after the last epoch, whose connections would remain untrained.

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

    _allowed: ClassVar[dict] = {
        **COUNTED_BY,
        "decay": DECAYS,
        "end": Number(0, 1, closed="right"),
    }

    def __init__(self, every=1, unit="epochs", decay="constant", end=1.0) -> None:
        self.every = every
        self.unit = unit
        self.decay = decay
        self.end = end

    def fraction(self, initial: float, progress: float) -> float:
        """Return the fraction of the connections to replace now.

        Parameters
        ----------
        initial : float
            Fraction at the start of the training, in [0, 1].
        progress : float
            Fraction of the training that is done, in [0, 1].

        Returns
        -------
        float
            In [0, initial]; 0 from `end` on.

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed.
        """
        self.check_parameters()
        if progress >= self.end:
            return 0.0
        if self.decay == "linear":
            return initial * (1.0 - progress / self.end)
        if self.decay == "cosine":
            return initial * (0.5 + 0.5 * math.cos(math.pi * progress / self.end))
        return initial
