"""What a comparison on one table found: means, paired differences, and a verdict."""

from typing import Any, NamedTuple

import numpy as np

from sparsekit._utils._one_line import one_line
from sparsekit.study._text import listed, wrapped
from sparsekit.study.displays._table import TableComparisonDisplay
from sparsekit.study.one_table._models import label_of
from sparsekit.study.plan._models import TABULAR
from sparsekit.study.statistics._corrected_ttest import corrected_ttest, holm

LEVEL = 0.05


class Metric(NamedTuple):
    """How a metric is called and written."""

    column: str
    title: str
    larger_is_better: bool
    scale: float
    form: str
    unit: str
    """Of a difference; "%" is of the score of the reference."""


METRICS = {
    "classification": {
        "loss": Metric("log_loss", "log-loss", False, 1, ".4f", "%"),
        "accuracy": Metric("accuracy", "accuracy", True, 100, ".1f", "points"),
        "auc": Metric("auc", "AUC", True, 1, ".3f", ""),
    },
    "regression": {
        "loss": Metric("rmse", "RMSE", False, 1, ".4g", "%"),
        "r2": Metric("r2", "R2", True, 1, ".3f", ""),
    },
}
METRIC_NAMES = tuple(dict.fromkeys(m for task in METRICS.values() for m in task))
ROW_COLUMNS = ("split", "model", "fit_time", "n_train", "n_test")


def check_metric(metric, task):
    """Raise ValueError unless `metric` is one of those of the task."""
    if metric not in METRICS[task]:
        raise ValueError(
            f"metric={metric!r} is none of {task}: {', '.join(METRICS[task])}."
        )


