"""Wide, sparse inputs: what a fit costs beside scikit-learn, and how well it predicts.

``python -m benchmarks.wide_columns`` measures costs on one thread: a network of 256
hidden neurons and 10**5 columns, ours and scikit-learn's, then ours of 10**6 columns.
Rows have 100 entries, whose columns follow Zipf's law; a few of the frequent ones
decide the label. Every model has a process of its own, whose memory counts from where
it stood with the data. With ``--data FOLDER``, accuracy instead: FOLDER has
``relathe.npz`` and ``basehock.npz``, arrays `data`, `indices`, `indptr`, `shape`, `y`.
"""

import argparse
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.naive_bayes import MultinomialNB
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from benchmarks.feature_selection import table_of
from benchmarks.processes import in_own_process, megabytes
from benchmarks.results import measured, shown, with_intervals
from sparsekit import DSTMLPClassifier

HIDDEN, PER_ROW, BATCH = (256,), 100, 128
TABLES = ("relathe", "basehock")
HASHED = 2**18

# Columns of the generated rows that say something about the label.
_N_TELLING = 200


def rows_of(n_rows, n_columns, seed=0):
    """Return generated rows in CSR, and labels that their frequent columns decide."""
    rng = np.random.default_rng(seed)
    ends = np.cumsum(1.0 / np.arange(1, n_columns + 1))
    columns = np.searchsorted(ends, ends[-1] * rng.random(n_rows * PER_ROW))
    starts = np.arange(n_rows + 1) * PER_ROW
    X = sparse.csr_array(
        (np.ones(columns.size, np.float32), columns.astype(np.int32), starts),
        shape=(n_rows, n_columns),
    )
    X.sum_duplicates()
    effects = np.random.default_rng(1).normal(size=_N_TELLING)
    score = (X[:, :_N_TELLING] > 0) @ effects
    return X, (score > np.median(score)).astype(int)


OCCURRING = {"initial_topology": "occurring", "grower": "occurring"}


def network(sparsity, **parameters):
    """Return a SET network; so few connections must not leave out the outputs."""
    allocation = "erdos_renyi_dense_output"
    parameters = {"method": "set", "allocation": allocation} | parameters
    return DSTMLPClassifier(HIDDEN, sparsity=sparsity, **parameters)


def cost(model, n_columns, n_rows, epochs):
    """Return seconds and megabytes of a fit, and the accuracy on other rows."""
    X, y = rows_of(n_rows, n_columns)
    X_test, y_test = rows_of(2000, n_columns, seed=2)
    if model == "scikit-learn":
        net = MLPClassifier(HIDDEN, batch_size=BATCH, max_iter=epochs, random_state=0)
    else:
        settings = OCCURRING | {"batch_size": BATCH, "random_state": 0}
        net = network(float(model), max_iter=epochs, **settings)
        # Compiles, or loads compiled code.
        few = X[:200, :300]
        network(0.9, max_iter=2, **settings).fit(few, y[:200]).predict(few)
    warnings.simplefilter("ignore", ConvergenceWarning)
    before = megabytes("VmRSS", forget=True)
    begin = time.process_time()
    net.fit(X, y)
    fitted = time.process_time()
    accuracy = net.score(X_test, y_test)
    return {
        "fit": (fitted - begin) / epochs,
        "predict": time.process_time() - fitted,
        "megabytes": megabytes("VmHWM") - before,
        "in_all": megabytes("VmHWM"),
        "accuracy": accuracy,
    }


def costs():
    """Measure what models cost; return a row for each."""
    # scikit-learn takes minutes for the rows that ours takes in seconds.
    cases = [
        ("scikit-learn", 10**5, 10_000, 2),
        ("0.999", 10**5, 10_000, 2),
        ("0.999", 10**6, 100_000, 2),
    ]
    names = ("model", "columns", "rows", "epochs")
    return pd.DataFrame(
        dict(zip(names, case, strict=True)) | in_own_process(cost, *case)
        for case in cases
    )


MODELS = {
    "SET at columns that occur": partial(network, 0.97, **OCCURRING),
    "SET": partial(network, 0.97),
    "logistic regression": LogisticRegression,
    "linear SVM": LinearSVC,
    "multinomial naive Bayes": MultinomialNB,
}


def hashed(X):
    """Return X with its columns among 2**18, as a hash would spread them."""
    rng = np.random.default_rng(0)
    columns = rng.choice(HASHED, X.shape[1], replace=False).astype(np.int32)
    wide = sparse.csr_array((X.data, columns[X.indices], X.indptr.astype(np.int32)))
    wide.resize((X.shape[0], HASHED))
    wide.sort_indices()
    return wide


def accuracies(folder, table, is_hashed, model, n_splits=5, n_repeats=5):
    """Return a row for each fold of each repeat."""
    X, y = table_of(folder / f"{table}.npz")
    X = sparse.csr_array(X.astype(np.float32))
    estimator = MODELS[model]()
    if is_hashed:
        X = hashed(X)
        if isinstance(estimator, DSTMLPClassifier):
            # As many connections as with the columns that there are.
            n_columns = np.count_nonzero(np.bincount(X.indices, minlength=HASHED))
            estimator.set_params(sparsity=1 - 0.03 * n_columns / HASHED)
    folds = RepeatedStratifiedKFold(
        n_splits=n_splits, n_repeats=n_repeats, random_state=0
    )
    rows = []
    for number, (train, test) in enumerate(folds.split(X, y)):
        if "random_state" in estimator.get_params():
            estimator.set_params(random_state=number)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            predicted = estimator.fit(X[train], y[train]).predict(X[test])
        score = accuracy_score(y[test], predicted)
        rows.append({"fold": number, "accuracy": 100 * score})
    return rows


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.wide_columns",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--data", type=Path, metavar="FOLDER")
    parser.add_argument("--out", type=Path, metavar="CSV")
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args(arguments)
    if options.data is None:
        print(costs().round(3).to_string(index=False))
        return
    cells = [
        {"table": table, "is_hashed": is_hashed, "model": model}
        for table in options.tables
        for is_hashed in (False, True)
        for model in MODELS
    ]
    measure = partial(accuracies, options.data, n_repeats=options.repeats)
    rows = measured(cells, measure, options.out)
    keys = ["table", "is_hashed", "model"]
    # Folds are splits of one table: a test row for every four training rows.
    table = with_intervals(rows, keys, ["accuracy"], seed="fold", ratio=0.25)
    table["accuracy"] = shown(table["accuracy"], table["accuracy_half_width"], 2)
    print(table[[*keys, "accuracy"]].to_string(index=False))


if __name__ == "__main__":
    main()
