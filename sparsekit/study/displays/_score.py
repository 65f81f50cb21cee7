"""The figure of a study: score against missing rate."""

from typing import Any, Self

import numpy as np

from sparsekit.study.displays._drawing import (
    AXIS,
    MAX_COLUMNS,
    add_legend,
    add_legend_below,
    as_text,
    axis_of,
    draw_panels,
    given_panels,
    keep_to_percent,
    label_missing_rates,
    label_outer,
    new_panels,
    tidy,
)
from sparsekit.study.displays._score_panels import score_panels
from sparsekit.study.displays._single_rate import draw_single_rate, styles_of_models
from sparsekit.study.rows._conditions import by_condition
from sparsekit.study.rows._models_at_sparsity import LABELS, rows_of
from sparsekit.study.rows._rows import check_rows
from sparsekit.study.statistics._summary import summarize


class MissingnessStudyDisplay:
    """Score against missing rate, for each model and sparsity of a study.

    Bands are the confidence intervals over seeds. One dataset, one mechanism, and one
    value of ``when``, is one row of panels.

    Of up to three models, colour is the sparsity and line style the model. Sparsities
    up to 75 % are drawn in the left panel, higher ones in the right panel, and models
    without a sparsity in both. Of more models, each sparsity has its panel and each
    model its colour; models without a sparsity share the first panel, and the dense
    network is in all of them.

    Of a study at one missing rate, the panels show the score against the sparsity, with
    error bars; a model without a sparsity is a line, and its interval a band.

    It is recommended to use `from_frame` to make a display.

    Parameters
    ----------
    summary : DataFrame
        What `summarize` returns.
    confidence : float in (0, 1), default=0.95
        Coverage of its intervals, for the legend.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes, shape (n_panels,)
        The panels, row by row.
    figure_ : matplotlib Figure
        The figure of the panels.
    lines_ : list of matplotlib Line2D
        All curves.

    See Also
    --------
    missingness_study : Makes the data.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sparsekit.study import MissingnessStudyDisplay, missingness_study
    >>> frame = missingness_study(
    ...     models=["static"], sparsities=[0.5, 0.9], missing_rates=[0.0, 0.5], seeds=1,
    ...     estimator_params={"hidden_layer_sizes": (10,), "max_iter": 2},
    ... ).frame
    >>> display = MissingnessStudyDisplay.from_frame(frame)
    >>> len(display.axes_), len(display.lines_)
    (2, 2)
    """

    def __init__(self, *, summary, confidence=0.95) -> None:
        self.summary = summary
        self.confidence = confidence

    @classmethod
    def from_frame(cls, frame, *, models=None, confidence=0.95, axes=None) -> Self:
        """Draw the panels of the result of a study.

        Parameters
        ----------
        frame : DataFrame
            What `missingness_study` returns.
        models : str, tuple of (str, float) or list of these, default=None
            Models, or models at a sparsity; None means all.
        confidence : float in (0, 1), default=0.95
            Coverage of the bands.
        axes : array-like of matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        display : MissingnessStudyDisplay
            The display, drawn.
        """
        check_rows(frame)
        summary = summarize(rows_of(frame, models), confidence=confidence)
        return cls(summary=summary, confidence=confidence).plot(axes)

    def plot(self, axes=None) -> Self:
        """Draw the panels.

        Parameters
        ----------
        axes : array-like of matplotlib Axes, default=None
            One for each panel; None makes a new figure, with a legend of the models
            below the panels.

        Returns
        -------
        display : MissingnessStudyDisplay
            The display itself, with `axes_`, `figure_` and `lines_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If the number of `axes` is not the number of panels.
        """
        if self.summary["missing_rate"].nunique() == 1:
            return self._plot_single_rate(axes)
        panels = score_panels(self.summary)
        conditions = list(by_condition(self.summary))
        several = len(conditions) > 1
        n_panels = len(conditions) * len(panels.columns)
        self.axes_ = np.array(
            new_panels(
                n_panels,
                # A row has the panels of one condition, and one range of scores.
                len(panels.columns) if several else min(n_panels, MAX_COLUMNS),
                panels.size,
                sharey="row" if several else True,
            )
            if axes is None
            else given_panels(axes, n_panels),
            dtype=object,
        )
        self.figure_ = self.axes_[0].figure
        self.lines_: list[Any] = []
        free = iter(self.axes_)
        for name, rows in conditions:
            for column in panels.columns:
                ax = next(free)
                self._draw_panel(ax, rows, column)
                ax.set_title(column.title + (f", {as_text(name)}" if several else ""))
        # Only now: limits that are set hold for all panels of a row.
        for ax in self.axes_:
            if ax.get_ylabel() == AXIS["accuracy"][1]:
                keep_to_percent(ax)
        self._add_model_legend(panels.models, new_figure=axes is None)
        return self

    def _plot_single_rate(self, axes):
        styles = styles_of_models(self.summary)
        self.lines_ = []

        def draw(ax, rows):
            self.lines_ += draw_single_rate(ax, rows, styles)

        conditions = list(by_condition(self.summary))
        drawn = draw_panels(conditions, axes, draw)
        self.axes_ = np.array(drawn, dtype=object)
        self.figure_ = self.axes_[0].figure
        for ax in self.axes_:
            if ax.get_ylabel() == AXIS["accuracy"][1]:
                keep_to_percent(ax)
        rate = self.summary["missing_rate"].iloc[0]
        title = f"at a missing rate of {100 * rate:g} %"
        if self.summary["n_seeds"].max() > 1:
            n_seeds = self.summary["n_seeds"].max()
            title += f"; {100 * self.confidence:g} % intervals over {n_seeds} seeds"
        labels = [as_text(LABELS.get(model, model)) for model in styles]
        add_legend(self.axes_, title, labels, below=axes is None)
        return self

    def _draw_panel(self, ax, rows, column):
        """Draw the curves of a column for the rows of one condition."""
        by_model = dict(tuple(rows.groupby(["model", "sparsity"])))
        for model, style in column.curves:
            if model in by_model:
                self._draw_curve(ax, by_model[model], style)
        metric = rows["metric"].iloc[0]
        ax.set_ylabel(axis_of(metric)[1])
        label_missing_rates(ax)
        tidy(ax)
        if column.sparsities:
            self._add_sparsity_legend(ax, rows, column)

    def _draw_curve(self, ax, data, style):
        data = data.sort_values("missing_rate")
        scale, _ = axis_of(data["metric"].iloc[0])
        x = 100 * data["missing_rate"]
        self.lines_ += ax.plot(x, scale * data["score"], linewidth=1.7, **style)
        ax.fill_between(
            x,
            scale * data["score_low"],
            scale * data["score_high"],
            color=style["color"],
            alpha=0.07,
            linewidth=0,
            zorder=1,
        )

    def _add_sparsity_legend(self, ax, rows, column):
        models = {t.model for t, _ in column.curves if t.sparsity > 0}
        sparse = rows[rows["model"].isin(models)]
        handles = []
        for sparsity, colour in column.sparsities.items():
            connections = _connections(sparse[sparse["sparsity"] == sparsity])
            label = f"{100 * sparsity:g} %{connections}"
            handles.append(_sample(label, color=colour))
        legend = ax.legend(
            handles=handles,
            title="sparsity (connections)",
            loc="lower left",
            fontsize="small",
            title_fontsize="small",
        )
        # A second legend of these axes would take the place of this one.
        ax.add_artist(legend)

    def _add_model_legend(self, models, new_figure):
        handles = []
        for model, style in models.items():
            of_model = self.summary[self.summary["model"] == model]
            label = as_text(LABELS.get(model, model))
            # Networks for different tables have different numbers of inputs.
            if (of_model["sparsity"] == 0).all() and (
                of_model["n_connections"].nunique() == 1
            ):
                label += _connections(of_model)
            handles.append(_sample(label, **style))
        if self.summary["n_seeds"].max() > 1:
            handles.append(self._band_sample())
        if not new_figure:
            self.axes_[-1].legend(handles=handles, loc="upper right")
            return
        labels = [handle.get_label() for handle in handles]
        add_legend_below(self.figure_, handles, labels)
        label_outer(self.axes_)

    def _band_sample(self):
        from matplotlib.patches import Patch

        n_seeds = self.summary["n_seeds"].max()
        label = f"{100 * self.confidence:g} % interval over {n_seeds} seeds"
        return Patch(label=label, color="#666666", alpha=0.2, linewidth=0)


def _sample(label, **style):
    """Return a line for a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, linewidth=1.8, **style)


def _connections(data):
    """Return the number of connections for a legend, nothing if there is none."""
    n_connections = data["n_connections"].mean()
    return "" if np.isnan(n_connections) else f" ({n_connections:,.0f})"
