"""Which score finds faults that were planted: wrong labels, and atypical rows.

`python -m benchmarks.hard_samples.planted` from a checkout, a quarter of an hour on one
core. Finders that need tens of fits meet fewer seeds and shares than the others. Scores
of sparsekit.difficulty meet those of cleanlab and imbalanced-learn where these are
installed (`pip install cleanlab imbalanced-learn`), and two detectors of outliers. All
scores of networks are of the same network, whose settings were not tuned for any.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits, make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import average_precision_score

from benchmarks.hard_samples.finders import FINDERS, HEAVY, is_available
from benchmarks.results import IMAGES, measured, shown, with_intervals, write_table

OUT = IMAGES / "planted.csv"
TABLES = ("breast cancer", "digits", "generated")
SHARES = (0.05, 0.1, 0.2)
RIVAL = ("cleanlab, 5 networks", "self_confidence")


def table_of(name, seed):
    """Return X and y; `seed` draws the generated table."""
    if name == "breast cancer":
        return load_breast_cancer(return_X_y=True)
    if name == "digits":
        return load_digits(return_X_y=True)
    return make_classification(
        1000,
        20,
        n_informative=8,
        n_redundant=4,
        n_classes=3,
        flip_y=0,
        random_state=seed,
    )


def wrong_labels(X, y, rows, rng):
    """Give rows a label of another class, each with the same probability."""
    y = y.copy()
    n_classes = y.max() + 1
    y[rows] = (y[rows] + rng.integers(1, n_classes, rows.size)) % n_classes
    return X, y


def atypical(X, y, rows, rng):
    """Let a quarter of a row's values lie in the outer twentieths of their columns.

    The values are drawn from those that the column has there, so that none is new.
    """
    X = X.copy()
    n_rows, n_columns = X.shape
    ordered = np.sort(X, axis=0)
    outer = max(1, n_rows // 20)
    for row in rows:
        columns = rng.choice(n_columns, n_columns // 4, replace=False)
        place = rng.integers(outer, size=columns.size)
        place = np.where(rng.random(columns.size) < 0.5, place, n_rows - 1 - place)
        X[row, columns] = ordered[place, columns]
    return X, y


FAULTS = {"wrong labels": wrong_labels, "atypical rows": atypical}


def plant(table, fault, share, seed):
    """Return X and y with faults, and which rows have them."""
    X, y = table_of(table, seed)
    rng = np.random.default_rng([seed, round(1000 * share)])
    rows = rng.choice(y.size, round(share * y.size), replace=False)
    X, y = FAULTS[fault](X, y, rows, rng)
    return X, y, np.isin(np.arange(y.size), rows)


def precision(fault, table, share, seed, finder, epochs):
    """Return one row for each score that a finder gives."""
    X, y, planted = plant(table, fault, share, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        scores = FINDERS[finder](X, y, seed=seed, epochs=epochs, share=share)
    return [
        {"score": name, "precision": average_precision_score(planted, values)}
        for name, values in scores.items()
    ]


def cells_of(options):
    """Return all cells; the heavy finders come last, seed by seed."""
    finders = [name for name in options.finders if is_available(name)]
    light = [
        (name, seed, share)
        for name in finders
        if name not in HEAVY
        for seed in range(options.seeds)
        for share in options.shares
    ]
    heavy = [
        (name, seed, share)
        for seed in range(options.heavy_seeds)
        for name in finders
        if name in HEAVY
        for share in options.heavy_shares
    ]
    return [
        {"fault": fault, "table": table, "share": share, "seed": seed, "finder": name}
        for name, seed, share in light + heavy
        for table in options.tables
        for fault in FAULTS
    ]


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hard_samples.planted",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--rows", type=Path, help="keep single rows here, and resume")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--heavy-seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--shares", nargs="+", type=float, default=SHARES)
    parser.add_argument("--heavy-shares", nargs="+", type=float, default=[0.1])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES)
    parser.add_argument("--finders", nargs="+", default=list(FINDERS))
    options = parser.parse_args(arguments)

    def measure(**cell):
        return precision(**cell, epochs=options.epochs)

    table = summary(measured(cells_of(options), measure, options.rows))
    names = ("seeds", "heavy_seeds", "epochs")
    write_table(table, options.out, {name: getattr(options, name) for name in names})
    show(table)


def summary(rows):
    """Return means with 95 % intervals: of each table, and of the mean over tables."""
    rows, values = with_lead(rows), ["precision", "ahead"]
    keys = ["fault", "share", "finder", "score"]
    one = with_intervals(rows, [*keys, "table"], values)
    # The tables of a seed are averaged first: one number a seed.
    mean = with_intervals(rows, keys, values).assign(table="mean")
    return pd.concat([one, mean], ignore_index=True)


def with_lead(rows):
    """Add how far each score is ahead of cleanlab's default, on the same faults.

    NaN without cleanlab.
    """
    keys = ["fault", "table", "share", "seed"]
    is_rival = (rows["finder"] == RIVAL[0]) & (rows["score"] == RIVAL[1])
    rival = rows[is_rival].set_index(keys)["precision"]
    theirs = rival.reindex(pd.MultiIndex.from_frame(rows[keys])).to_numpy(dtype=float)
    return rows.assign(ahead=rows["precision"] - theirs)


def show(table):
    """Print a table for each fault and share of planted rows, the best score first."""
    table = table.assign(
        shown=shown(table["precision"], table["precision_half_width"]),
        lead=shown(table["ahead"], table["ahead_half_width"], sign=True),
    )
    keys = ["finder", "score"]
    for (fault, share), mine in table.groupby(["fault", "share"], sort=False):
        wide = mine.pivot(index=keys, columns="table", values="shown")
        mean = mine[mine["table"] == "mean"].set_index(keys)
        wide = wide.join(mean[["lead", "precision", "n_seeds"]])
        wide = wide.sort_values("precision", ascending=False)
        wide = wide.drop(columns="precision").to_string()
        print(f"{share:.0%} {fault}", wide, sep="\n", end="\n\n")


if __name__ == "__main__":
    main()
