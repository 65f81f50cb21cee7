"""The figure of scores over the fraction of rows that models are trained on."""

from typing import Self

from sparsekit._utils._figures import import_pyplot
from sparsekit.difficulty._selection_curve import selection_curve


class SelectionCurveDisplay:
    """Lines of the mean score over the fraction of rows, one per ranking.

    It is recommended to use `from_estimator` to make a display.

    Parameters
    ----------
    table : DataFrame
        What :func:`selection_curve` returns.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import SelectionCurveDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(tol=0.01, n_iter_no_change=5, random_state=0)
    >>> display = SelectionCurveDisplay.from_estimator(
    ...     net, X, y, keep_fractions=[0.5, 1], cv=2
    ... )
    >>> display.ax_.get_xlabel()
    'fraction of the training rows'
    """

    def __init__(self, *, table) -> None:
        self.table = table

    def __repr__(self):
        return f"SelectionCurveDisplay({len(self.table)} rows of results)"

    @classmethod
    def from_estimator(cls, estimator, X, y, *, ax=None, **options) -> Self:
        """Compute a curve and draw it.

        Parameters
        ----------
        estimator : estimator
            A network of sparsekit.
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, NaN where a value is missing.
        y : array-like of shape (n_samples,)
            Classes or targets of the rows.
        ax : matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.
        **options : dict
            The other parameters of :func:`selection_curve`.

        Returns
        -------
        display : SelectionCurveDisplay
            The display, drawn.
        """
        # Said at once, and not after all networks are trained.
        import_pyplot("SelectionCurveDisplay")
        return cls(table=selection_curve(estimator, X, y, **options)).plot(ax)

    def plot(self, ax=None) -> Self:
        """Draw the lines; bars are standard deviations over the splits.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : SelectionCurveDisplay
            The display, drawn.
        """
        if ax is None:
            plt = import_pyplot("SelectionCurveDisplay")
            _, ax = plt.subplots(figsize=(5.5, 3.8), layout="constrained")
        for name, rows in self.table.groupby("by"):
            scores = rows.groupby("keep_fraction")["score"]
            style = {"color": "black", "ls": "--"} if name == "random" else {}
            ax.errorbar(
                scores.mean().index,
                scores.mean(),
                scores.std(ddof=0),
                label=name,
                marker="o",
                ms=4,
                capsize=2,
                **style,
            )
        ax.set(xlabel="fraction of the training rows", ylabel="score")
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
