"""What training notes about each sample: when, and how much of it is kept."""

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit._utils._sklearn_compat import Interval, StrOptions
from sparsekit.network import EARLY, RewiringRecorder, SampleRecorder, n_samples_of

WHEN = ("presentation", "epoch", "rewiring")


class Recording(BaseEstimator):
    """What to record of each sample while a network trains.

    ``record="epoch"`` of a network is short for ``record=Recording("epoch")``.

    Parameters
    ----------
    when : {"presentation", "epoch", "rewiring"}, default="presentation"
        - "presentation": each sample as its batch comes, before the step that it takes
          part in, dropout included, as in [1]_. No further forward pass.
        - "epoch": all samples after each epoch, which makes them comparable with one
          another, for one more forward pass.
        - "rewiring": as "presentation", and four evaluations around each rewiring:
          before pruning, after it, after growth, and after dropping random connections
          instead. They tell whether gradient steps, pruning or growth made the network
          forget a sample.
    store : {"summary", "full"}, default="summary"
        "summary" keeps counts and running means, 53 bytes per sample; "full" also
        every note, 13 bytes per sample and epoch.
    tolerance : float, default=0.5
        Regression: a prediction is correct whose error is at most that, in the units in
        which the network learns: standard deviations of y with ``standardize=True``,
        or means of y for ``loss="poisson"`` and "gamma".
    max_samples : int or None, default=None
        "rewiring": evaluate that many random training rows around rewirings. None
        means all.
    max_ids : int or None, default=None
        `partial_fit` with `sample_ids`: notes are kept of that many samples, those that
        came last. None means of all that ever came, some 250 bytes of memory each.

    See Also
    --------
    sparsekit.difficulty : What can be computed from a record.

    Notes
    -----
    The network trains to the same bits with and without a record.

    References
    ----------
    .. [1] Toneva, Sordoni, Tachet des Combes, Trischler, Bengio and Gordon, "An
       empirical study of example forgetting during deep neural network learning", ICLR
       2019.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import Recording
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(record=Recording("epoch"))
    >>> net.fit(X, y).record_["n_seen"].shape
    (150,)
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "when": [StrOptions(set(WHEN))],
        "store": [StrOptions({"summary", "full"})],
        "tolerance": [Interval(Real, 0, None, closed="neither")],
        "max_samples": [Interval(Integral, 1, None, closed="left"), None],
        "max_ids": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(
        self,
        when="presentation",
        *,
        store="summary",
        tolerance=0.5,
        max_samples=None,
        max_ids=None,
    ) -> None:
        self.when = when
        self.store = store
        self.tolerance = tolerance
        self.max_samples = max_samples
        self.max_ids = max_ids


def recording_of(record):
    """Return the `Recording` that the parameter `record` stands for."""
    recording = Recording(record) if isinstance(record, str) else record
    recording._validate_params()
    return recording


class FitRecorder(SampleRecorder):
    """Takes the notes of one call of `fit` or `partial_fit`.

    Parameters
    ----------
    recording : Recording
    trainer : Trainer
    loss : str
        Name of the loss.
    X : array-like
        What the user gave; a table's index names the samples.
    n_rows : int
        Rows of X.
    rows : ndarray or None
        Rows that are trained on; None for all.
    """

    def __init__(self, recording, trainer, loss, X, n_rows, rows=None) -> None:
        rewirings = None
        if recording.when == "rewiring":
            rewirings = RewiringRecorder(
                trainer,
                recording.tolerance,
                recording.max_samples,
                # Made of `random_state`, without a draw that the fit would notice.
                trainer.noise.seed,
            )
        super().__init__(
            n_samples_of(trainer.samples),
            after_epochs=recording.when == "epoch",
            tolerance=recording.tolerance,
            keep_all=recording.store == "full",
            rewirings=rewirings,
        )
        self.recording = recording
        self.loss = loss
        self.index = row_labels(X)
        self.n_rows, self.rows = n_rows, rows

    def keep_record(self, estimator):
        """Give the estimator its `record_`."""
        estimator.record_ = self.fitted_record()

    def fitted_record(self):
        """Return `record_`, see the estimators."""
        rewirings = self.rewirings
        return {
            "when": self.recording.when,
            "loss": self.loss,
            "tolerance": float(self.recording.tolerance),
            "index": self.index,
            **self.to_dict(self.rows, self.n_rows),
            "early_presentations": np.array(EARLY),
            "rewirings": None if rewirings is None else rewirings.to_dict(self.rows),
        }


def row_labels(X):
    """Return the index of a pandas table as an array; None for anything else."""
    index = getattr(X, "index", None)
    if index is None or callable(index) or len(index) != X.shape[0]:
        return None
    return np.asarray(index)
