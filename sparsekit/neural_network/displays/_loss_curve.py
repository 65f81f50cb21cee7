"""The figure of a fit: loss and validation score by epoch, rewirings marked."""

from itertools import dropwhile
from typing import Any, Self

import numpy as np

from sparsekit._utils._figures import COLOURS, import_pyplot
from sparsekit.neural_network._fitted_network import check_fitted_network

LOSS_COLOUR, VALIDATION_COLOUR = COLOURS[:2]
REWIRING_COLOUR = "#555555"


def _score_name(estimator):
    """Return what `validation_scores_` are called, by the parameter `scoring`."""
    if estimator.scoring == "loss":
        return "score (negative loss)"
    if estimator.scoring is None:
        return "accuracy" if hasattr(estimator, "classes_") else "R²"
    return estimator.scoring if isinstance(estimator.scoring, str) else "score"


class LossCurveDisplay:
    """Training loss by epoch, the validation score beside it, and the rewirings.

    The marks at the upper edge are the rewirings: a mark between two epochs stands for
    connections that were replaced there, or within the later epoch where the schedule
    counts steps.

    It is recommended to use `from_estimator` to make a display.

    Parameters
    ----------
    loss_curve : array-like of shape (n_epochs,)
        Mean training loss of each epoch.
    validation_scores : array-like of shape (n_epochs,), default=None
        Score on the validation rows after each epoch; None if there are none.
    rewired_epochs : array-like of int, default=None
        Epochs, from 1, before or within which connections were replaced.
    score_name : str, default="score"
        What the validation score is called.
    first_epoch : int, default=1
        Number of the first epoch in `loss_curve`: larger where earlier ones are not
        kept, as after many calls of `partial_fit`.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes of the loss.
    validation_ax_ : matplotlib Axes or None
        The axes of the validation score, which share those of the epochs.
    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    TopologyDisplay : What the network looks like.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import LossCurveDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier((50,), random_state=0)
    >>> net = net.fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])
    >>> display = LossCurveDisplay.from_estimator(net)
    >>> display.validation_ax_.get_ylabel()
    'validation score (negative loss)'
    """

    def __init__(
        self,
        *,
        loss_curve,
        validation_scores=None,
        rewired_epochs=None,
        score_name="score",
        first_epoch=1,
    ) -> None:
        self.loss_curve = loss_curve
        self.validation_scores = validation_scores
        self.rewired_epochs = rewired_epochs
        self.score_name = score_name
        self.first_epoch = first_epoch

    def __repr__(self):
        n_rewired = 0 if self.rewired_epochs is None else len(self.rewired_epochs)
        return f"LossCurveDisplay({len(self.loss_curve)} epochs, {n_rewired} rewired)"

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None, **options: Any) -> Self:
        """Draw the curves of a fitted network.

        Parameters
        ----------
        estimator : object
            A fitted network of sparsekit.
        ax : matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.
        **options : dict
            The other parameters of :meth:`plot`.

        Returns
        -------
        LossCurveDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            For another estimator.
        sklearn.exceptions.NotFittedError
            For an estimator that is not fitted.
        """
        check_fitted_network(estimator)
        history = estimator.history_
        rewired = [row["epoch"] for row in history if row["n_replaced"]]
        scores = [row["validation_score"] for row in history]
        # From the first one on: a fit before, of a warm start, may have had none.
        scores = list(dropwhile(lambda score: score is None, scores))
        display = cls(
            loss_curve=np.array(estimator.loss_curve_),
            validation_scores=np.array(scores, dtype=float) if scores else None,
            rewired_epochs=np.array(rewired, dtype=int),
            score_name=_score_name(estimator),
            first_epoch=history[0]["epoch"] if history else 1,
        )
        return display.plot(ax, **options)

    def plot(self, ax=None, *, show_rewirings=True) -> Self:
        """Draw the figure.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        show_rewirings : bool, default=True
            Whether to mark the rewirings.

        Returns
        -------
        LossCurveDisplay
            The display, drawn.
        """
        if ax is None:
            plt = import_pyplot("LossCurveDisplay")
            _, ax = plt.subplots(figsize=(6, 3.8), layout="constrained")
        epochs = self.first_epoch + np.arange(len(self.loss_curve))
        lines = ax.plot(epochs, self.loss_curve, color=LOSS_COLOUR, label="loss")
        ax.set(xlabel="epoch", ylabel="training loss")
        ax.spines[["top", "right"]].set_visible(False)
        self.validation_ax_ = None
        if self.validation_scores is not None:
            lines += self._plot_validation(ax)
        if show_rewirings and self.rewired_epochs is not None:
            lines += self._mark_rewirings(ax)
        ax.legend(handles=lines, frameon=False, loc="center right")
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _plot_validation(self, ax):
        # The epochs that have a score are the last ones.
        n_before = len(self.loss_curve) - len(self.validation_scores)
        epochs = self.first_epoch + n_before + np.arange(len(self.validation_scores))
        name = f"validation {self.score_name}"
        self.validation_ax_ = ax.twinx()
        self.validation_ax_.set_ylabel(name)
        self.validation_ax_.spines["top"].set_visible(False)
        return self.validation_ax_.plot(
            epochs, self.validation_scores, color=VALIDATION_COLOUR, label=name
        )

    def _mark_rewirings(self, ax):
        # Above the axes, where no curve and no tick is.
        places = np.asarray(self.rewired_epochs) - 0.5
        if not places.size:
            return []
        return ax.plot(
            places,
            np.full(places.size, 1.02),
            linestyle="",
            marker="|",
            markersize=7,
            color=REWIRING_COLOUR,
            label="rewiring",
            transform=ax.get_xaxis_transform(),
            clip_on=False,
        )
