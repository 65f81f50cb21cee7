"""Training on fewer samples: what selections save, and what as many random ones do.

`python -m tests.benchmarks.sample_selection` from a checkout, about ten minutes on one
core. All networks of a table and a seed meet the same split and train for the same
number of epochs. Beside each selection stand two that know nothing of the samples: in
each epoch as many random ones, and all samples for as many fewer epochs. Nothing was
tuned: selections have their default parameters.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t
from sklearn.datasets import load_digits, make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sparsekit import DenseMLPClassifier, SETMLPClassifier
from sparsekit.neural_network import SampleSelection
from tests.benchmarks.figures import write_table

OUT = Path(__file__).resolve().parents[2] / "docs" / "images" / "sample_selection.csv"
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
        # One label in ten is drawn anew: there are samples not to be learned.
        X, y = make_classification(
            n_samples,
            100,
            n_informative=20,
            n_redundant=20,
            n_classes=4,
            n_clusters_per_class=4,
            flip_y=0.1,
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


def compare(table, network, seed, options):
    """Return one row for each way of training on one split."""
    n_samples = options.rows if table == "generated" else min(options.rows, 1797)
    split = split_of(table, seed, n_samples)
    everything = options.epochs * split[0].shape[0]
    rows = []

    def add(method, selection=None, epochs=options.epochs):
        accuracy, used, seconds = fitted(network, selection, epochs, seed, split)
        rows.append(
            {
                "table": table,
                "network": network,
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
        n_epochs = max(1, round(options.epochs * sum(used) / everything))
        add(f"fewer epochs, as {name}", epochs=n_epochs)
    return rows


def summary(rows):
    """Return means over seeds, and 95 % intervals of differences from all samples.

    `ahead` is the accuracy minus that with all samples, seed by seed; `faster` the
    share of the seconds that is saved.
    """
    keys = ["table", "network", "seed"]
    whole = rows[rows["method"] == "all samples"].set_index(keys)
    at = pd.MultiIndex.from_frame(rows[keys])
    rows = rows.assign(
        ahead=rows["accuracy"] - whole["accuracy"].reindex(at).to_numpy(),
        faster=1 - rows["seconds"] / whole["seconds"].reindex(at).to_numpy(),
    )
    names = ["accuracy", "ahead", "saved", "seconds", "faster"]
    groups = rows.groupby(["table", "network", "method"], sort=False)[names]
    half = groups.sem()["ahead"] * t.ppf(0.975, rows["seed"].nunique() - 1)
    return groups.mean().assign(ahead_half_width=half).reset_index()


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.sample_selection",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--rows", type=int, default=5000, help="of the generated table")
    options = parser.parse_args(arguments)
    for network in NETWORKS:  # compiles
        compare("digits", network, 0, argparse.Namespace(rows=200, epochs=20))
    rows = [
        row
        for table in TABLES
        for network in NETWORKS
        for seed in range(options.seeds)
        for row in compare(table, network, seed, options)
    ]
    table = summary(pd.DataFrame(rows))
    settings = {name: getattr(options, name) for name in ("seeds", "epochs", "rows")}
    write_table(table, options.out, settings)
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
