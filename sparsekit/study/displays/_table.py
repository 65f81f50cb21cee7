"""The models of a comparison on one table: differences with their intervals."""

from typing import Any, Self

import numpy as np

from sparsekit._utils._figures import COLOURS, import_pyplot
from sparsekit.study.displays._drawing import (
    BASELINE_COLOUR,
    as_text,
    given_panels,
    tidy,
)

# Differences this many times as large as that of the middle model are drawn at the
# edge, with their number: the prior would leave no room for the others.
_FAR = 6.0
# How far above the bar of a model its folds are, in rows.
_FOLDS = (0.15, 0.35)


class TableComparisonDisplay:
    """Difference of each model to the reference, with its interval and its folds.

    A thick bar is a mean with its 95 % interval, corrected for folds that share
    training rows; dots are single folds. A bar that holds 0 says that the model cannot
    be told apart from the reference. What is far off is drawn at the edge, with its
    number.

    It is recommended to use `from_comparison`, or `TableComparison.plot`, to make a
    display.

    Parameters
    ----------
    differences : dict of str to tuple of (float, float, float, ndarray)
        From labels to a mean, the ends of its interval, and the differences of the
        folds; the first is drawn at the top.
    axis : str
        What the differences are.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    See Also
    --------
    compare_on_table : Makes what is shown.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sparsekit.study import TableComparisonDisplay
    >>> shown = {"boosting": (2.0, -1.0, 5.0, [1.0, 3.0])}
    >>> display = TableComparisonDisplay(differences=shown, axis="log-loss [%]").plot()
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['boosting']
    """

    def __init__(self, *, differences, axis) -> None:
        self.differences = differences
        self.axis = axis

    @classmethod
    def from_comparison(cls, comparison, *, ax=None) -> Self:
        """Draw a comparison.

        Parameters
        ----------
        comparison : TableComparison
            What `compare_on_table` returns.
        ax : matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        display : TableComparisonDisplay
            The display, drawn.
        """
        differences, axis = comparison.differences()
        return cls(differences=differences, axis=axis).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the differences.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None makes a new figure.

        Returns
        -------
        display : TableComparisonDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        if ax is not None:
            (ax,) = given_panels(ax, 1)
        else:
            plt = import_pyplot("TableComparisonDisplay")
            height = 1.3 + 0.42 * max(len(self.differences), 1)
            _, ax = plt.subplots(figsize=(7.5, height), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        limits = self._limits()
        ax.axvline(0, color=BASELINE_COLOUR, linewidth=0.9)
        for place, values in enumerate(self.differences.values()):
            self._draw_model(place, values, limits)
        ax.set_xlim(limits)
        ax.set_yticks(
            range(len(self.differences)), [as_text(name) for name in self.differences]
        )
        ax.set_ylim(max(len(self.differences), 1) - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel(as_text(self.axis))
        tidy(ax)
        ax.grid(visible=False, axis="y")
        ax.spines["left"].set_visible(False)
        return self

    def _limits(self):
        """Return the ends of the axis, which holds all but what is far off."""
        means = np.array([values[0] for values in self.differences.values()])
        typical = np.median(np.abs(means)) if means.size else 0.0
        near = np.abs(means) <= _FAR * typical
        while True:
            low, high = self._range(near)
            inside = (low <= means) & (means <= high)
            # What is off, but not beyond the others, widens the axis.
            if not (inside & ~near).any():
                return low, high
            near = near | inside

    def _range(self, near):
        """Return the ends of an axis with intervals and folds of some models."""
        shown = [[0.0]]
        for (*ends, folds), is_near in zip(
            self.differences.values(), near, strict=True
        ):
            if is_near:
                shown += [[end for end in ends if end == end], folds]
        values = np.concatenate(shown)
        low, high = values.min(), values.max()
        margin = 0.06 * (high - low) if high > low else 1.0
        return low - margin, high + margin

    def _draw_model(self, place, values, limits):
        mean, low, high, folds = values
        ax = self.ax_
        if not limits[0] <= mean <= limits[1]:
            at_right = mean > limits[1]
            ax.annotate(
                f"{mean:+.3g} \N{RIGHTWARDS ARROW}"
                if at_right
                else f"\N{LEFTWARDS ARROW} {mean:+.3g}",
                (limits[1] if at_right else limits[0], place),
                ha="right" if at_right else "left",
                va="center",
                color=COLOURS[0],
            )
            return
        heights = place - np.linspace(*_FOLDS, len(folds))
        ax.scatter(folds, heights, s=14, color=COLOURS[5], linewidth=0)
        ax.plot([low, high], [place, place], color=COLOURS[0], linewidth=3)
        ax.plot(mean, place, "o", color=COLOURS[0], markersize=7)
