"""The difference of models against the missing rate."""

from typing import NamedTuple, Self

from sparsekit._utils._figures import COLOURS
from sparsekit.study.displays._drawing import (
    SMALL_PANEL,
    UNITS,
    add_legend,
    as_text,
    axis_of,
    draw_panels,
    label_missing_rates,
    label_outer,
    point_style,
    tidy,
)
from sparsekit.study.rows._conditions import by_condition
from sparsekit.study.rows._models_at_sparsity import LABELS, ModelAtSparsity
from sparsekit.study.statistics._comparison import compare_models

# Between the points of different comparisons at one missing rate, in percent.
STEP = 0.9
PAIR = ["model_a", "sparsity_a", "model_b", "sparsity_b"]


class Curve(NamedTuple):
    """A comparison of two models: where it is drawn, and what the legend calls it."""

    pair: tuple
    models: str
    """The models, where panels are about a pair of models; else empty."""
    label: str


class DifferenceDisplay:
    """Difference of the scores of models against the missing rate, with intervals.

    One panel for each dataset and mechanism; of more than six comparisons, one for each
    pair of models, too. Above the line at 0 the first model is better. The intervals
    are those of `StudyResult.compare`, for one missing rate each.

    It is recommended to use `from_frame`, or `StudyResult.plot`, to make a display.

    Parameters
    ----------
    table : DataFrame
        What `StudyResult.compare` returns with ``pool_rates=False``.
    confidence : float in (0, 1), default=0.95
        Coverage of its intervals, for the legend.

    Attributes
    ----------
    axes_ : list of matplotlib Axes
        The panels.
    figure_ : matplotlib Figure

    See Also
    --------
    StudyResult.compare : The differences.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import pandas as pd
    >>> from sparsekit.study import DifferenceDisplay
    >>> frame = pd.DataFrame({
    ...     "mechanism": "mcar", "missing_rate": [0.0, 0.5] * 4, "sparsity": 0.9,
    ...     "model": ["static"] * 4 + ["set"] * 4, "seed": [0, 0, 1, 1] * 2,
    ...     "metric": "accuracy", "n_connections": 100, "fit_time": 0.1,
    ...     "score": [0.90, 0.84, 0.91, 0.83, 0.92, 0.85, 0.93, 0.86],
    ... })
    >>> display = DifferenceDisplay.from_frame(frame, "set", test_size=1 / 3)
    >>> display.axes_[0].get_ylabel()
    'difference in accuracy [points]'
    """

    def __init__(self, *, table, confidence=0.95) -> None:
        self.table = table
        self.confidence = confidence

    @classmethod
    def from_frame(
        cls, frame, a, b=None, *, test_size=None, confidence=0.95, axes=None
    ) -> Self:
        """Draw the panels of the rows of a study.

        Parameters
        ----------
        frame : DataFrame
            One row per fit.
        a : str or tuple of (str, float)
            A model, or a model and a sparsity.
        b : str, tuple of (str, float) or list of these, default=None
            What it is compared with; None means all other models.
        test_size : float in [0, 1), default=None
            Fraction of the test rows, as for `StudyResult.compare`.
        confidence : float in (0, 1), default=0.95
            Coverage of the intervals.
        axes : array-like of matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        display : DifferenceDisplay
            The display, drawn.
        """
        table = compare_models(
            frame,
            a,
            b,
            over="seeds",
            pool_rates=False,
            test_size=test_size,
            confidence=confidence,
        )
        return cls(table=table, confidence=confidence).plot(axes)

    def plot(self, axes=None) -> Self:
        """Draw the panels.

        Parameters
        ----------
        axes : array-like of matplotlib Axes, default=None
            One for each panel; None makes a new figure.

        Returns
        -------
        display : DifferenceDisplay
            The display itself, with `axes_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If the number of `axes` is not the number of panels.
        """
        curves = self._curves()
        labels = list(dict.fromkeys(curve.label for curve in curves))
        conditions = list(by_condition(self.table))
        groups = list(dict.fromkeys(curve.models for curve in curves))
        panels = [
            (
                f"{models}, {name}"
                if len(conditions) > 1 and models
                else models or name,
                (rows, [curve for curve in curves if curve.models == models]),
            )
            for models in groups
            for name, rows in conditions
        ]
        # Of one metric, the conditions of a pair of models are a row with one axis.
        one_axis = axes is None and self.table["metric"].nunique() == 1
        layout = {}
        if len(conditions) > 1 and len(groups) > 1:
            sharey = "row" if one_axis else False
            layout = {
                "n_columns": len(conditions),
                "size": SMALL_PANEL,
                "sharey": sharey,
            }
        self.axes_ = draw_panels(
            panels,
            axes,
            lambda ax, content: self._draw_panel(ax, content[0], content[1], labels),
            **layout,
        )
        if layout and one_axis:
            label_outer(self.axes_)
        self.figure_ = self.axes_[0].figure
        title = (
            f"{100 * self.confidence:g} % intervals, corrected for overlapping splits"
        )
        add_legend(self.axes_, title, labels, below=axes is None)
        return self

    def _curves(self):
        """Return a curve for each comparison; many are spread over several panels."""
        pairs = list(self.table[PAIR].drop_duplicates().itertuples(index=False))
        if len(pairs) <= len(COLOURS):
            return [Curve(pair, "", _pair_label(*pair)) for pair in pairs]
        return [
            Curve(pair, _models_label(*pair), _sparsities_label(*pair))
            for pair in pairs
        ]

    def _draw_panel(self, ax, rows, curves, labels):
        metric = rows["metric"].iloc[0]
        scale = axis_of(metric)[0]
        ax.axhline(0, color="#222222", linewidth=0.9)
        for curve in curves:
            points = rows[(rows[PAIR] == list(curve.pair)).all(axis=1)]
            if points.empty:
                continue
            points = points.sort_values("missing_rate")
            middle = scale * points["difference"]
            i = labels.index(curve.label)
            ax.errorbar(
                100 * points["missing_rate"] + STEP * (i - (len(labels) - 1) / 2),
                middle,
                yerr=[middle - scale * points["low"], scale * points["high"] - middle],
                **point_style(i),
                linewidth=1.2,
                elinewidth=1.2,
                capsize=2,
                label=curve.label,
            )
        ax.set_ylabel(f"difference in {UNITS[metric]}")
        label_missing_rates(ax)
        tidy(ax)


def _pair_label(model_a, sparsity_a, model_b, sparsity_b):
    """Name the sparsity once where it is the same."""
    if sparsity_a == sparsity_b and sparsity_a > 0:
        models = _models_label(model_a, sparsity_a, model_b, sparsity_b)
        return f"{models}, {100 * sparsity_a:g} %"
    pair = ModelAtSparsity(model_a, sparsity_a), ModelAtSparsity(model_b, sparsity_b)
    return as_text(" - ".join(t.label for t in pair))


def _models_label(model_a, sparsity_a, model_b, sparsity_b):
    return as_text(" - ".join(LABELS.get(m, m) for m in (model_a, model_b)))


def _sparsities_label(model_a, sparsity_a, model_b, sparsity_b):
    """Name the sparsities of the models that have one, once where they are the same."""
    shares = dict.fromkeys(s for s in (sparsity_a, sparsity_b) if s > 0)
    return " - ".join(f"{100 * s:g} %" for s in shares) or "no sparsity"
