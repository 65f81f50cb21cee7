"""The figure of a diagnosis: which columns are missing together, and how often."""

from typing import Self

import numpy as np

from sparsekit._utils._figures import COLOURS, import_pyplot
from sparsekit.missingness.diagnosis._diagnosis import diagnose

# On a light grey, so that both can be told apart in print, too.
MISSING_COLOUR = COLOURS[1]
OBSERVED_COLOUR = "#ECEFF1"
ROWS_COLOUR = "#4C6A7D"
TITLE = {"fontsize": "medium", "loc": "left", "color": "#444444"}
# With more columns than this there is no room for all their names.
MAX_LABELS = 40


class MissingnessDisplay:
    """Heat map of the most frequent missingness patterns, with rates at its sides.

    A row of the heat map is a pattern, a column one of the table's. The bars above are
    the missing rates of the columns, those on the right the fractions of rows that have
    the pattern.

    It is recommended to use `from_data` or `from_diagnosis` to make a display.

    Parameters
    ----------
    patterns : ndarray of bool, shape (n_shown, n_columns)
        True where a column is missing.
    pattern_shares : ndarray of shape (n_shown,)
        Fraction of the rows that have each pattern.
    missing_rates : ndarray of shape (n_columns,)
        Fraction of missing cells in each column, over all rows.
    names : sequence of str, shape (n_columns,)
        Labels of the columns.
    n_patterns : int, default=None
        Number of patterns in all; None means those that are shown.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The heat map.
    rates_ax_ : matplotlib Axes
        The bars of the columns.
    shares_ax_ : matplotlib Axes
        The bars of the patterns.
    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    diagnose : Makes the data.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import numpy as np
    >>> from sparsekit.missingness import MissingnessDisplay
    >>> X = np.random.default_rng(0).normal(size=(100, 3))
    >>> X[X[:, 0] > 0.5, 1:] = np.nan
    >>> display = MissingnessDisplay.from_data(X)
    >>> display.pattern_shares
    array([0.71, 0.29])
    """

    def __init__(
        self, *, patterns, pattern_shares, missing_rates, names, n_patterns=None
    ) -> None:
        self.patterns = patterns
        self.pattern_shares = pattern_shares
        self.missing_rates = missing_rates
        self.names = names
        self.n_patterns = n_patterns

    def __repr__(self):
        n_shown, n_columns = self.patterns.shape
        return f"MissingnessDisplay({n_shown} patterns of {n_columns} columns)"

    @classmethod
    def from_data(cls, X, mask=None, *, max_patterns=20, ax=None) -> Self:
        """Draw the missing values of a table.

        Parameters
        ----------
        X : array-like, DataFrame or sparse matrix of shape (n_rows, n_columns)
            Numbers, NaN where a value is missing.
        mask : array-like, DataFrame or sparse matrix of bool, default=None
            True where a value is missing although `X` holds it.
        max_patterns : int, default=20
            Number of patterns to show.
        ax : matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        display : MissingnessDisplay
            The display, drawn.
        """
        diagnosis = diagnose(X, mask, max_patterns=max_patterns)
        return cls.from_diagnosis(diagnosis, max_patterns=max_patterns, ax=ax)

    @classmethod
    def from_diagnosis(cls, diagnosis, *, max_patterns=20, ax=None) -> Self:
        """Draw what `diagnose` returned.

        Parameters
        ----------
        diagnosis : Diagnosis
            What :func:`diagnose` returned.
        max_patterns : int, default=20
            Number of patterns to show; at most those that the diagnosis lists.
        ax : matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        display : MissingnessDisplay
            The display, drawn.
        """
        shown = diagnosis.patterns.iloc[:max_patterns]
        counts = shown.index.get_level_values("n_rows").to_numpy()
        display = cls(
            patterns=shown.to_numpy(dtype=bool),
            pattern_shares=counts / len(diagnosis.rows),
            missing_rates=diagnosis.columns["missing_rate"].to_numpy(),
            names=[str(name) for name in diagnosis.columns.index],
            n_patterns=diagnosis.n_patterns,
        )
        return display.plot(ax)

    def plot(self, ax=None) -> Self:
        """Draw the heat map and its bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw the heat map; the bars lie outside of it, above and to the
            right. None makes a new figure.

        Returns
        -------
        display : MissingnessDisplay
            The display itself, with `ax_`, `rates_ax_`, `shares_ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        if ax is None:
            ax = self._new_axes()
        self.ax_ = ax
        self.figure_ = ax.figure
        self._draw_patterns()
        self._draw_rates()
        self._draw_shares()
        return self

    def _new_axes(self):
        """Return the axes of a new figure in which cells are neither tiny nor huge."""
        plt = import_pyplot("MissingnessDisplay")

        n_shown, n_columns = np.shape(self.patterns)
        names = 0.09 * self._longest_name() if self._names_are_rotated() else 0.3
        width = np.clip(0.42 * n_columns, 3, 9) + 2.2
        height = np.clip(0.27 * n_shown, 1.2, 7) + 1.4 + names
        _, ax = plt.subplots(figsize=(width, height), layout="constrained")
        return ax

    def _longest_name(self):
        return max(map(len, self.names))

    def _names_are_rotated(self):
        n_columns = len(self.names)
        return n_columns <= MAX_LABELS and n_columns * self._longest_name() > 60

    def _draw_patterns(self):
        from matplotlib.colors import ListedColormap

        n_shown, n_columns = np.shape(self.patterns)
        ax = self.ax_
        colours = ListedColormap([OBSERVED_COLOUR, MISSING_COLOUR])
        ax.pcolormesh(
            np.asarray(self.patterns, dtype=float),
            cmap=colours,
            vmin=0,
            vmax=1,
            edgecolors="white",
            # Lines between cells would hide cells that are a few pixels wide.
            linewidth=1.2 if n_columns <= MAX_LABELS else 0,
            rasterized=n_columns > MAX_LABELS,
        )
        ax.set_ylim(n_shown, 0)
        if n_columns <= MAX_LABELS:
            ax.set_xticks(np.arange(n_columns) + 0.5, self.names)
            ax.tick_params(axis="x", rotation=90 if self._names_are_rotated() else 0)
        else:
            ax.set_xlabel(f"{n_columns:,} columns")
        ax.set_yticks([])
        ax.tick_params(length=0)
        ax.set_ylabel(self._patterns_label())
        ax.spines[:].set_visible(False)

    def _patterns_label(self):
        n_shown = len(self.patterns)
        n_patterns = n_shown if self.n_patterns is None else self.n_patterns
        if n_patterns == n_shown:
            return "the only pattern" if n_shown == 1 else f"all {n_shown} patterns"
        covered = np.sum(self.pattern_shares)
        return (
            f"{n_shown} most frequent of {n_patterns:,} patterns\n"
            f"({covered:.0%} of the rows)"
        )

    def _draw_rates(self):
        rates = 100 * np.asarray(self.missing_rates)
        self.rates_ax_ = ax = self.ax_.inset_axes(
            [0, 0.08, 1, 0.8], transform=_outside(self.ax_, "y"), sharex=self.ax_
        )
        few = rates.size <= MAX_LABELS
        bars = ax.bar(
            np.arange(rates.size) + 0.5,
            rates,
            width=0.86 if few else 1,
            color=MISSING_COLOUR,
        )
        ax.tick_params(axis="x", labelbottom=False, length=0)
        # Room for the numbers above the bars.
        ax.set_ylim(0, max(rates.max(), 1) * (1.35 if few else 1))
        ax.set_title("missing values [% of the column]", pad=4, **TITLE)
        if few:
            _label_bars(ax, bars, rates)
        else:
            ax.grid(axis="y", color="white", linewidth=0.8)
            ax.locator_params(axis="y", nbins=2)
        ax.spines[:].set_visible(False)

    def _draw_shares(self):
        shares = 100 * np.asarray(self.pattern_shares)
        self.shares_ax_ = ax = self.ax_.inset_axes(
            [0.08, 0, 1.2, 1], transform=_outside(self.ax_, "x"), sharey=self.ax_
        )
        bars = ax.barh(
            np.arange(shares.size) + 0.5, shares, height=0.86, color=ROWS_COLOUR
        )
        ax.tick_params(axis="y", labelleft=False, length=0)
        # Room for the numbers behind the bars.
        ax.set_xlim(0, 1.45 * shares.max())
        ax.set_title("rows [%]", pad=4, **TITLE)
        _label_bars(ax, bars, shares)
        ax.spines[:].set_visible(False)


def _outside(ax, axis):
    """Return a transform that counts inches from the upper end of one axis of `ax`.

    Bars of a fixed size do not grow with the heat map, and an automatic layout finds
    room for them at once.
    """
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    inches = ax.figure.dpi_scale_trans
    if axis == "x":
        inches = inches + ScaledTranslation(1, 0, ax.transAxes)
        return blended_transform_factory(inches, ax.transAxes)
    inches = inches + ScaledTranslation(0, 1, ax.transAxes)
    return blended_transform_factory(ax.transAxes, inches)


def _label_bars(ax, bars, values):
    """Write the numbers at the ends of the bars, in the place of an axis."""
    labels = [_percent(value) for value in values]
    ax.bar_label(bars, labels, padding=2, fontsize="small", color="#444444")
    ax.tick_params(
        left=False, labelleft=False, bottom=False, labelbottom=False, which="both"
    )


def _percent(value):
    """Return a percentage with two digits, and nothing for zero."""
    if value == 0:
        return ""
    if value < 0.1:
        return "<0.1"
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"
