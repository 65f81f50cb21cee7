"""The map of a data set: how sure the network is of each sample, and how steadily."""

from typing import Self

import numpy as np

from sparsekit._utils._figures import import_pyplot
from sparsekit.difficulty._cartography import cartography

# From blue to red through light grey; correctness reads along it.
COLOUR_MAP = "RdYlBu"


class DataMapDisplay:
    """Scatter plot of confidence over variability, one dot per sample.

    Easy samples lie at the upper left, hard ones, which are often mislabelled, at the
    lower left, ambiguous ones on the right.

    It is recommended to use `from_record` to make a display.

    Parameters
    ----------
    table : DataFrame
        What :func:`cartography` returns.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    See Also
    --------
    cartography : Makes the data.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import DataMapDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(record="epoch", random_state=0)
    >>> display = DataMapDisplay.from_record(net.fit(X, y))
    >>> display.ax_.get_xlabel()
    'variability'
    """

    def __init__(self, *, table) -> None:
        self.table = table

    def __repr__(self):
        return f"DataMapDisplay({len(self.table)} samples)"

    @classmethod
    def from_record(cls, record, *, ax=None, **options) -> Self:
        """Draw the map of a record.

        Parameters
        ----------
        record : estimator or dict
            A network fitted with `record`, or its `record_`.
        ax : matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.
        **options : dict
            The other parameters of :meth:`plot`.

        Returns
        -------
        display : DataMapDisplay
            The display, drawn.
        """
        return cls(table=cartography(record)).plot(ax, **options)

    def plot(self, ax=None, *, hue="correctness") -> Self:
        """Draw the map.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        hue : str or array-like of shape (n_samples,), default="correctness"
            What the colours tell: a column of the table, or numbers for its rows.

        Returns
        -------
        display : DataMapDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `hue` is no column, nor a number for each row.
        """
        named = isinstance(hue, str)
        if named and hue not in self.table:
            columns = ", ".join(self.table.columns)
            raise ValueError(f"hue={hue!r} is no column of the table: {columns}.")
        values = self.table[hue].to_numpy() if named else np.asarray(hue)
        if values.shape != (len(self.table),) or values.dtype.kind not in "biuf":
            raise ValueError(
                f"hue must be a column, or a number for each of the {len(self.table)} "
                f"rows of the table; got {hue!r}."
            )
        if ax is None:
            plt = import_pyplot("DataMapDisplay")
            _, ax = plt.subplots(figsize=(5.5, 4.2), layout="constrained")
        shown = self.table["confidence"].notna().to_numpy()
        dots = ax.scatter(
            self.table["variability"][shown],
            self.table["confidence"][shown],
            c=[value for value, here in zip(values, shown, strict=True) if here],
            cmap=COLOUR_MAP,
            s=14,
            linewidths=0.3,
            edgecolors="#555555",
        )
        ax.figure.colorbar(dots, ax=ax, label=hue if named else None)
        ax.set(xlabel="variability", ylabel="confidence", ylim=(-0.03, 1.03))
        ax.spines[["top", "right"]].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
