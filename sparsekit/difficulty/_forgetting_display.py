"""The figure of forgetting: due to gradient steps, to pruning, or to growth."""

from typing import Self

import numpy as np

from sparsekit._utils._figures import import_pyplot
from sparsekit.difficulty._forgetting import CAUSES
from sparsekit.difficulty._record import record_of, rewirings_of

# Okabe and Ito's palette: can be told apart with any kind of colour vision.
COLOURS = {"gradient": "#56B4E9", "prune": "#D55E00", "grow": "#F0E442"}
LABELS = {"gradient": "gradient steps", "prune": "pruning", "grow": "growth"}
NULL_COLOUR = "#000000"


class ForgettingDisplay:
    """Stacked bars: samples forgotten around each rewiring, by cause.

    A bar belongs to a rewiring and to the gradient steps up to the next one. Dots tell
    how many samples dropping as many random connections would have made forgotten: the
    null model of the bars of pruning.

    It is recommended to use `from_record` to make a display.

    Parameters
    ----------
    counts : ndarray of int, shape (n_rewirings, 3)
        Samples forgotten by gradient steps, pruning and growth.
    null_counts : ndarray of int, shape (n_rewirings,)
        Samples that random drops would have made forgotten.
    epochs : ndarray of int, shape (n_rewirings,)
        Epochs before each rewiring.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    fractions_ : dict of str to float
        Fraction of all events that each cause has; NaN if there are none.

    See Also
    --------
    forgetting_events : The same, sample by sample.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import ForgettingDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(record="rewiring")
    >>> display = ForgettingDisplay.from_record(net.fit(X, y))
    >>> int(display.counts[:, 2].sum())  # growth begins with weights of zero
    0
    """

    def __init__(self, *, counts, null_counts, epochs) -> None:
        self.counts = counts
        self.null_counts = null_counts
        self.epochs = epochs
        total = counts.sum()
        self.fractions_ = {
            cause: float(counts[:, column].sum() / total) if total else np.nan
            for column, cause in enumerate(CAUSES)
        }

    def __repr__(self):
        return (
            f"ForgettingDisplay({len(self.counts)} rewirings, "
            f"{int(self.counts.sum())} events)"
        )

    @classmethod
    def from_record(cls, record, *, ax=None) -> Self:
        """Draw the figure of a record of rewirings.

        Parameters
        ----------
        record : estimator or dict
            A network fitted with ``record="rewiring"``, or its `record_`.
        ax : matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        display : ForgettingDisplay
            The display, drawn.
        """
        events = rewirings_of(record_of(record))["events"]
        counts = [events[f"{cause}_forgotten"] for cause in CAUSES]
        display = cls(
            counts=np.stack(counts, axis=1),
            null_counts=events["null_forgotten"],
            epochs=events["epoch"],
        )
        return display.plot(ax)

    def plot(self, ax=None) -> Self:
        """Draw the figure.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ForgettingDisplay
            The display, drawn.
        """
        if ax is None:
            plt = import_pyplot("ForgettingDisplay")
            _, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
        bottom = np.zeros(len(self.epochs))
        places = np.arange(1, len(self.epochs) + 1)
        for column, cause in enumerate(CAUSES):
            share = self.fractions_[cause]
            label = LABELS[cause] + ("" if np.isnan(share) else f" ({share:.0%})")
            heights = self.counts[:, column]
            ax.bar(places, heights, 1.0, bottom, color=COLOURS[cause], label=label)
            bottom += heights
        ax.plot(
            places, self.null_counts, ".", color=NULL_COLOUR, ms=4,
            label="pruning at random instead",
        )  # fmt: skip
        ax.set(xlabel="rewiring", ylabel="samples forgotten")
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
