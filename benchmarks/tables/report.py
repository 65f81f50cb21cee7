"""What the results say: paired differences with intervals, ranks, and a figure."""

import numpy as np
import pandas as pd
from scipy.stats import t as student

from benchmarks.tables.run import SMALL
from sparsekit._utils._figures import COLOURS
from sparsekit.study import ModelRanks

OURS = "SparseTabular"

# Metrics, and whether larger is better.
METRICS = {
    "loss": False,
    "accuracy": True,
    "auc": True,
    "calibration_error": False,
    "r2": True,
}


def by_table(rows, metric="loss"):
    """Return the mean of a metric over folds: a row per table, a column per model."""
    rows = rows[rows[metric].notna()]
    means = rows.groupby(["table", "model"], sort=False)[metric].mean().unstack()
    return means.dropna(axis=1, how="all")


def differences(rows, metric="loss", ours=OURS):
    """Return by how much a model differs from each other one, paired by tables.

    Parameters
    ----------
    rows : DataFrame
    metric : str, default="loss"
        The loss is compared by its logarithm, in per cent; others in points.
    ours : str, default="SparseTabular"

    Returns
    -------
    DataFrame
        A row for each other model: ``mean``, ``half_width`` of its 95 % interval over
        tables, ``median``, ``wins`` and ``n_tables``.
    """
    means = by_table(rows, metric)
    found = {}
    for model in means.columns.drop(ours, errors="ignore"):
        pair = means[[ours, model]].dropna()
        values = np.log(pair) if metric == "loss" else pair
        gap = 100 * (values[ours] - values[model])
        n = len(gap)
        half = (
            student.ppf(0.975, n - 1) * gap.std(ddof=1) / np.sqrt(n)
            if n > 1
            else np.nan
        )
        better = gap > 0 if METRICS[metric] else gap < 0
        found[model] = {
            "mean": gap.mean(),
            "half_width": half,
            "median": gap.median(),
            "wins": int(better.sum()),
            "n_tables": n,
        }
    return pd.DataFrame(found).T


def ranks(rows, metric="loss"):
    """Return the mean ranks of the models that were fitted to all tables."""
    means = by_table(rows, metric).dropna(axis=1)
    return ModelRanks(means.rank(axis=1, ascending=not METRICS[metric]))


def times(rows, of="boosting"):
    """Return the median ratio of each model's time of `fit` to that of another."""
    means = by_table(rows, "seconds")
    return means.div(means[of], axis=0).median() if of in means else means.median()


def print_report(rows, ours=OURS):
    """Print what the tables of each size and kind say of `ours` against the others."""
    groups = {
        f"up to {SMALL:,} rows": rows["n_rows"] <= SMALL,
        f"above {SMALL:,} rows": rows["n_rows"] > SMALL,
        "at least 5 % missing": rows["missing"] >= 0.05,
        "classes": rows["task"] == "classification",
        "numbers": rows["task"] == "regression",
    }
    for name, chosen in groups.items():
        part = rows[chosen]
        if part["table"].nunique() < 2 or ours not in set(part["model"]):
            continue
        print(f"\n== {part['table'].nunique()} tables, {name}")
        print(f"\nloss of {ours} against, in per cent (negative is better)")
        print(differences(part, ours=ours).round(1).to_string())
        for metric in ("accuracy", "auc", "calibration_error", "r2"):
            print(f"\n{metric} against, in points")
            print(differences(part, metric, ours).round(2).to_string())
        print("\nranks by loss")
        print(ranks(part))
        for other in ("boosting", ours):
            print(f"\ntime of fit, median ratio to {other}")
            print(times(part, other).round(2).to_string())
    mine = rows[rows["model"] == ours]
    fraction = mine["n_connections"] / mine["n_dense"]
    if fraction.notna().any():
        median, largest = fraction.median(), fraction.max()
        print(f"\nconnections of dense: median {median:.3f}, largest {largest:.3f}")
    print("\nloss by table")
    print(by_table(rows).round(4).to_string())


def draw(rows, path, models=None):
    """Draw the loss of each model against ours, a dot per table and the mean."""
    import matplotlib.pyplot as plt

    means = by_table(rows)
    models = list(means.columns.drop(OURS)) if models is None else list(models)
    order = differences(rows).loc[models, "mean"].sort_values().index
    figure, axes = plt.subplots(
        figsize=(8, 0.55 * len(order) + 1.4), layout="constrained"
    )
    statistics = differences(rows)
    rng = np.random.default_rng(0)
    for place, model in enumerate(order):
        pair = means[[OURS, model]].dropna()
        gap = 100 * (pair[OURS] / pair[model] - 1)
        jitter = place + rng.uniform(-0.18, 0.18, len(gap))
        axes.scatter(gap.clip(-60, 60), jitter, s=16, color=COLOURS[5], alpha=0.8, lw=0)
        mean, half = statistics.loc[model, ["mean", "half_width"]]
        ends = 100 * np.expm1(np.array([mean - half, mean, mean + half]) / 100)
        axes.plot(ends[[0, 2]], [place, place], color=COLOURS[0], lw=3)
        axes.plot(ends[1], place, "o", color=COLOURS[0], ms=8)
    axes.axvline(0.0, color="0.4", lw=1)
    axes.set_yticks(range(len(order)), order)
    axes.set_xlabel(
        f"loss of {OURS} against that of the model, per cent: left of 0 it is better\n"
        "dots: tables (beyond 60 % at the edge); bars: mean and its 95 % interval"
    )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    figure.savefig(path, dpi=160)
    plt.close(figure)
