"""What records of single samples cost: the column of docs/user_guide/difficulty.md.

`python -m benchmarks.speed.recording_costs` from a checkout, on a quiet machine, a
minute on one core. Epochs of SET networks of several sizes are timed with each kind of
record and without; start-up cancels between two lengths of training.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks.results import IMAGES, write_table
from sparsekit import SETMLPClassifier

OUT = IMAGES / "recording_costs.csv"
RECORDS = (None, "presentation", "epoch", "rewiring")
# Inputs, hidden layers and sparsity.
NETWORKS = {
    "small": (10, (20,), 0.0),
    "medium": (100, (100, 100), 0.75),
    "large": (500, (500, 500), 0.8),
}


def seconds(net, X, y, epochs):
    """Return the seconds of processor time of a fit."""
    begin = time.process_time()
    net.set_params(max_iter=epochs).fit(X, y)
    return time.process_time() - begin


def costs(name, n_rows, epochs, repeats):
    """Return one row for each kind of record: what it adds to an epoch."""
    n_inputs, hidden, sparsity = NETWORKS[name]
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_rows, n_inputs))
    y = rng.integers(2, size=n_rows)
    nets = {
        record: SETMLPClassifier(
            hidden,
            sparsity=sparsity,
            batch_size=32,
            n_iter_no_change=np.inf,
            record=record,
            random_state=0,
        )
        for record in RECORDS
    }
    for net in nets.values():
        seconds(net, X, y, 2)  # compiles, or loads compiled code
    short, long = 1, 1 + epochs
    # Kinds take turns, so that what disturbs the machine disturbs all of them.
    found = [
        {
            record: (seconds(net, X, y, long) - seconds(net, X, y, short)) / epochs
            for record, net in nets.items()
        }
        for _ in range(repeats)
    ]
    n_connections = nets[None].n_connections_
    # The best of each: other work on the machine only ever adds time.
    best = {record: min(times[record] for times in found) for record in RECORDS}
    plain = best[None]
    rows = [
        {
            "connections": n_connections,
            "record": record,
            "share_of_epoch": (best[record] - plain) / plain,
            "us_per_row": 1e6 * (best[record] - plain) / n_rows,
        }
        for record in RECORDS[1:]
    ]
    return rows


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.recording_costs",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--n-rows", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args(arguments)
    given = {"n_rows": options.n_rows, "epochs": options.epochs}
    given["repeats"] = options.repeats
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        table = pd.DataFrame([row for name in NETWORKS for row in costs(name, **given)])
    write_table(table, options.out, given)
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
