"""The figure of a study: score against missing rate."""

import numpy as np

from sparsekit._palette import COLOURS
from sparsekit.study._conditions import by_condition
from sparsekit.study._drawing import (
    BASELINE_COLOUR,
    as_text,
    axis_of,
    given_panels,
    keep_to_percent,
    label_missing_rates,
    legend_columns,
    tidy,
)
from sparsekit.study._frame import check_frame
from sparsekit.study._summary import summarize
from sparsekit.study._treatments import LABELS, rows_of

# Sparsities above this go to the right panel: there networks begin to lose accuracy.
HIGH_SPARSITY = 0.75

STYLES = {"set": "-", "static": (0, (4, 2)), "dense": (0, (1, 1.2))}
OTHER_STYLES = ((0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (8, 3)))


class MissingnessStudyDisplay:
    """Score against missing rate, for each model and sparsity of a study.

    Colour is the sparsity, line style the model; bands are the confidence intervals
    over seeds. Sparsities up to 75 % are drawn in the left panel, higher ones in the
    right panel, and models without a sparsity in both. One dataset, one mechanism, and
    one value of ``when``, is one row of panels.

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
    >>> display = MissingnessStudyDisplay.from_frame(frame).plot()
    >>> len(display.axes_), len(display.lines_)
    (2, 2)
    """

    def __init__(self, *, summary, confidence=0.95):
        self.summary = summary
        self.confidence = confidence

    @classmethod
    def from_frame(cls, frame, *, models=None, confidence=0.95):
        """Make a display from the result of a study.

        Parameters
        ----------
        frame : DataFrame
            What `missingness_study` returns.
        models : str, tuple of (str, float) or list of these, default=None
            Models, or models at a sparsity; None means all.
        confidence : float in (0, 1), default=0.95
            Coverage of the bands.

        Returns
        -------
        display : MissingnessStudyDisplay
            Not drawn yet.
        """
        check_frame(frame)
        summary = summarize(rows_of(frame, models), confidence=confidence)
        return cls(summary=summary, confidence=confidence)

    def plot(self, axes=None):
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
        panels = self._panels()
        given = axes is not None
        self.axes_ = np.array(
            given_panels(axes, len(panels)) if given else _new_axes(panels),
            dtype=object,
        )
        self.figure_ = self.axes_[0].figure
        self.lines_ = []
        for ax, (condition, sparsities) in zip(self.axes_, panels, strict=True):
            self._draw_panel(ax, condition, sparsities)
        self._add_model_legend(new_figure=not given)
        return self

    def _panels(self):
        """Return (condition, sparsities) of each panel, row by row."""
        data = self.summary
        varied = data.loc[~data["model"].isin(self._baselines()), "sparsity"].unique()
        low = sorted(s for s in varied if s <= HIGH_SPARSITY)
        high = sorted(s for s in varied if s > HIGH_SPARSITY)
        groups = [group for group in (low, high) if group] or [[]]
        names = [name for name, _ in by_condition(data)]
        return [(name, group) for name in names for group in groups]

    def _baselines(self):
        """Return the models that have no sparsity."""
        highest = self.summary.groupby("model", sort=False)["sparsity"].max()
        return list(highest.index[highest == 0])

    def _styles(self):
        """Return a line style for each model; names that are not known take turns."""
        models = list(self.summary["model"].unique())
        # The order of the legend is that of the question: SET, static, dense, others.
        models.sort(key=lambda m: list(STYLES).index(m) if m in STYLES else len(STYLES))
        others = [m for m in models if m not in STYLES]
        spare = {m: OTHER_STYLES[i % len(OTHER_STYLES)] for i, m in enumerate(others)}
        return {model: STYLES.get(model) or spare[model] for model in models}

    def _draw_panel(self, ax, condition, sparsities):
        conditions = dict(by_condition(self.summary))
        data = conditions[condition]
        baselines = self._baselines()
        for model in baselines:
            self._draw_curve(ax, data[data["model"] == model], model, BASELINE_COLOUR)
        handles = []
        for i, sparsity in enumerate(sparsities):
            at = data[(data["sparsity"] == sparsity) & ~data["model"].isin(baselines)]
            colour = COLOURS[i % len(COLOURS)]
            for model, curve in at.groupby("model"):
                self._draw_curve(ax, curve, model, colour)
            label = f"{100 * sparsity:g} %{_connections(at)}"
            handles.append(_sample(label, color=colour))
        several = len(conditions) > 1
        ax.set_title(
            _title(sparsities) + (f", {as_text(condition)}" if several else "")
        )
        metric = data["metric"].iloc[0]
        ax.set_ylabel(axis_of(metric)[1])
        label_missing_rates(ax)
        tidy(ax)
        if metric == "accuracy":
            keep_to_percent(ax)
        if handles:
            ax.add_artist(
                ax.legend(
                    handles=handles,
                    title="sparsity (connections)",
                    loc="lower left",
                    fontsize="small",
                    title_fontsize="small",
                )
            )

    def _draw_curve(self, ax, data, model, colour):
        if data.empty:
            return  # the model was not fitted under the condition of this panel
        data = data.sort_values("missing_rate")
        scale, _ = axis_of(data["metric"].iloc[0])
        x = 100 * data["missing_rate"]
        style = self._styles()[model]
        self.lines_ += ax.plot(
            x, scale * data["score"], color=colour, linestyle=style, linewidth=1.7
        )
        ax.fill_between(
            x,
            scale * data["score_low"],
            scale * data["score_high"],
            color=colour,
            alpha=0.07,
            linewidth=0,
            zorder=1,
        )

    def _add_model_legend(self, new_figure):
        handles = []
        for model, style in self._styles().items():
            label, colour = as_text(LABELS.get(model, model)), "#666666"
            if model in self._baselines():
                of_model = self.summary[self.summary["model"] == model]
                # Networks for different tables have different numbers of inputs.
                if of_model["n_connections"].nunique() == 1:
                    label += _connections(of_model)
                colour = BASELINE_COLOUR
            handles.append(_sample(label, color=colour, linestyle=style))
        if self.summary["n_seeds"].max() > 1:
            handles.append(self._band_sample())
        if not new_figure:
            self.axes_[-1].legend(handles=handles, loc="upper right")
            return
        self.figure_.legend(
            handles=handles,
            loc="outside lower center",
            ncols=legend_columns(self.figure_),
        )
        for ax in self.axes_:
            ax.label_outer()

    def _band_sample(self):
        from matplotlib.patches import Patch

        n_seeds = self.summary["n_seeds"].max()
        label = f"{100 * self.confidence:g} % interval over {n_seeds} seeds"
        return Patch(label=label, color="#666666", alpha=0.2, linewidth=0)


def _new_axes(panels):
    """Return the axes of a new figure, one row per condition."""
    import matplotlib.pyplot as plt

    n_rows = len({condition for condition, _ in panels})
    n_columns = len(panels) // n_rows
    _, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=(5.2 * n_columns, 4.4 * n_rows),
        sharey="row",
        squeeze=False,
        layout="constrained",
    )
    return axes.ravel()


def _sample(label, **style):
    """Return a line for a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, linewidth=1.8, **style)


def _connections(data):
    """Return the number of connections for a legend, nothing if there is none."""
    n_connections = data["n_connections"].mean()
    return "" if np.isnan(n_connections) else f" ({n_connections:,.0f})"


def _title(sparsities):
    if not sparsities:
        return "no sparse model"
    low, high = 100 * min(sparsities), 100 * max(sparsities)
    if low == high:
        return f"model sparsity {low:g} %"
    return f"model sparsity {low:g} to {high:g} %"