class TableComparison:
    """Scores of several models on the folds of one table, and what they say.

    Made by `compare_on_table`.

    Parameters
    ----------
    rows : DataFrame
        One row per fit: ``split``, ``model``, ``fit_time``, ``n_train``, ``n_test``,
        and ``log_loss``, ``accuracy``, ``auc`` of classes or ``rmse``, ``r2`` of a
        quantity.
    metric : {"loss", "accuracy", "auc", "r2"}, default="loss"
        What the models are compared by. The loss is the log-loss, or the RMSE.

    Attributes
    ----------
    rows : DataFrame
        A copy of the rows.
    metric : str
    task : {"classification", "regression"}
    reference : str
        The model that the others are compared with: "sparse_tabular" where it takes
        part, else the one with the best mean.
    table : DataFrame
        A row for each model, the best first: the means of all scores and of
        ``fit_time``, and of the metric ``difference`` to the reference with its 95 %
        interval ``low``, ``high``, ``p_value`` and ``p_holm``, corrected for the number
        of comparisons.
    verdict : str
        The same in words.

    Raises
    ------
    ValueError
        If columns are missing, a score is, or models were not fitted to the same
        splits; if the metric is not one of the task.

    See Also
    --------
    compare_on_table : Fits the models.
    corrected_ttest : The test behind the intervals.

    Examples
    --------
    >>> import pandas as pd
    >>> from sparsekit.study import TableComparison
    >>> rows = pd.DataFrame({
    ...     "split": [0, 1, 2] * 2, "model": ["boosting"] * 3 + ["prior"] * 3,
    ...     "log_loss": [0.40, 0.42, 0.44, 0.69, 0.70, 0.69],
    ...     "accuracy": [0.8] * 3 + [0.5] * 3, "auc": [0.9] * 3 + [0.5] * 3,
    ...     "fit_time": 0.1, "n_train": 200, "n_test": 100,
    ... })
    >>> TableComparison(rows).verdict
    'By log-loss, boosting is ahead of the prior by 65.1 % [45.6, 84.5].'
    """

    def __init__(self, rows, metric="loss") -> None:
        self.rows, self.task = _checked(rows)
        check_metric(metric, self.task)
        self.metric = metric
        self.table, self.reference = _compared(self.rows, self.task, self._metric)
        self.verdict = self._in_words()

    @property
    def _metric(self):
        return METRICS[self.task][self.metric]

    def __repr__(self) -> str:
        return self.report()

    def _in_words(self):
        """Return one or two sentences about the reference and the other models."""
        name = label_of(self.reference, self.task)
        groups = {"ahead": [], "behind": [], "open": []}
        for model, row in self.table.drop(index=self.reference).iterrows():
            worse = row["low"] > 0 or row["high"] < 0
            if worse:
                better = (row["difference"] > 0) == self._metric.larger_is_better
                group = "behind" if better else "ahead"
            else:
                group = "open"
            groups[group].append(self._named(model, row, signed=group == "open"))
        said = [
            f"{place} {listed(groups[group])}"
            for group, place in (("ahead", "ahead of"), ("behind", "behind"))
            if groups[group]
        ]
        sentences = [f"{name} is {' and '.join(said)}"] if said else []
        if groups["open"]:
            who = "It" if said else name
            sentences.append(
                f"{who} cannot be told apart from {listed(groups['open'])}"
            )
        if not sentences:
            return f"{name} was compared with no other model."
        return f"By {self._metric.title}, {'. '.join(sentences)}."

    def _named(self, model, row, *, signed):
        """Return a model with its difference, such as "MLP by 3.0 % [1.0, 5.0]"."""
        label = label_of(model, self.task)
        if signed:
            return f"{label} ({self._difference(row)})"
        # Of two ends, the smaller first, whatever the sign.
        sign = np.sign(row["difference"])
        ends = sorted((sign * row["low"], sign * row["high"]))
        mean, low, high = self._units([abs(row["difference"]), *ends])
        unit = f" {self._unit}" if self._unit else ""
        form = self._difference_form
        return f"{label} by {mean:{form}}{unit} [{low:{form}}, {high:{form}}]"

    def _difference(self, row):
        """Return a difference with its sign and interval; without one if unknown."""
        mean, low, high = self._units([row["difference"], row["low"], row["high"]])
        unit = f" {self._unit}" if self._unit else ""
        form = self._difference_form
        interval = "" if np.isnan(low) else f" [{low:{form}}, {high:{form}}]"
        return f"{mean:+{form}}{unit}{interval}"

    @property
    def _difference_form(self):
        return ".1f" if self._unit else self._metric.form

    @property
    def _unit(self):
        """The unit of differences; a reference without loss has no per cent."""
        return self._metric.unit if np.isfinite(self._factor) else ""

    @property
    def _factor(self):
        if self._metric.unit != "%":
            return self._metric.scale
        base = self.table.loc[self.reference, self._metric.column]
        return 100 / base if base > 0 else np.inf

    def _units(self, values):
        """Return differences in the unit in which they are told."""
        factor = self._factor if np.isfinite(self._factor) else 1.0
        return [factor * value for value in values]

    def differences(self) -> tuple:
        """Return what a figure shows of the differences to the reference.

        Returns
        -------
        shown : dict of str to tuple of (float, float, float, ndarray)
            From the labels of the models, the best first, to a mean, its interval, and
            the difference of each fold.
        axis : str
            What the differences are, and in which unit.
        """
        paired = self.rows.pivot(
            index="split", columns="model", values=self._metric.column
        )
        shown = {}
        for model, row in self.table.drop(index=self.reference).iterrows():
            folds = (paired[model] - paired[self.reference]).to_numpy()
            values = row[["difference", "low", "high"]].to_numpy(np.float64)
            shown[label_of(model, self.task)] = (
                *self._units(values),
                *self._units([folds]),
            )
        unit = f" [{self._unit}]" if self._unit else ""
        name = label_of(self.reference, self.task)
        side = "left" if self._metric.larger_is_better else "right"
        axis = (
            f"{self._metric.title} against {name}{unit}: {name} is better {side} of 0"
        )
        return shown, axis

    def report(self) -> str:
        """Return the table and the verdict as text that fits 100 columns.

        Returns
        -------
        text : str
            A line for each model, the best first; how to read it; the verdict.
        """
        metrics = METRICS[self.task].values()
        names = [m.title + (" %" if m.scale == 100 else "") for m in metrics]
        heads = "".join(name.rjust(11) for name in [*names, "s per fit"])
        several = len(self.table) > 1
        lines = ["model".ljust(24) + heads + "   difference [interval]" * several]
        for model, row in self.table.iterrows():
            line = one_line(label_of(model, self.task))[:23].ljust(24)
            for m in metrics:
                line += f"{m.scale * row[m.column]:{m.form}}".rjust(11)
            line += f"{row['fit_time']:.2f}".rjust(11)
            if model != self.reference:
                star = " *" if row["p_holm"] <= LEVEL else ""
                line += f"   {self._difference(row)}{star}"
            lines.append(line)
        note = f"Means over {self.rows['split'].nunique()} folds"
        if several:
            note += (
                f"; differences in {self._metric.title} to "
                f"{label_of(self.reference, self.task)} with 95 % intervals, corrected "
                "for folds that share training rows (Nadeau and Bengio). *: p is at "
                "most 5 % after Holm's correction for the number of comparisons"
            )
        texts = ["", wrapped(f"{note}."), wrapped(self.verdict).removesuffix("\n")]
        return "\n".join([*lines, *texts])

    def plot(self, ax: Any = None) -> TableComparisonDisplay:
        """Draw the differences to the reference with their intervals.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None makes a new figure.

        Returns
        -------
        display : TableComparisonDisplay
            The display, drawn.
        """
        return TableComparisonDisplay.from_comparison(self, ax=ax)


