"""Which rows to replay against forgetting: hard ones, easy ones, or random ones.

`python -m benchmarks.hard_samples.replay_choice` from a checkout, some minutes on one
core. A network learns one task and then another, while it goes on seeing a few rows of
the first, as often as those of the second. Two pairs of tasks made from scikit-learn's
digits: "split", the digits 0 to 4 and then 5 to 9; "permuted", all digits and then the
same with their pixels in another order.
"""

import argparse
import copy
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from benchmarks.results import IMAGES, measured, shown, with_intervals, write_table
from sparsekit import DenseMLPClassifier, SETMLPClassifier
from sparsekit.difficulty import HardSampleSelector

OUT = IMAGES / "replay_choice.csv"
HIDDEN = (100, 100)
MODELS = ("SET", "dense")
STREAMS = ("split", "permuted")
CHOICES = ("random", "random by class", "stratified", "hardest", "easiest")
SIZES = (20, 100)


def tasks_of(stream, seed):
    """Return training and test rows of two tasks."""
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X / 16, y, stratify=y, test_size=0.3, random_state=seed
    )
    if stream == "split":
        return [
            (X_train[a], y_train[a], X_test[b], y_test[b])
            for a, b in (
                (y_train < 5, y_test < 5),
                (y_train >= 5, y_test >= 5),
            )
        ]
    order = np.random.default_rng(seed).permutation(64)
    return [
        (X_train, y_train, X_test, y_test),
        (X_train[:, order], y_train, X_test[:, order], y_test),
    ]


def network(model, seed, epochs):
    """Return a network before training."""
    # Pixels have one scale in both tasks: it is no part of what is to be learned.
    settings = {
        "standardize": False,
        "batch_size": 32,
        "max_iter": epochs,
        "n_iter_no_change": np.inf,
        "random_state": seed,
    }
    if model == "dense":
        return DenseMLPClassifier(HIDDEN, **settings)
    return SETMLPClassifier(HIDDEN, sparsity=0.8, **settings)


def chosen(choice, size, judge, X, y, seed):
    """Return which rows of the first task are replayed."""
    if choice == "random by class":
        n_here = size // np.unique(y).size
        rng = np.random.default_rng(seed)
        rows = [rng.permutation(np.flatnonzero(y == c))[:n_here] for c in np.unique(y)]
        return np.sort(np.concatenate(rows))
    how = {"by": "random"} if choice == "random" else {"strategy": choice}
    selector = HardSampleSelector(
        judge, keep_fraction=size / y.size, random_state=seed, **how
    )
    return selector.fit(X, y).sample_indices_


def learn(net, X, y, epochs):
    """Train on for some epochs."""
    for _ in range(epochs):
        net.partial_fit(X, y, classes=np.arange(10))
    return net


def accuracies(stream, model, seed, epochs, sizes):
    """Return one row for each choice and size: accuracy on both tasks at the end."""
    (X, y, *test), (X_new, y_new, *test_new) = tasks_of(stream, seed)
    first = learn(network(model, seed, epochs), X, y, epochs)
    before = first.score(*test)
    rows = []
    for size in (0, *sizes):
        for choice in CHOICES if size else ("none",):
            kept = np.array([], dtype=int)
            if size:
                # The network that says what is hard is another one, of another seed.
                judge = network(model, 1000 + seed, epochs)
                kept = chosen(choice, size, judge, X, y, seed)
                kept = np.resize(kept, y_new.size)
            both = np.vstack([X_new, X[kept]]), np.concatenate([y_new, y[kept]])
            net = learn(copy.deepcopy(first), *both, epochs)
            old, new = net.score(*test), net.score(*test_new)
            rows.append(
                {
                    "size": size,
                    "choice": choice,
                    "old": old,
                    "new": new,
                    "mean": (old + new) / 2,
                    "forgotten": before - old,
                }
            )
    return rows


def summary(rows):
    """Return means with 95 % intervals; ``ahead`` is the mean less that of random."""
    keys = ["stream", "model", "size", "seed"]
    random = rows[rows["choice"] == "random"].set_index(keys)["mean"]
    theirs = random.reindex(pd.MultiIndex.from_frame(rows[keys])).to_numpy()
    rows = rows.assign(ahead=rows["mean"] - theirs)
    values = ["old", "new", "mean", "forgotten", "ahead"]
    return with_intervals(rows, ["stream", "model", "size", "choice"], values)


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hard_samples.replay_choice",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--rows", type=Path, help="keep single rows here, and resume")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    options = parser.parse_args(arguments)
    cells = [
        {"stream": stream, "model": model, "seed": seed}
        for seed in range(options.seeds)
        for stream in STREAMS
        for model in MODELS
    ]

    def measure(**cell):
        return accuracies(**cell, epochs=options.epochs, sizes=options.sizes)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        rows = measured(cells, measure, options.rows)
    table = summary(rows)
    write_table(table, options.out, {"seeds": options.seeds, "epochs": options.epochs})
    for value in ("old", "new", "mean", "ahead"):
        table["shown"] = shown(
            table[value], table[f"{value}_half_width"], 3, value == "ahead"
        )
        keys = ["size", "choice"]
        wide = table.pivot(index=keys, columns=["stream", "model"], values="shown")
        print(value, wide.to_string(), sep="\n", end="\n\n")


if __name__ == "__main__":
    main()
