"""The critical-difference diagram: average ranks, and which of them differ."""

from typing import Self

import numpy as np

from sparsekit._utils._figures import COLOURS, import_pyplot
from sparsekit.study.displays._drawing import as_text, given_panels
from sparsekit.study.statistics._ranks import rank_models

# Distances in rows of labels.
BAR_STEP = 0.45
CRITICAL_DIFFERENCE_AT = -1.3
TOP = -2.2


class CriticalDifferenceDisplay:
    """Average ranks of models on a line, with bars over those that may not differ.

    The best model is at the left. A thick bar joins models whose ranks are within one
    critical difference, which the scale above the axis shows.

    It is recommended to use `from_frame`, or `StudyResult.plot`, to make a display.

    Parameters
    ----------
    ranks : ModelRanks
        What `StudyResult.ranks` returns.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    See Also
    --------
    StudyResult.ranks : The ranks and their tests.

    References
    ----------
    J. Demšar, "Statistical comparisons of classifiers over multiple data sets", Journal
    of Machine Learning Research 7 (2006), 1-30, section 3.2.4.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pandas as pd
    >>> from sparsekit.study import CriticalDifferenceDisplay
    >>> frame = pd.DataFrame({
    ...     "dataset": ["wine", "iris", "digits"] * 3, "mechanism": "mcar",
    ...     "missing_rate": 0.0, "sparsity": 0.0, "seed": 0, "metric": "accuracy",
    ...     "model": ["dense"] * 3 + ["set"] * 3 + ["static"] * 3,
    ...     "score": [0.96, 0.95, 0.97, 0.97, 0.94, 0.98, 0.95, 0.90, 0.93],
    ...     "n_connections": 100, "fit_time": 0.1,
    ... })
    >>> display = CriticalDifferenceDisplay.from_frame(frame)
    >>> [text.get_text() for text in display.ax_.texts][:2]
    ['SET  (1.33)', 'dense  (1.67)']
    """

    def __init__(self, *, ranks) -> None:
        self.ranks = ranks

    @classmethod
    def from_frame(cls, frame, *, models=None, confidence=0.95, ax=None) -> Self:
        """Draw the diagram of the rows of a study.

        Parameters
        ----------
        frame : DataFrame
            One row per fit, with a column ``dataset``.
        models : str, tuple of (str, float) or list of these, default=None
            Models, or models at a sparsity; None means all.
        confidence : float in (0, 1), default=0.95
            One minus the level of the critical difference.
        ax : matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        display : CriticalDifferenceDisplay
            The display, drawn.
        """
        return cls(ranks=rank_models(frame, models, confidence)).plot(ax)

    def plot(self, ax=None) -> Self:
        """Draw the diagram.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None makes a new figure.

        Returns
        -------
        display : CriticalDifferenceDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        if ax is not None:
            (ax,) = given_panels(ax, 1)
        n_models = len(self.ranks.table)
        n_labels = (n_models + 1) // 2
        first_label = 0.7 + BAR_STEP * len(self.ranks.groups)
        height = first_label + n_labels - 0.6
        if ax is None:
            plt = import_pyplot("CriticalDifferenceDisplay")
            _, ax = plt.subplots(
                figsize=(8, 0.3 * (height - TOP) + 0.2), layout="constrained"
            )
        self.ax_, self.figure_ = ax, ax.figure
        ax.set_xlim(1, max(n_models, 2))
        ax.set_ylim(height, TOP)
        self._draw_axis()
        self._draw_labels(first_label, n_labels)
        self._draw_groups()
        self._draw_critical_difference()
        return self

    def _draw_axis(self):
        ax = self.ax_
        ax.spines[["left", "right", "bottom"]].set_visible(False)
        ax.yaxis.set_visible(False)
        ax.spines["top"].set_position(("data", 0))
        ax.xaxis.tick_top()
        ax.set_xticks(np.arange(1, max(len(self.ranks.table), 2) + 1))

    def _draw_labels(self, first_label, n_left):
        """Draw the better half at the left and the others at the right."""
        ranks = list(self.ranks.table[["model", "rank"]].itertuples(index=False))
        right = ranks[n_left:][::-1]
        for side, models in ((0, ranks[:n_left]), (1, right)):
            for row, (label, rank) in enumerate(models):
                self._draw_label(
                    f"{label}  ({rank:.2f})", rank, first_label + row, side
                )

    def _draw_label(self, text, rank, y, side):
        ax = self.ax_
        end = ax.get_xlim()[side]
        ax.plot(
            [rank, rank, end], [0, y, y], color="#222222", linewidth=0.9, clip_on=False
        )
        ax.annotate(
            as_text(text),
            (end, y),
            xytext=(6 if side else -6, 0),
            textcoords="offset points",
            ha="left" if side else "right",
            va="center",
            annotation_clip=False,
        )

    def _draw_groups(self):
        by_label = self.ranks.table.set_index("model")["rank"]
        for i, group in enumerate(self.ranks.groups):
            ends = by_label[group]
            y = BAR_STEP * (i + 1)
            # A little longer than the ranks: models that tie are one point.
            margin = 0.006 * np.ptp(self.ax_.get_xlim())
            self.ax_.plot(
                [ends.min() - margin, ends.max() + margin],
                [y, y],
                color=COLOURS[1],
                linewidth=4.5,
                solid_capstyle="butt",
                clip_on=False,
            )

    def _draw_critical_difference(self):
        distance, y = self.ranks.critical_difference, CRITICAL_DIFFERENCE_AT
        if np.isnan(distance):
            text = "ranks on one dataset, 1 is best: no test"
        else:
            level = 100 * (1 - self.ranks.confidence)
            text = (
                f"critical difference {distance:.2f} ({level:.3g} %); average ranks "
                f"over {self.ranks.n_datasets} datasets, 1 is best"
            )
            ends = [1, 1 + distance]
            self.ax_.plot(ends, [y, y], "|-", color="#222222", clip_on=False)
        self.ax_.annotate(
            text,
            (1, y),
            xytext=(0, 6),
            textcoords="offset points",
            annotation_clip=False,
        )
