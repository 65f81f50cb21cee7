"""Accuracy on the hardest tenth of the test rows: dense and sparse networks.

`python -m benchmarks.hard_samples.hardest_tenth` from a checkout, a quarter of an hour
on one core. How hard a row is, networks tell that take no part in the comparison:
others, of other seeds, in cross-validations of the complete table, so that none of them
was trained on the row. Half of them are dense and half sparse; two further readings, by
the dense half alone and by the sparse half alone, tell what that choice does.
"""

import argparse
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split

from benchmarks.hard_samples.planted import TABLES, table_of
from benchmarks.results import IMAGES, measured, shown, with_intervals, write_table
from sparsekit import DenseMLPClassifier, DSTMLPClassifier, MCARMasker

OUT = IMAGES / "hardest_tenth.csv"
SPARSITIES = (0.8, 0.9, 0.95, 0.98)
RATES = (0.0, 0.3)
HIDDEN = (100, 100)
SPARSE = {"static": "static", "SET": "set", "RigL": "rigl"}
MODELS = ("dense", "narrow", *SPARSE)
REFERENCES = ("mixed", "dense", "sparse")
# Seeds of networks that judge rows begin far from those of networks that are judged.
FIRST_JUDGE, N_JUDGES = 10_000, 5
HARDEST = 0.1


def settings(seed, epochs):
    """Return what all networks share."""
    return {
        "max_iter": epochs,
        "n_iter_no_change": np.inf,
        "batch_size": 32,
        "random_state": seed,
    }


def network(model, sparsity, sizes, seed, epochs):
    """Return a network before training.

    "narrow" is dense and has as many weights as a sparse one, or just fewer.
    """
    if model in SPARSE:
        return DSTMLPClassifier(
            HIDDEN, method=SPARSE[model], sparsity=sparsity, **settings(seed, epochs)
        )
    hidden = HIDDEN if model == "dense" else (narrow_width(sizes, sparsity),) * 2
    return DenseMLPClassifier(hidden, **settings(seed, epochs))


def narrow_width(sizes, sparsity):
    """Return how wide two dense hidden layers may be with that share of the weights."""
    n_in, n_out = sizes
    wide, _ = HIDDEN
    budget = (1 - sparsity) * (n_in * wide + wide**2 + wide * n_out)
    linear = n_in + n_out
    return max(1, int((np.sqrt(linear**2 + 4 * budget) - linear) / 2))


@cache
def hardness(table, seed, epochs):
    """Return how hard each row of the complete table is, by reference.

    The mean, over cross-validations, of 1 - p of the row's label.
    """
    X, y = table_of(table, seed)
    found = {"dense": [], "sparse": []}
    for number in range(N_JUDGES):
        judge_seed = FIRST_JUDGE + N_JUDGES * seed + number
        folds = StratifiedKFold(5, shuffle=True, random_state=judge_seed)
        for name, model in (("dense", "dense"), ("sparse", "SET")):
            judge = network(model, 0.9, None, judge_seed, epochs)
            p = cross_val_predict(judge, X, y, cv=folds, method="predict_proba")
            found[name].append(1 - p[np.arange(y.size), y])
    means = {name: np.mean(values, axis=0) for name, values in found.items()}
    return means | {"mixed": (means["dense"] + means["sparse"]) / 2}


def accuracies(table, rate, sparsity, model, seed, epochs):
    """Return one row for each reference: accuracy on hard test rows and on the rest."""
    X, y = table_of(table, seed)
    train, test = train_test_split(
        np.arange(y.size), stratify=y, test_size=0.3, random_state=seed
    )
    masker = MCARMasker(missing_rate=rate, random_state=seed)
    masked = masker.fit_transform(X[train]), masker.transform(X[test])
    sizes = X.shape[1], 1 if y.max() == 1 else y.max() + 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        judged = hardness(table, seed, epochs)
        net = network(model, sparsity, sizes, seed, epochs).fit(masked[0], y[train])
    right = net.predict(masked[1]) == y[test]
    rows = []
    for reference in REFERENCES:
        order = np.argsort(-judged[reference][test], kind="stable")
        n_hard = round(HARDEST * test.size)
        rows.append(
            {
                "reference": reference,
                "hard": right[order[:n_hard]].mean(),
                "rest": right[order[n_hard:]].mean(),
                "all": right.mean(),
                "weights": net.n_connections_,
            }
        )
    return rows


