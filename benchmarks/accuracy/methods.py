"""Accuracy of all methods of dynamic sparse training: the tables of the docs.

`python -m benchmarks.accuracy.methods` from a checkout, about an hour on one core. On
each table all methods meet the same splits and seeds; they share one architecture and
one setting of the optimizer, which none of them was tuned for.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.stats import studentized_range
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    load_wine,
    make_classification,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from benchmarks.results import IMAGES, with_intervals, write_table
from sparsekit import DenseMLPClassifier, DSTMLPClassifier
from sparsekit.neural_network.parameters._methods import RECIPES

OUT = IMAGES / "methods.csv"
SPARSITIES = (0.8, 0.9, 0.95, 0.98, 0.99)
HIDDEN = (200, 200)


def tables(seed):
    """Return the tables by name; `seed` draws the generated one, made like Madelon."""
    generated = make_classification(
        2000,
        500,
        n_informative=5,
        n_redundant=15,
        n_clusters_per_class=16,
        random_state=seed,
    )
    return {
        "digits": load_digits(return_X_y=True),
        "breast cancer": load_breast_cancer(return_X_y=True),
        "wine": load_wine(return_X_y=True),
        "generated": generated,
    }


def accuracy(table, method, sparsity, seed, epochs):
    """Return one row: a method on one split of a table."""
    X, y = tables(seed)[table]
    X, X_test, y, y_test = train_test_split(
        X, y, stratify=y, test_size=0.3, random_state=seed
    )
    settings = {
        "max_iter": epochs,
        "n_iter_no_change": np.inf,
        "batch_size": 32,
        "learning_rate_init": 0.001,
        "random_state": seed,
    }
    if method == "dense":
        net = DenseMLPClassifier(HIDDEN, **settings)
    else:
        net = DSTMLPClassifier(HIDDEN, method=method, sparsity=sparsity, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        score = net.fit(X, y).score(X_test, y_test)
    return {
        "table": table,
        "sparsity": sparsity,
        "method": method,
        "seed": seed,
        "score": score,
        "weights": net.n_connections_,
    }


def summary(rows):
    """Return mean accuracy with 95 % intervals, and the ranks of the methods."""
    keys = ["table", "sparsity", "method"]
    table = with_intervals(rows, keys, ["score", "weights"])
    table = table.rename(columns={"score_half_width": "half_width"})
    return with_ranks(table[[*keys, "score", "half_width", "weights"]])


def with_ranks(table):
    """Rank the means on each table at each sparsity, without the dense network."""
    sparse = table[table["method"] != "dense"]
    ranks = sparse.groupby(["table", "sparsity"])["score"].rank(ascending=False)
    return table.assign(rank=ranks)


def critical_difference(n_methods, n_problems):
    """Return how far mean ranks must lie apart at 5 % (Nemenyi; Demsar 2006)."""
    q = studentized_range.ppf(0.95, n_methods, np.inf) / np.sqrt(2)
    return q * np.sqrt(n_methods * (n_methods + 1) / (6 * n_problems))


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy.methods",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--methods", nargs="+", default=["dense", *RECIPES])
    parser.add_argument("--sparsities", nargs="+", type=float, default=SPARSITIES)
    options = parser.parse_args(arguments)
    tasks = [
        delayed(accuracy)(table, method, sparsity, seed, options.epochs)
        for table in tables(0)
        for seed in range(options.seeds)
        for method in options.methods
        # The dense network is trained once; its row stands for sparsity 0.
        for sparsity in ([0.0] if method == "dense" else options.sparsities)
    ]
    rows = pd.DataFrame(Parallel(n_jobs=options.jobs)(tasks))
    table = summary(rows)
    settings = {"seeds": options.seeds, "epochs": options.epochs, "hidden": "200 200"}
    write_table(table, options.out, settings)
    show(table)


def show(table):
    """Print accuracies and ranks, a column for each table and sparsity."""
    for value in ("score", "rank"):
        wide = table.pivot(index="method", columns=["table", "sparsity"], values=value)
        print(wide.round(3).to_string(), end="\n\n")
    sparse = table[table["method"] != "dense"]
    ranks = sparse.groupby(["sparsity", "method"])["rank"].mean().unstack("sparsity")
    ranks["all"] = ranks.mean(axis=1)
    print(ranks.sort_values("all").round(2).to_string())
    n_problems = sparse["table"].nunique() * sparse["sparsity"].nunique()
    distance = critical_difference(sparse["method"].nunique(), n_problems)
    print(f"critical difference of mean ranks over all: {distance:.2f}")


if __name__ == "__main__":
    main()
