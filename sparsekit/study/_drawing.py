"""What the figures of a study share: panels, axes and their labels."""

import math

BASELINE_COLOUR = "#222222"

# From the values of a metric to those of the axis, and to those of differences.
AXIS = {"accuracy": (100, "test accuracy [%]"), "r2": (1, "test $R^2$")}
UNITS = {"accuracy": "accuracy [points]", "r2": "$R^2$"}

# Inches that an entry of a legend may need.
LEGEND_COLUMN = 2.5


def axis_of(metric):
    """Return scale and label of the axis of a metric."""
    if metric not in AXIS:
        raise ValueError(f"metric {metric!r} has no figure; {', '.join(AXIS)} have.")
    return AXIS[metric]


def new_panels(n_panels):
    """Return the Axes of a new figure, side by side and below each other."""
    import matplotlib.pyplot as plt

    n_columns = min(math.ceil(math.sqrt(n_panels)), 3)
    n_rows = math.ceil(n_panels / n_columns)
    _, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=(max(4.2 * n_columns, 5.6), 3.6 * n_rows + 0.4),
        squeeze=False,
        layout="constrained",
    )
    for ax in axes.ravel()[n_panels:]:
        ax.remove()
    return list(axes.ravel()[:n_panels])


def draw_panels(conditions, axes, draw):
    """Draw a panel for each condition; return the Axes.

    Parameters
    ----------
    conditions : list of tuple of (str, DataFrame)
        Name and rows of each condition; only one of several is named.
    axes : array-like of matplotlib Axes or None
        The user's; None makes a new figure.
    draw : callable
        Takes the Axes and the rows of a panel.
    """
    n_panels = len(conditions)
    panels = new_panels(n_panels) if axes is None else given_panels(axes, n_panels)
    for ax, (name, rows) in zip(panels, conditions, strict=True):
        draw(ax, rows)
        if n_panels > 1:
            ax.set_title(as_text(name), fontsize="medium")
    return panels


def given_panels(axes, n_panels):
    """Return the user's Axes as a flat list, checked for their number."""
    import numpy as np

    axes = list(np.atleast_1d(np.asarray(axes, dtype=object)).ravel())
    for ax in axes:
        if not hasattr(ax, "get_figure"):
            raise TypeError(f"axes must be Axes of matplotlib, got {ax!r}.")
    if len(axes) != n_panels:
        raise ValueError(
            f"axes has {len(axes)} Axes, but this study has {n_panels} panels."
        )
    return axes


def add_legend(axes, title, labels, *, below):
    """Draw one legend for all panels below them, or in the last one.

    matplotlib lists lines before error bars; `labels` has the order that is wanted.
    """
    by_label = {}
    for ax in axes:
        found, names = ax.get_legend_handles_labels()
        by_label.update(zip(names, found, strict=True))
    handles = [by_label[label] for label in labels]
    if not below:
        axes[-1].legend(handles, labels, title=title, fontsize="small")
        return
    figure = axes[0].figure
    figure.legend(
        handles,
        labels,
        title=title,
        loc="outside lower center",
        ncols=legend_columns(figure),
    )


def legend_columns(figure):
    """Return how many entries of a legend have room side by side."""
    return max(int(figure.get_figwidth() / LEGEND_COLUMN), 1)


def as_text(name):
    """Return a user's name for a figure: what stands between two dollars is text."""
    return name.replace("$", r"\$")


def tidy(ax):
    """Draw a light grid, and no frame where there is no axis."""
    ax.grid(alpha=0.25, linewidth=0.6)
    ax.spines[["top", "right"]].set_visible(False)


def label_missing_rates(ax):
    """Label the axis of the missing rates, in percent."""
    from matplotlib.ticker import MultipleLocator

    ax.set_xlabel("missing rate [% of the cells]")
    ax.xaxis.set_major_locator(MultipleLocator(10))


def keep_to_percent(ax):
    """Keep what intervals, which know no bounds, cover within 0 and 100 %."""
    low, high = ax.get_ylim()
    ax.set_ylim(max(low, 0), min(high, 100))
