"""Methods of dynamic sparse training by the protocols of their papers.

``python -m benchmarks.published --data FOLDER``, about an hour on one core. FOLDER has
``fashion_mnist_part.npz``, ``mnist_t10k.npz`` and ``madelon.npz``, with the arrays
`X_train`, `y_train`, `X_test` and `y_test`. Rows that the file of results holds are not
made again.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks.results import IMAGES, measured, write_table
from sparsekit import DenseMLPClassifier, DSTMLPClassifier
from sparsekit.neural_network import LinearDecay
from sparsekit.topology import ErdosRenyi

OUT = IMAGES / "published.csv"
METHODS = ("static", "set", "rigl", "cht", "chts", "chtss", "granet", "gmp")
SPARSITIES = (0.9, 0.95, 0.99)
TABLES = {"fashion_mnist_part": (784,) * 3, "mnist_t10k": (196,) * 3}

# Test accuracy in percent on the whole sets at a sparsity of 99 %, three hidden layers
# of 1,568 neurons, as published: Zhang et al., arXiv 2501.19107, tables 1 and 7.
PUBLISHED = {
    "fashion_mnist_part": {
        "dense": 90.88,
        "set": 89.00,
        "rigl": 89.91,
        "cht": 88.70,
        "chts": 90.67,
        "gmp": 90.29,
        "granet": 89.98,
        "chtss": 90.81,
    },
    "mnist_t10k": {
        "dense": 98.78,
        "set": 98.14,
        "rigl": 98.61,
        "cht": 98.48,
        "chts": 98.76,
        "gmp": 98.62,
        "granet": 98.81,
        "chtss": 98.83,
    },
}

# Zhang et al., appendix on settings: stochastic gradient descent with momentum, a rate
# that falls linearly to 1 % over 90 % of the epochs, a weight decay of 5e-4 (which is
# not divided by the 32 rows of a batch), and an output layer that is dense.
_IMAGES = {
    "solver": "sgd",
    "learning_rate_init": 0.025,
    "learning_rate": LinearDecay(end=0.9, final=0.01),
    "momentum": 0.9,
    "nesterovs_momentum": False,
    "alpha": 5e-4 * 32,
    "batch_size": 32,
    "n_iter_no_change": np.inf,
    "standardize": False,
}

# Curci et al., arXiv 2102.01732: weights shrink by 2e-4 in each step, whatever the
# rate; new connections are drawn as the first ones, by the fans of a dense layer.
_MADELON = {
    "solver": "sgdw",
    "learning_rate_init": 0.01,
    "learning_rate": "constant",
    "momentum": 0.9,
    "nesterovs_momentum": False,
    "alpha": 2e-4 / 0.01,
    "batch_size": 32,
    "dropout": 0.3,
    "n_iter_no_change": np.inf,
}


def load(folder, name):
    """Return training and test rows of a table."""
    with np.load(folder / f"{name}.npz") as file:
        parts = [file[part] for part in ("X_train", "y_train", "X_test", "y_test")]
    X, y, X_test, y_test = parts
    if name != "madelon":
        # One mean and one deviation for all pixels, as is usual for images.
        mean, deviation = X.mean(), X.std()
        X, X_test = ((x - mean) / deviation for x in (X, X_test))
    return X.astype(np.float32), y, X_test.astype(np.float32), y_test


def on_images(folder, epochs):
    """Return a function that makes the row of a method on a set of images."""

    def row(table, method, sparsity, seed):
        settings = _IMAGES | {"max_iter": epochs, "random_state": seed}
        sizes = TABLES[table]
        if method == "dense":
            net = DenseMLPClassifier(sizes, **settings)
        else:
            net = DSTMLPClassifier(
                sizes,
                method=method,
                sparsity=sparsity,
                allocation="uniform_dense_output",
                **settings,
            )
        return [_fitted(net, load(folder, table))]

    return row


def on_madelon(folder):
    """Return a function that makes the row of a start of new connections."""
    X, y, X_test, y_test = load(folder, "madelon")

    def row(grow_init, epochs, seed):
        net = DSTMLPClassifier(
            (400, 100, 400),
            allocation=ErdosRenyi(epsilon=20),
            weight_init="he_dense",
            grow_init=grow_init,
            max_iter=epochs,
            random_state=seed,
            **_MADELON,
        )
        return [_fitted(net, (X, y, X_test, y_test))]

    return row


# What new connections begin with: by SGD as above, and by Adam as by default.
STARTS = (
    *(("sgd", start, "zero") for start in ("zero", "he", "normal", "gradient")),
    ("sgd", "history", "zero"),
    *(("adam", "zero", moments) for moments in ("zero", "per_connection_step")),
    ("adam", "zero", "layer_mean"),
)


def on_starts(folder, epochs):
    """Return a function that makes the row of SET with a start of new connections."""
    parts = load(folder, "fashion_mnist_part")

    def row(solver, grow_init, growth_moments, seed):
        settings = _IMAGES if solver == "sgd" else {"standardize": False}
        net = DSTMLPClassifier(
            (784,) * 3,
            sparsity=0.99,
            allocation="uniform_dense_output",
            grow_init=grow_init,
            growth_moments=growth_moments,
            **settings,
        )
        net.set_params(max_iter=epochs, random_state=seed)
        return [_fitted(net, parts)]

    return row


def _fitted(net, parts):
    X, y, X_test, y_test = parts
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        begin = time.process_time()
        net.fit(X, y)
        seconds = time.process_time() - begin
    last = net.rewiring_history_[-net.n_layers_ + 1 :]
    return {
        "accuracy": 100 * net.score(X_test, y_test),
        "n_connections": net.n_connections_,
        "seconds_per_epoch": seconds / net.n_iter_,
        "active_of_last_hidden_level": last[-1]["n_active"] if last else np.nan,
    }


def summary(rows, keys):
    """Return mean and deviation over seeds."""
    groups = rows.groupby(keys, sort=False)
    table = groups["accuracy"].agg(["mean", "std", "count"])
    others = ["n_connections", "seconds_per_epoch", "active_of_last_hidden_level"]
    return table.join(groups[others].mean()).reset_index()


def main(arguments=None):
    """Run it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.published", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the tables")
    parser.add_argument("--out", type=Path, default=OUT, help="CSV of the means")
    parser.add_argument("--rows", type=Path, help="CSV of single fits, to go on from")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--methods", nargs="+", default=["dense", *METHODS])
    parser.add_argument("--sparsities", nargs="+", type=float, default=SPARSITIES)
    parser.add_argument("--tables", nargs="+", default=[*TABLES, "madelon", "starts"])
    options = parser.parse_args(arguments)
    cells = [
        {"table": table, "method": method, "sparsity": sparsity, "seed": seed}
        for seed in range(options.seeds)
        for table in options.tables
        if table in TABLES
        for method in options.methods
        for sparsity in ([0.0] if method == "dense" else options.sparsities)
    ]
    tables = []
    if cells:
        rows = measured(cells, on_images(options.data, options.epochs), options.rows)
        tables.append(summary(rows, ["table", "method", "sparsity"]))
        at_99 = tables[0]["sparsity"].isin([0.0, 0.99])
        tables[0]["published"] = [
            PUBLISHED[table].get(method, np.nan) if known else np.nan
            for table, method, known in zip(
                tables[0]["table"], tables[0]["method"], at_99, strict=True
            )
        ]
    if "madelon" in options.tables:
        cells = [
            {"grow_init": start, "epochs": epochs, "seed": seed}
            for seed in range(options.seeds)
            for start in ("zero", "he_dense", "he", "normal", "gradient", "history")
            for epochs in (15, 100)
        ]
        path = options.rows and options.rows.with_stem(options.rows.stem + "_madelon")
        rows = measured(cells, on_madelon(options.data), path)
        of_starts = summary(rows, ["grow_init", "epochs"])
        tables.append(of_starts.assign(table="madelon", method="set"))
    if "starts" in options.tables:
        cells = [
            {"solver": solver, "grow_init": start, "growth_moments": m, "seed": seed}
            for seed in range(options.seeds)
            for solver, start, m in STARTS
        ]
        path = options.rows and options.rows.with_stem(options.rows.stem + "_starts")
        rows = measured(cells, on_starts(options.data, options.epochs), path)
        of_starts = summary(rows, ["solver", "grow_init", "growth_moments"])
        of_starts = of_starts.assign(table="fashion_mnist_part", method="set")
        tables.append(of_starts.assign(sparsity=0.99))
    table = pd.concat(tables, ignore_index=True)
    write_table(table, options.out, {"seeds": options.seeds, "epochs": options.epochs})
    print(table.round(2).to_string(index=False, na_rep=""))


if __name__ == "__main__":
    main()