def summary(rows):
    """Return means with 95 % intervals, and how far models are ahead of others.

    ``hard_ahead`` and ``rest_ahead`` are differences from the dense network of the same
    split and seed, ``hard_over_static`` and ``rest_over_static`` from the static sparse
    one with as many connections. ``gap`` is `hard_ahead` minus `rest_ahead`: below 0,
    what the model loses against the dense one, it loses on hard rows rather.
    """
    keys = ["table", "rate", "reference", "seed"]
    rows = rows.assign(
        hard_ahead=rows["hard"] - _others(rows, "dense", keys, "hard"),
        rest_ahead=rows["rest"] - _others(rows, "dense", keys, "rest"),
        hard_over_static=rows["hard"]
        - _others(rows, "static", [*keys, "sparsity"], "hard"),
        rest_over_static=rows["rest"]
        - _others(rows, "static", [*keys, "sparsity"], "rest"),
    )
    rows = rows.assign(gap=rows["hard_ahead"] - rows["rest_ahead"])
    values = ["hard", "rest", "all", "hard_ahead", "rest_ahead", "gap"]
    values += ["hard_over_static", "rest_over_static", "weights"]
    keys = ["rate", "reference", "sparsity", "model"]
    one = with_intervals(rows, ["table", *keys], values)
    # The tables of a seed are averaged first: one number a seed.
    mean = with_intervals(rows, keys, values).assign(table="mean")
    return pd.concat([one, mean], ignore_index=True)


def _others(rows, model, keys, value):
    """Return, for each row, the value of a model in the same circumstances."""
    theirs = rows[rows["model"] == model].set_index(keys)[value]
    return theirs.reindex(pd.MultiIndex.from_frame(rows[keys])).to_numpy()


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hard_samples.hardest_tenth",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--rows", type=Path, help="keep single rows here, and resume")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES)
    parser.add_argument("--sparsities", nargs="+", type=float, default=SPARSITIES)
    parser.add_argument("--rates", nargs="+", type=float, default=RATES)
    options = parser.parse_args(arguments)
    cells = [
        {"table": name, "rate": rate, "sparsity": s, "model": model, "seed": seed}
        for seed in range(options.seeds)
        for name in options.tables
        for rate in options.rates
        for model in MODELS
        # The dense network is trained once; its row stands for sparsity 0.
        for s in ([0.0] if model == "dense" else options.sparsities)
    ]

    def measure(**cell):
        return accuracies(**cell, epochs=options.epochs)

    table = summary(measured(cells, measure, options.rows))
    write_table(table, options.out, {"seeds": options.seeds, "epochs": options.epochs})
    show(table)


def show(table):
    """Print accuracies and differences, a column for each table and missing rate."""
    values = ("hard", "rest", "hard_ahead", "rest_ahead", "gap", "hard_over_static")
    wanted = [("mixed", value) for value in values]
    wanted += [("dense", "hard_ahead"), ("sparse", "hard_ahead")]
    for reference, value in wanted:
        mine = table[table["reference"] == reference].copy()
        mine["shown"] = shown(
            mine[value], mine[f"{value}_half_width"], 3, value not in ("hard", "rest")
        )
        wide = mine.pivot(
            index=["sparsity", "model"], columns=["rate", "table"], values="shown"
        )
        print(f"{value}, judged by {reference} networks", wide.to_string(), sep="\n")
        print()


if __name__ == "__main__":
    main()
