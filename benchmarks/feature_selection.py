"""Which selected features predict best: selectors by networks beside the usual ones.

`python -m benchmarks.feature_selection --data FOLDER` from a checkout. The folder holds
one file for each table: `NAME.npz` with X and y, with X_train, y_train, X_test and
y_test, which are put together, or with data, indices, indptr, shape and y of a CSR
matrix. Each method ranks the features of the training rows, complete or with values
missing completely at random; the accuracy is that of two other models that are trained
on the selected ones. What cannot take missing values gets means in their place. None
of the methods was tuned. Every ranking has a process of its own, whose memory counts
from where it stood before; an interrupted run goes on from its file.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import mutual_info_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from benchmarks.processes import in_own_process, megabytes
from benchmarks.results import measured, shown, with_intervals
from sparsekit import DSTMLPClassifier
from sparsekit.missingness import MCARMasker
from sparsekit.neural_network import (
    AttributionSelector,
    NeuroFSSelector,
    QuickSelector,
)

TABLES = (
    "madelon",
    "colon",
    "leukemia",
    "prostate_ge",
    "tox_171",
    "glioma",
    "relathe",
    "basehock",
)
SIZES = (25, 50, 75, 100)
RATES = (0.0, 0.3)
NETWORK = {"hidden_layer_sizes": (200,), "method": "set", "sparsity": 0.9}


def table_of(path):
    """Return X as a dense array of doubles, and y as 0, 1, ..."""
    with np.load(path) as file:
        arrays = dict(file)
    if "indptr" in arrays:
        parts = arrays["data"], arrays["indices"], arrays["indptr"]
        X, y = sparse.csr_array(parts, shape=arrays["shape"]).toarray(), arrays["y"]
    elif "X_train" in arrays:
        X, y = (
            np.concatenate([arrays[f"{name}_train"], arrays[f"{name}_test"]])
            for name in "Xy"
        )
    else:
        X, y = arrays["X"], arrays["y"]
    return X.astype(np.float64), np.unique(y, return_inverse=True)[1]


def _by_selector(kind):
    def rank(X, y, size, seed):
        network = DSTMLPClassifier(**NETWORK, random_state=seed)
        return kind(network, size).fit(X, y).strengths_

    return rank


def _by_mutual_information(X, y, size, seed):
    return mutual_info_classif(_imputed(X), y, random_state=seed)


def _by_forest(X, y, size, seed):
    forest = RandomForestClassifier(500, random_state=seed)
    return forest.fit(_imputed(X), y).feature_importances_


def _by_lasso(X, y, size, seed):
    """Return the largest absolute coefficient of each feature under an L1 penalty."""
    model = LogisticRegression(
        l1_ratio=1.0, solver="liblinear", max_iter=1000, random_state=seed
    )
    X = StandardScaler().fit_transform(_imputed(X))
    fitted = OneVsRestClassifier(model).fit(X, y)
    return np.max([np.abs(m.coef_[0]) for m in fitted.estimators_], axis=0)


def _at_random(X, y, size, seed):
    return np.random.default_rng(seed).random(X.shape[1])


METHODS = {
    "NeuroFS": _by_selector(NeuroFSSelector),
    "attribution": _by_selector(AttributionSelector),
    "QuickSelection": _by_selector(QuickSelector),
    "lasso": _by_lasso,
    "random forest": _by_forest,
    "mutual information": _by_mutual_information,
    "random": _at_random,
}

# Methods that train for the number of features, and not once for all.
BY_SIZE = {"NeuroFS"}


def _imputed(X):
    return SimpleImputer(keep_empty_features=True).fit_transform(X)


def accuracies(X, y, X_test, y_test, seed):
    """Return the accuracy of each model on test rows."""
    models = {
        "svm": SVC(random_state=seed),
        "extra_trees": ExtraTreesClassifier(500, random_state=seed),
    }
    result = {}
    for name, model in models.items():
        steps = make_pipeline(
            SimpleImputer(keep_empty_features=True), StandardScaler(), model
        )
        result[name] = steps.fit(X, y).score(X_test, y_test)
    return result


def measure(folder, table, rate, method, seed, sizes):
    """Return a row for each number of features: accuracies, seconds and megabytes."""
    X, y = table_of(Path(folder) / f"{table}.npz")
    if rate:
        X = MCARMasker(rate, random_state=seed).fit_transform(X)
    X, X_test, y, y_test = train_test_split(
        X, y, stratify=y, test_size=0.2, random_state=seed
    )
    rank, rows, ranked = METHODS[method], [], None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if method != "random":
            rank(X[:, :10], y, 5, seed)  # compiles, or loads compiled code
        for size in sizes:
            if ranked is None or method in BY_SIZE:
                before = megabytes("VmRSS", forget=True)
                start = time.perf_counter()
                ranked = np.argsort(-rank(X, y, size, seed), kind="stable")
                seconds = time.perf_counter() - start
                peak = megabytes("VmHWM") - before
            chosen = ranked[:size]
            scores = accuracies(X[:, chosen], y, X_test[:, chosen], y_test, seed)
            costs = {"seconds": seconds, "megabytes": peak}
            rows.append({"size": size, **scores, **costs})
    return rows


def summary(rows):
    """Return means over the numbers of features, with 95 % intervals over seeds.

    By table, and over all of them as the table "all".
    """
    both = pd.concat([rows, rows.assign(table="all")])
    values = ["svm", "extra_trees", "seconds", "megabytes"]
    return with_intervals(both, ["table", "rate", "method"], values)


def show(table):
    """Print accuracies in per cent, and what the rankings cost."""
    for value in ("svm", "extra_trees"):
        table[value] = shown(100 * table[value], 100 * table[f"{value}_half_width"], 1)
    for value in ("svm", "extra_trees", "seconds", "megabytes"):
        wide = table.pivot(index="method", columns=["rate", "table"], values=value)
        print(f"\n{value}\n{wide.round(1).to_string()}")


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.feature_selection",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--out", type=Path, metavar="CSV")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--rates", nargs="+", type=float, default=RATES)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    options = parser.parse_args(arguments)
    cells = [
        {"table": table, "rate": rate, "method": method, "seed": seed}
        for table in options.tables
        for rate in options.rates
        for seed in range(options.seeds)
        for method in options.methods
    ]

    def rows_of(table, rate, method, seed):
        print(f"{table}, {rate:.0%} missing, seed {seed}: {method}", flush=True)
        return in_own_process(
            measure, options.data, table, rate, method, seed, options.sizes
        )

    show(summary(measured(cells, rows_of, options.out)))


if __name__ == "__main__":
    main()
