"""What limits the sparse networks on large tables: rows, epochs or capacity.

``python -m benchmarks.tables.curves OUT.csv``: the loss of `SparseTabular*` and of
early-stopped boosting on the first fold of the tables above 5,000 rows of the
reporting half, over parts of the training rows, epochs and sizes. About half an hour
on one core; rows that OUT.csv holds are not made again.
"""

import argparse
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.results import measured
from benchmarks.tables.models import MODELS
from benchmarks.tables.run import SMALL, _fitted, folds, scores
from benchmarks.tables.sources import SOURCES, half_of, load
from sparsekit import SparseTabularClassifier, SparseTabularRegressor
from sparsekit._utils._figures import COLOURS

BOOSTING = "boosting, early-stopped"

# Of each curve the points: a part of the rows, epochs, or neurons of hidden layers.
CURVES = {
    "rows": (0.125, 0.25, 0.5, 1.0),
    "epochs": (12, 25, 50),
    "capacity": ("100", "256-128", "512-256"),
}


@cache
def sources():
    """Return the large tables of the reporting half."""
    return {
        source.name: source
        for source in SOURCES
        if half_of(source) == "report" and len(load(source)[0]) > SMALL
    }


def cells(tables):
    """Return what is to be fitted."""
    found = []
    for curve, points in CURVES.items():
        for point in points:
            for table in tables:
                models = ("SparseTabular", BOOSTING)
                for model in models if curve == "rows" else models[:1]:
                    cell = {"table": table, "curve": curve, "point": str(point)}
                    found.append(cell | {"model": model})
    return found


def row(table, curve, point, model):
    """Return the loss and the seconds of one fit."""
    source = sources()[table]
    X, y = load(source)
    classify = source.task == "classification"
    train, test = folds(y, classify, 1)[0]
    parameters = {}
    if curve == "rows":
        train = np.random.default_rng(0).permutation(train)
        train = train[: round(float(point) * train.size)]
    elif curve == "epochs":
        parameters["max_iter"] = int(point)
    else:
        parameters["hidden_layer_sizes"] = tuple(map(int, point.split("-")))
    if model == BOOSTING:
        made = MODELS[BOOSTING](classify)
    else:
        make = SparseTabularClassifier if classify else SparseTabularRegressor
        made = make(random_state=0, **parameters)
    fitted, seconds = _fitted(made, X.iloc[train], y[train])
    loss = scores(fitted, X.iloc[test], y[test], classify)["loss"]
    return [{"loss": loss, "seconds": seconds}]


def against_boosting(rows):
    """Return by how much the loss differs from that of boosting on as many rows.

    In per cent, a row per table and a column per point of each curve.
    """
    rows = rows.assign(log=100 * np.log(rows["loss"]))
    boosting = rows[rows["model"] == BOOSTING].set_index(["table", "point"])["log"]
    ours = rows[rows["model"] != BOOSTING]
    # Other curves are of all rows.
    as_many = ours["point"].where(ours["curve"] == "rows", str(CURVES["rows"][-1]))
    other = boosting.reindex(zip(ours["table"], as_many, strict=True)).to_numpy()
    gaps = ours.assign(gap=ours["log"] - other)
    return gaps.pivot(index="table", columns=["curve", "point"], values="gap")


def draw(gaps, path):
    """Draw the curves of all tables, and their mean."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(
        1, len(CURVES), figsize=(10, 3.6), sharey=True, layout="constrained"
    )
    labels = {
        "rows": "part of the training rows",
        "epochs": "epochs",
        "capacity": "hidden neurons",
    }
    for panel, (curve, points) in zip(panels, CURVES.items(), strict=True):
        names = [str(point) for point in points]
        for _, values in gaps[curve][names].iterrows():
            panel.plot(names, values.clip(-60, 60), color=COLOURS[5], lw=0.8, alpha=0.7)
        panel.plot(names, gaps[curve][names].mean(), "o-", color=COLOURS[0], lw=2.5)
        panel.axhline(0, color="0.4", lw=1)
        panel.set_xlabel(labels[curve])
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    ends = gaps["capacity"][str(CURVES["capacity"][-1])].clip(-60, 60)
    for table, end in ends.items():
        panels[-1].annotate(
            table,
            (len(CURVES["capacity"]) - 1, end),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    panels[0].set_ylabel("loss against that of\nearly-stopped boosting, per cent")
    figure.savefig(path, dpi=160)
    plt.close(figure)


def main(arguments=None):
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="CSV file for the rows")
    parser.add_argument("--tables", nargs="+", help="names of tables; all by default")
    parser.add_argument("--figure", type=Path, help="PNG file to draw")
    options = parser.parse_args(arguments)
    rows = measured(cells(options.tables or sources()), row, options.out)
    gaps = against_boosting(rows.astype({"point": str}))
    print(gaps.round(1).to_string())
    print(gaps.mean().round(1).to_string())
    if options.figure:
        draw(gaps, options.figure)


if __name__ == "__main__":
    main()
