"""What the figures of a study share: panels, axes and their labels."""

import math

from sparsekit._utils._figures import COLOURS, import_pyplot

MARKERS = "os^D"
BASELINE_COLOUR = "#222222"

# From the values of a metric to those of the axis, and to those of differences.
AXIS = {"accuracy": (100, "test accuracy [%]"), "r2": (1, "test $R^2$")}
UNITS = {"accuracy": "accuracy [points]", "r2": "$R^2$"}

# Inches that an entry of a legend may need.
LEGEND_COLUMN, LEGEND_LINE = 2.5, 0.22
# Inches of a panel, and of one of many.
PANEL, SMALL_PANEL = (4.2, 3.6), (2.9, 2.6)
# Panels side by side, where a row of them has no meaning.
MAX_COLUMNS = 3


def axis_of(metric):
    """Return scale and label of the axis of a metric."""
    if metric not in AXIS:
        raise ValueError(f"metric {metric!r} has no figure; {', '.join(AXIS)} have.")
    return AXIS[metric]


def new_panels(n_panels, n_columns=None, size=PANEL, sharey=False):
    """Return the Axes of a new figure, side by side and below each other.

    Parameters
    ----------
    n_panels : int
    n_columns : int, default=None
        None makes rows and columns about equal, but at most three columns.
    size : tuple of (float, float), default=PANEL
        Width and height of a panel, in inches.
    sharey : bool or {"row"}, default=False
        See `matplotlib.pyplot.subplots`.
    """
    plt = import_pyplot("A figure of a study")
    if n_columns is None:
        n_columns = min(math.ceil(math.sqrt(n_panels)), MAX_COLUMNS)
    n_rows = math.ceil(n_panels / n_columns)
    _, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=(max(size[0] * n_columns, 5.6), size[1] * n_rows),
        sharey=sharey,
        squeeze=False,
        layout="constrained",
    )
    for ax in axes.ravel()[n_panels:]:
        ax.remove()
    return list(axes.ravel()[:n_panels])


def draw_panels(panels, axes, draw, **layout):
    """Draw panels; return their Axes.

    Parameters
    ----------
    panels : list of tuple of (str, object)
        Title and content of each panel; only one of several gets its title.
    axes : array-like of matplotlib Axes or None
        The user's; None makes a new figure.
    draw : callable
        Takes the Axes and the content of a panel.
    **layout
        Arguments of `new_panels`.
    """
    n_panels = len(panels)
    if axes is None:
        axes = new_panels(n_panels, **layout)
    else:
        axes = given_panels(axes, n_panels)
    for ax, (title, content) in zip(axes, panels, strict=True):
        draw(ax, content)
        if n_panels > 1:
            ax.set_title(as_text(title), fontsize="medium")
    return axes


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
    add_legend_below(axes[0].figure, handles, labels, title)


def add_legend_below(figure, handles, labels, title=None):
    """Draw a legend below the panels, and make the figure as much higher."""
    width, height = figure.get_size_inches()
    n_columns = max(int(width / LEGEND_COLUMN), 1)
    n_lines = math.ceil(len(handles) / n_columns) + (title is not None)
    figure.set_size_inches(width, height + LEGEND_LINE * n_lines)
    figure.legend(
        handles, labels, title=title, loc="outside lower center", ncols=n_columns
    )


def label_outer(axes):
    """Label the panels of a grid at its left, and those that have none below."""
    n_columns = axes[0].get_gridspec().ncols
    for i, ax in enumerate(axes):
        if i % n_columns > 0:
            ax.set_ylabel("")
            ax.tick_params(labelleft=False)
        if i + n_columns < len(axes):
            ax.set_xlabel("")
            ax.tick_params(labelbottom=False)


def as_text(name):
    """Return a user's name for a figure: what stands between two dollars is text.

    matplotlib leaves out of a legend what is empty or begins with an underscore; such
    names stand in quotes.
    """
    shown = name if name and not name.startswith("_") else repr(name)
    return shown.replace("$", r"\$")


def point_style(i):
    """Return the colour and the marker of the i-th of several curves with points."""
    # Colours come round; a marker comes with each round.
    marker = MARKERS[i // len(COLOURS) % len(MARKERS)]
    return {"color": COLOURS[i % len(COLOURS)], "marker": marker, "markersize": 4}


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
