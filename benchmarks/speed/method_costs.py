"""Time per epoch of all methods over that of SET, and what their rewirings take.

`python -m benchmarks.speed.method_costs` from a checkout, on a quiet machine. One
network, 784-1000-1000-1000-10 at 96 % sparsity, on 12,800 rows in batches of 128; then
rewiring by link prediction with a million connections. One thread.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks.results import IMAGES, write_table
from sparsekit import DSTMLPClassifier
from sparsekit.neural_network.parameters._methods import RECIPES

OUT = IMAGES / "method_costs.csv"
N_FEATURES, N_CLASSES = 784, 10


def timed(method, hidden, sparsity, n_rows, epochs):
    """Return the seconds of an epoch and of a rewiring, medians of one fit.

    Medians leave out the first epoch, which compiles; of methods whose density falls,
    the epochs at the final one count.
    """
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_rows, N_FEATURES), dtype=np.float32)
    y = rng.integers(N_CLASSES, size=n_rows)
    net = DSTMLPClassifier(
        hidden,
        method=method,
        sparsity=sparsity,
        batch_size=128,
        max_iter=epochs,
        n_iter_no_change=np.inf,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(X, y)
    history = pd.DataFrame(net.history_).iloc[1:]
    row = {
        "method": method,
        "weights": net.n_connections_,
        "epoch_ms": 1e3 * history["seconds"].median(),
    }
    if net.rewiring_history_:
        rewirings = pd.DataFrame(net.rewiring_history_)
        at_the_end = (
            rewirings.groupby("epoch")["n_connections"].sum().eq(net.n_connections_)
        )
        late = at_the_end.index[at_the_end]
        seconds = rewirings.groupby("epoch")["seconds"].first()
        # The first of them compiles, or comes from another density.
        row["rewiring_ms"] = 1e3 * seconds[late[1:]].median()
        row["epoch_ms"] = (
            1e3 * history[history["epoch"] > late.min()]["seconds"].median()
        )
    return row


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.method_costs",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rows", type=int, default=12_800)
    parser.add_argument("--million-rows", type=int, default=60_000)
    parser.add_argument("--methods", nargs="+", default=list(RECIPES))
    options = parser.parse_args(arguments)
    wide, million = (1000, 1000, 1000), (10_000, 10_000)
    rows = [
        {"network": "wide"} | timed(method, wide, 0.96, options.rows, options.epochs)
        for method in options.methods
    ]
    rows += [
        {"network": "million"} | timed(method, million, 0.9908, options.million_rows, 4)
        for method in ("set", "rigl", "cht", "chts")
        if method in options.methods
    ]
    table = pd.DataFrame(rows)
    together = table["epoch_ms"] + table["rewiring_ms"].fillna(0.0)
    of_set = together.where(table["method"] == "set").groupby(table["network"]).first()
    table["over_set"] = together / table["network"].map(of_set)
    table["rewiring_share"] = table["rewiring_ms"] / table["epoch_ms"]
    write_table(table, options.out, {"rows": options.rows})
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
