"""Which of the training samples an epoch takes: the strategies."""

from abc import ABCMeta, abstractmethod
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, clone

from sparsekit._utils._sklearn_compat import Interval


class SampleNotes(NamedTuple):
    """What a selection may know: losses of the training samples, and the time.

    Held-out rows are not among the samples. Losses are those of single samples, without
    weights and penalty.

    Attributes
    ----------
    losses : ndarray of shape (window, n_samples)
        Losses at the latest presentations of each sample, the latest first; NaN where
        there was none yet. A presentation is a training step, dropout included, or an
        evaluation of samples that were left out.
    kept : ndarray of bool of shape (n_samples,)
        Which samples the last selection kept.
    strata : ndarray of shape (n_samples,) or None
        Class of each sample; None for label indicators and numbers.
    sample_weight : ndarray of shape (n_samples,) or None
        Class weights included.
    progress : float
        Fraction of `max_iter` that is done, in [0, 1).
    n_epochs : int
        Epochs done.
    n_since : int
        Epochs since the last selection, or since the beginning.
    rewired : bool
        Whether the network was rewired since then. Always True where it never is.

    Examples
    --------
    A :class:`SampleSelection` gets such notes. To try one without a network:

    >>> import numpy as np
    >>> from sparsekit.neural_network import InfoBatch, SampleNotes
    >>> losses = np.array([[0.1, 0.2, 0.1, 2.0]])
    >>> notes = SampleNotes(
    ...     losses, kept=np.ones(4, dtype=bool), strata=None, sample_weight=None,
    ...     progress=0.1, n_epochs=10, n_since=1, rewired=True,
    ... )
    >>> kept, factors = InfoBatch(0.5).select(notes, np.random.default_rng(0))
    >>> int(kept.sum()), factors.tolist()
    (3, [1.5, 1.5, 1.5, 1.0])
    """

    losses: np.ndarray
    kept: np.ndarray
    strata: np.ndarray | None
    sample_weight: np.ndarray | None
    progress: float
    n_epochs: int
    n_since: int
    rewired: bool


