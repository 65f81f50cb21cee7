"""The learning rate of each epoch."""

import math
import sys

_LARGEST_LOG = math.log(sys.float_info.max)


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
    """

    def __init__(self, schedule, initial, power_t, max_iter):
        self.schedule = schedule
        self.initial = initial
        self.power_t = power_t
        self.max_iter = max_iter
        self.n_drops = 0

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
