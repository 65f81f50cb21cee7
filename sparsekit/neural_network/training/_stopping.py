"""When to stop: no progress in the loss, or in the score on validation rows."""

import numpy as np


class Progress:
    """Counts epochs without progress, as scikit-learn's MLPClassifier does.

    Parameters
    ----------
    tol : float
        What a loss must fall, or a score rise, to count as progress.
    patience : int or float
        Epochs without progress after which `stalled` is True.
    higher_is_better : bool
    """

    def __init__(self, tol, patience, higher_is_better) -> None:
        self.tol = tol
        self.patience = patience
        self.sign = 1.0 if higher_is_better else -1.0
        self.best = -np.inf
        self.waited = 0

    @property
    def stalled(self) -> bool:
        """True when `patience` was exceeded."""
        return self.waited > self.patience

    def update(self, value: float) -> bool:
        """Take the value of one epoch; return whether it is the best so far."""
        value = self.sign * value
        self.waited = 0 if value >= self.best + self.tol else self.waited + 1
        improved = value > self.best
        if improved:
            self.best = value
        return improved