def _checked(rows):
    """Return a copy of the rows and the task that they are of."""
    import pandas as pd

    if not isinstance(rows, pd.DataFrame):
        raise TypeError(f"rows must be a DataFrame, got {type(rows).__name__}.")
    task = "classification" if "log_loss" in rows else "regression"
    scores = [metric.column for metric in METRICS[task].values()]
    missing = [c for c in (*ROW_COLUMNS, *scores) if c not in rows]
    if missing:
        raise ValueError(f"rows have no columns {', '.join(missing)}.")
    numbers = rows[[*scores, "fit_time", "n_train", "n_test"]]
    try:
        known = np.isfinite(numbers.to_numpy(np.float64)).all()
    except (TypeError, ValueError) as error:
        raise ValueError(f"rows have scores that are not numbers: {error}.") from error
    if (
        not known
        or not len(rows)
        or (numbers[["n_train", "n_test"]] <= 0).any(axis=None)
    ):
        raise ValueError(
            "rows must have finite scores and seconds, and numbers of rows above 0."
        )
    counts = rows.groupby(["model", "split"], sort=False).size()
    n_splits = rows["split"].nunique()
    if counts.max() > 1 or len(counts) < n_splits * rows["model"].nunique():
        raise ValueError("rows must have each model once for each split.")
    if n_splits < 2:
        raise ValueError("rows must be of two splits or more.")
    return rows.copy(), task


def _compared(rows, task, metric):
    """Return the table of the models, the best first, and the reference."""
    by_model = rows.groupby("model", sort=False)
    scores = [m.column for m in METRICS[task].values()]
    table = by_model[[*scores, "fit_time"]].mean()
    table = table.sort_values(
        metric.column, ascending=not metric.larger_is_better, kind="stable"
    )
    reference = TABULAR if TABULAR in table.index else table.index[0]
    paired = rows.pivot(index="split", columns="model", values=metric.column)
    ratio = float((rows["n_test"] / rows["n_train"]).mean())
    fields = ("difference", "low", "high", "p_value")
    for field in fields:
        table[field] = np.nan
    for model in table.index.drop(reference):
        found = corrected_ttest(paired[model], paired[reference], 1.0, ratio)
        table.loc[model, list(fields)] = [getattr(found, field) for field in fields]
    table["p_holm"] = holm(table["p_value"])
    return table, reference