class SampleSelection(BaseEstimator, metaclass=ABCMeta):
    """Base of what chooses the training samples of an epoch; derive your own from it.

    A selection is pure: it changes neither its parameters nor the notes.

    Attributes
    ----------
    window : int, default=1
        How many of the latest losses of each sample it asks for.
    evaluates : bool, default=False
        Whether the samples that are left out are evaluated before it is asked. Costs a
        forward pass over them.

    Examples
    --------
    >>> from sparsekit.neural_network import SampleSelection
    >>> class LargestLosses(SampleSelection):
    ...     def select(self, notes, rng):
    ...         return notes.losses[0] >= np.nanmedian(notes.losses[0]), None
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {}
    window = 1
    evaluates = False

    def due(self, notes):
        """Return whether a selection is due before the next epoch.

        Parameters
        ----------
        notes : SampleNotes
            What is known of the samples.

        Returns
        -------
        bool
            Until it is, the last selection holds.
        """
        return True

    @abstractmethod
    def select(self, notes, rng):
        """Choose the samples of the next epoch, and of those until the next selection.

        Parameters
        ----------
        notes : SampleNotes
            What is known of the samples.
        rng : numpy.random.Generator
            The only source of randomness.

        Returns
        -------
        kept : ndarray of bool of shape (n_samples,)
            At least one is True.
        factors : ndarray of shape (n_samples,) or None
            What the gradients of the kept samples are multiplied by, positive, so that
            they stand for those that are left out. None multiplies by 1: what is left
            out has no say in the gradient.
        """


class InfoBatch(SampleSelection):
    """Leave out random samples of small loss, and let the others stand for them.

    Before each epoch a fraction `drop_fraction` of the samples whose latest loss is
    below the mean is left out, chosen anew. The gradients of the other ones below the
    mean are multiplied by ``m / (m - floor(drop_fraction * m))``, where m samples are
    below the mean: ``1 / (1 - drop_fraction)`` but for rounding. The expected factor of
    every sample is exactly 1, so that the sum of the gradients over an epoch is
    unbiased. A batch divides it by its number of samples, as without a selection, so
    that fewer steps go as far.

    Parameters
    ----------
    drop_fraction : float in [0, 1), default=0.5
        Fraction of the samples below the mean that an epoch leaves out.
    until : float in (0, 1], default=0.875
        Fraction of `max_iter` after which all samples are used. Fits that stop before
        never come to it.

    Notes
    -----
    The mean is weighted with `sample_weight`. Samples without a loss, as all are before
    the first epoch, and those of weight 0 count as above it. Complexity: O(n_samples)
    per epoch.

    References
    ----------
    Qin, Wang, Zheng et al., "InfoBatch: lossless training speed up by unbiased dynamic
    data pruning", ICLR 2024: the pruning policy, the rescaling of gradients and the
    annealing. There each sample is drawn on its own; here the number is fixed, which
    varies less.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import InfoBatch
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(sample_selection=InfoBatch(0.3))
    >>> used = [epoch["n_samples"] for epoch in net.fit(X, y).history_]
    >>> used[0], min(used) < used[0]
    (150, True)
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "drop_fraction": [Interval(Real, 0, 1, closed="left")],
        "until": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(self, drop_fraction=0.5, until=0.875) -> None:
        self.drop_fraction = drop_fraction
        self.until = until

    def select(self, notes, rng):
        loss = notes.losses[0]
        kept = np.ones(loss.size, dtype=bool)
        known = np.isfinite(loss)
        if notes.sample_weight is not None:
            known &= notes.sample_weight > 0
        if notes.progress >= self.until or not known.any():
            return kept, None
        weights = notes.sample_weight
        weights = None if weights is None else weights[known].astype(np.float64)
        mean = np.average(loss[known].astype(np.float64), weights=weights)
        easy = np.flatnonzero(known & (loss < mean))
        n_out = int(self.drop_fraction * easy.size)
        kept[rng.choice(easy, n_out, replace=False, shuffle=False)] = False
        factors = np.ones(loss.size)
        factors[easy] = easy.size / max(1, easy.size - n_out)
        return kept, factors


