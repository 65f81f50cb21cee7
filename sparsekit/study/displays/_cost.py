"""What a score costs: score against connections, or against the time of a fit."""

import math
from typing import Self

from sparsekit.study.displays._drawing import (
    add_legend,
    as_text,
    axis_of,
    draw_panels,
    keep_to_percent,
    point_style,
    tidy,
)
from sparsekit.study.rows._conditions import by_condition
from sparsekit.study.rows._models_at_sparsity import LABELS, rows_of
from sparsekit.study.rows._rows import check_rows
from sparsekit.study.statistics._summary import summarize

# Models of the same number of connections are drawn this factor apart.
SIDE_BY_SIDE = 1.02
# Between the ends of the axis.
LEAST_RATIO = 3.0
MANY_COSTS = 100.0
COSTS = {"n_connections": "connections", "fit_time": "time of a fit [s]"}


class CostDisplay:
    """Score against the number of connections, or against the time of a fit.

    One panel for each dataset and mechanism, one curve for each model; the points of a
    curve are its sparsities. Scores are means over seeds and missing rates with
    intervals over seeds. A model without connections is a horizontal line. Models of
    the same number of connections are drawn side by side.

    It is recommended to use `from_frame`, or `StudyResult.plot`, to make a display.

    Parameters
    ----------
    summary : DataFrame
        What `summarize` returns with ``pool_rates=True``.
    cost : {"n_connections", "fit_time"}, default="n_connections"
        The horizontal axis, which is logarithmic.
    confidence : float in (0, 1), default=0.95
        Coverage of the intervals, for the legend.

    Attributes
    ----------
    axes_ : list of matplotlib Axes
        The panels.
    figure_ : matplotlib Figure

    See Also
    --------
    summarize : The means and intervals.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pandas as pd
    >>> from sparsekit.study import CostDisplay
    >>> frame = pd.DataFrame({
    ...     "mechanism": "mcar", "missing_rate": [0.0, 0.5] * 4, "sparsity": 0.9,
    ...     "model": ["static"] * 4 + ["set"] * 4, "seed": [0, 0, 1, 1] * 2,
    ...     "metric": "accuracy", "n_connections": 100, "fit_time": 0.1,
    ...     "score": [0.90, 0.84, 0.91, 0.83, 0.92, 0.85, 0.93, 0.86],
    ... })
    >>> display = CostDisplay.from_frame(frame)
    >>> display.axes_[0].get_xlabel()
    'connections'
    """

    def __init__(self, *, summary, cost="n_connections", confidence=0.95) -> None:
        self.summary = summary
        self.cost = cost
        self.confidence = confidence

    @classmethod
    def from_frame(
        cls, frame, *, models=None, cost="n_connections", confidence=0.95, axes=None
    ) -> Self:
        """Draw the panels of the rows of a study.

        Parameters
        ----------
        frame : DataFrame
            One row per fit.
        models : str, tuple of (str, float) or list of these, default=None
            Models, or models at a sparsity; None means all.
        cost : {"n_connections", "fit_time"}, default="n_connections"
            The horizontal axis.
        confidence : float in (0, 1), default=0.95
            Coverage of the intervals.
        axes : array-like of matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        display : CostDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `cost` is not known.
        """
        check_rows(frame)
        if not isinstance(cost, str) or cost not in COSTS:
            raise ValueError(f"cost={cost!r} must be one of {', '.join(COSTS)}.")
        rows = rows_of(frame, models)
        summary = summarize(rows, pool_rates=True, confidence=confidence)
        display = cls(summary=summary, cost=cost, confidence=confidence)
        return display.plot(axes)

    def plot(self, axes=None) -> Self:
        """Draw the panels.

        Parameters
        ----------
        axes : array-like of matplotlib Axes, default=None
            One for each panel; None makes a new figure.

        Returns
        -------
        display : CostDisplay
            The display itself, with `axes_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If the number of `axes` is not the number of panels.
        """
        conditions = list(by_condition(self.summary))
        self.axes_ = draw_panels(conditions, axes, self._draw_panel)
        self.figure_ = self.axes_[0].figure
        title = "means over missing rates"
        if self.summary["n_seeds"].max() > 1:
            title += f", {100 * self.confidence:g} % intervals over seeds"
        labels = [as_text(LABELS.get(m, m)) for m in self.summary["model"].unique()]
        add_legend(self.axes_, title, labels, below=axes is None)
        return self

    def _draw_panel(self, ax, rows):
        metric = rows["metric"].iloc[0]
        scale, score_label = axis_of(metric)
        models = self.summary["model"].unique()
        for i, model in enumerate(models):
            points = rows[rows["model"] == model].sort_values("sparsity")
            if points.empty:
                continue
            label = as_text(LABELS.get(model, model))
            style = point_style(i)
            middle = scale * points["score"]
            if points[self.cost].isna().any():
                ax.axhline(
                    middle.mean(),
                    linestyle="--",
                    linewidth=1.2,
                    color=style["color"],
                    label=label,
                )
                continue
            low, high = scale * points["score_low"], scale * points["score_high"]
            shift = i - (len(models) - 1) / 2 if self.cost == "n_connections" else 0
            ax.errorbar(
                points[self.cost] * SIDE_BY_SIDE**shift,
                middle,
                yerr=[middle - low, high - middle],
                linewidth=1.2,
                elinewidth=1.0,
                capsize=2,
                label=label,
                **style,
            )
            if self.cost == "fit_time":
                _name_ends(ax, points["fit_time"], middle, points["sparsity"])
        _scale_costs(ax)
        ax.set_xlabel(COSTS[self.cost])
        ax.set_ylabel(score_label)
        tidy(ax)
        if metric == "accuracy":
            keep_to_percent(ax)


def _scale_costs(ax):
    """Make the axis logarithmic, with plain numbers that leave each other room."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    ax.set_xscale("log")
    low, high = ax.get_xlim()
    # Costs that are nearly the same must not look different.
    widen = max(math.sqrt(LEAST_RATIO * low / high), 1)
    ax.set_xlim(low / widen, high * widen)
    # Over more than two decades, three numbers in each have no room.
    subs = (1, 2, 5) if high / low < MANY_COSTS else (1,)
    ax.xaxis.set_major_locator(LogLocator(subs=subs))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.6g}"))


def _name_ends(ax, costs, scores, sparsities):
    """Write the sparsity beside both ends of a curve: the time does not tell it."""
    if len(costs) < 2:
        return
    for i in (0, -1):
        ax.annotate(
            f"{100 * sparsities.iloc[i]:g} %",
            (costs.iloc[i], scores.iloc[i]),
            xytext=(4, 4),
            textcoords="offset points",
            fontsize="x-small",
            color="#555555",
        )
