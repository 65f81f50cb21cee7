"""Training on fewer samples: what selections save, and what as many random ones do.

`python -m benchmarks.hard_samples.sample_selection` from a checkout, about three
minutes on one core. All networks of a table and a seed meet the same split. Beside each
selection stand two ways that know nothing of the samples: in each epoch as many random
ones, and all of them for fewer epochs. Nothing was tuned: selections have their default
parameters.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits, make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from benchmarks.results import IMAGES, with_intervals, write_table
from sparsekit import DenseMLPClassifier, SETMLPClassifier
from sparsekit.neural_network import SampleSelection

OUT = IMAGES / "sample_selection.csv"
HIDDEN = (200, 200)
SELECTIONS = ("infobatch", "removal")
NETWORKS = {"SET": SETMLPClassifier, "dense": DenseMLPClassifier}
TABLES = ("digits", "generated")


class RandomRows(SampleSelection):
    """As many random samples in each epoch as `sizes` says."""

    def __init__(self, sizes=()):
        self.sizes = sizes

    def select(self, notes, rng):
        kept = np.zeros(notes.kept.size, dtype=bool)
        size = self.sizes[notes.n_epochs]
        kept[rng.choice(kept.size, size, replace=False)] = True
        return kept, None


def split_of(table, seed, n_samples):
    """Return training and test rows; `seed` draws the generated table, too."""
    if table == "digits":
        X, y = load_digits(return_X_y=True)
        X, y = X[:n_samples], y[:n_samples]
    else:
        # One label in twenty is drawn anew: there are samples not to be learned.
        X, y = make_classification(
            n_samples,
            50,
            n_informative=20,
            n_redundant=10,
            n_classes=4,
            flip_y=0.05,
            random_state=seed,
        )
    return train_test_split(X, y, stratify=y, test_size=0.3, random_state=seed)


def fitted(network, selection, epochs, seed, split):
    """Train; return accuracy, the samples that each epoch took, and seconds of CPU."""
    X, X_test, y, y_test = split
    net = NETWORKS[network](
        HIDDEN,
        max_iter=epochs,
        n_iter_no_change=np.inf,
        batch_size=32,
        learning_rate_init=0.001,
        sample_selection=selection,
        random_state=seed,
    )
    begin = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(X, y)
    seconds = time.process_time() - begin
    return net.score(X_test, y_test), [e["n_samples"] for e in net.history_], seconds


def compare(table, network, epochs, seed, n_samples):
    """Return one row for each way of training on one split."""
    split = split_of(table, seed, n_samples)
    everything = epochs * split[0].shape[0]
    rows = []

    def add(method, selection=None, n_epochs=epochs):
        accuracy, used, seconds = fitted(network, selection, n_epochs, seed, split)
        rows.append(
            {
                "table": table,
                "network": network,
                "epochs": epochs,
                "method": method,
                "seed": seed,
                "accuracy": accuracy,
                "saved": 1 - sum(used) / everything,
                "seconds": seconds,
            }
        )
        return used

    add("all samples")
    for name in SELECTIONS:
        used = add(name, name)
        add(f"random, as {name}", RandomRows(used))
        n_epochs = max(1, round(epochs * sum(used) / everything))
        add(f"fewer epochs, as {name}", n_epochs=n_epochs)
    return rows


def summary(rows):
    """Return means over seeds, and 95 % intervals of differences from all samples.

    `ahead` is the accuracy minus that with all samples, seed by seed; `faster` the
    share of the seconds that is saved.
    """
    keys = ["table", "network", "epochs", "seed"]
    whole = rows[rows["method"] == "all samples"].set_index(keys)
    at = pd.MultiIndex.from_frame(rows[keys])
    rows = rows.assign(
        ahead=rows["accuracy"] - whole["accuracy"].reindex(at).to_numpy(),
        faster=1 - rows["seconds"] / whole["seconds"].reindex(at).to_numpy(),
    )
    names = ["accuracy", "ahead", "saved", "seconds", "faster"]
    cell = [*keys[:3], "method"]
    return with_intervals(rows, cell, names)[[*cell, *names, "ahead_half_width"]]


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hard_samples.sample_selection",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, nargs="+", default=[30, 100])
    parser.add_argument("--rows", type=int, default=5000, help="of the generated table")
    options = parser.parse_args(arguments)
    for network in NETWORKS:  # compiles
        compare("digits", network, epochs=20, seed=0, n_samples=200)
    rows = [
        row
        for table in TABLES
        for network in NETWORKS
        for epochs in options.epochs
        for seed in range(options.seeds)
        for row in compare(table, network, epochs, seed, options.rows)
    ]
    table = summary(pd.DataFrame(rows))
    settings = {name: getattr(options, name) for name in ("seeds", "rows")}
    write_table(table, options.out, settings)
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