class LearnedRemoval(SampleSelection):
    """Remove samples that are learned; take them back when they are forgotten.

    A sample is *learned* if its `patience` latest presentations all had a confidence of
    at least `confidence`. Confidence is ``exp(-loss)``: the probability of the label,
    or, for a number, ``exp(-r**2 / 2)`` of the residual r, in the units in which the
    network learns (with several outputs, of their mean square). From 0.5 on, a
    confident sample is one that is classified correctly.

    A selection is due at a rewiring, once `every` epochs have passed since the last
    one; in networks that are never rewired, after `every` epochs. Then

    1. the samples that were removed are evaluated by the rewired network, which counts
       as a presentation: one of them that lost its confidence is learned no more;
    2. all samples take part again but the learned ones, which leave until the next
       selection, those of the smallest loss first, until only the share
       `keep_fraction` of their class is left.

    So a forgotten sample is back for at least `patience` presentations. Nothing makes
    up for the removed samples, so that the gradient is biased towards the hard ones.

    Parameters
    ----------
    confidence : float in [0.5, 1), default=0.7
        Least confidence of a learned sample.
    patience : int, default=3
        Presentations in a row that a sample has to be confident in.
    every : int, default=5
        Least number of epochs between two selections.
    warm_up : int, default=10
        Epochs with all samples in the beginning.
    keep_fraction : float in (0, 1], default=0.5
        Fraction of the samples of each class, or of all for label indicators and
        numbers, that stays; rounded up. Samples of weight 0 do not count and always
        stay.
    until : float in (0, 1], default=0.875
        Fraction of `max_iter` after which all samples are used. Fits that stop before
        never come to it.

    Notes
    -----
    Complexity: O(n_samples log n_samples) and a forward pass over the removed samples,
    per selection.

    References
    ----------
    That removal follows the clock of the topology is from Wang, Zhan, Gong et al.,
    "SparCL: sparse continual learning on the edge", NeurIPS 2022 (dynamic data removal:
    of the samples misclassified least often, for good). That samples come back which
    the network does not predict with a confidence of 0.7 is from Nguyen, Gerofi et al.,
    "KAKURENBO: adaptively hiding samples in deep neural network training", NeurIPS
    2023. The rule above puts both together.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import LearnedRemoval
    >>> X, y = load_iris(return_X_y=True)
    >>> selection = LearnedRemoval(keep_fraction=0.4)
    >>> net = SETMLPClassifier(sample_selection=selection)
    >>> net = net.set_params(random_state=0).fit(X, y)
    >>> used = [epoch["n_samples"] for epoch in net.history_]
    >>> used[9], min(used) < 150
    (150, True)
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "confidence": [Interval(Real, 0.5, 1, closed="left")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "every": [Interval(Integral, 1, None, closed="left")],
        "warm_up": [Interval(Integral, 1, None, closed="left")],
        "keep_fraction": [Interval(Real, 0, 1, closed="right")],
        "until": [Interval(Real, 0, 1, closed="right")],
    }
    evaluates = True

    def __init__(
        self,
        confidence=0.7,
        *,
        patience=3,
        every=5,
        warm_up=10,
        keep_fraction=0.5,
        until=0.875,
    ) -> None:
        self.confidence = confidence
        self.patience = patience
        self.every = every
        self.warm_up = warm_up
        self.keep_fraction = keep_fraction
        self.until = until

    @property
    def window(self):
        """How many of the latest losses of each sample the rule asks for."""
        return self.patience

    def due(self, notes):
        if notes.progress >= self.until:
            return not notes.kept.all()
        waited = notes.n_epochs >= self.warm_up and notes.n_since >= self.every
        return waited and notes.rewired

    def select(self, notes, rng):
        kept = np.ones(notes.kept.size, dtype=bool)
        if notes.progress >= self.until:
            return kept, None
        # NaN, no presentation yet, is no confidence.
        learned = (notes.losses <= -np.log(self.confidence)).all(axis=0)
        counts = np.ones(kept.size, dtype=bool)
        if notes.sample_weight is not None:
            counts = notes.sample_weight > 0
        strata = np.zeros(kept.size, dtype=np.int64)
        if notes.strata is not None:
            strata = np.unique(notes.strata, return_inverse=True)[1]
        sizes = np.bincount(strata[counts], minlength=strata.max() + 1)
        room = sizes - np.ceil(self.keep_fraction * sizes - 1e-9).astype(np.int64)
        rows = np.flatnonzero(learned & counts)
        rows = rows[np.lexsort((notes.losses[0, rows], strata[rows]))]
        # Ranks within each class, from the smallest loss on.
        n_learned = np.bincount(strata[rows], minlength=sizes.size)
        first = np.cumsum(n_learned) - n_learned
        rank = np.arange(rows.size) - first[strata[rows]]
        kept[rows[rank < room[strata[rows]]]] = False
        return kept, None


NAMED: dict[str, Any] = {"infobatch": InfoBatch, "removal": LearnedRemoval}


def selection_of(sample_selection):
    """Return the strategy that the parameter `sample_selection` stands for.

    Raises
    ------
    ValueError
        If a parameter of the strategy is not valid, or its `window` is no
        number of presentations.
    """
    if isinstance(sample_selection, str):
        return NAMED[sample_selection]()
    strategy = clone(sample_selection)
    strategy._validate_params()
    window = strategy.window
    if not isinstance(window, Integral) or window < 1:
        raise ValueError(
            f"{type(strategy).__name__}.window must be an integer > 0, got {window!r}."
        )
    return strategy
