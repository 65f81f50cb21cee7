"""What single parts of the methods bring: each with and without, on the same splits.

`python -m benchmarks.accuracy.recipe_parts` from a checkout, about a minute on one
core. With `--data FOLDER`, images besides: fashion_mnist_part.npz with the arrays
X_train, y_train, X_test and y_test.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from benchmarks.results import IMAGES, measured, with_intervals, write_table
from sparsekit import DSTMLPClassifier
from sparsekit.topology import RewiringSchedule, SignChangePruner

OUT = IMAGES / "recipe_parts.csv"
HIDDEN = (200, 200, 200)
_COSINE = RewiringSchedule(decay="cosine", end=0.75)

# By method, what is set otherwise, and how the table calls it.
VARIANTS = {
    "set": {"as it is": {}},
    "itop": {
        "as it is": {},
        "random growth": {"grower": "random"},
        "every second epoch": {"schedule": RewiringSchedule(every=2, decay="cosine")},
        "every 1,500 steps": {
            "schedule": RewiringSchedule(every=1500, unit="steps", decay="cosine")
        },
        "fraction does not fall": {"schedule": RewiringSchedule()},
    },
    "srigl": {
        "as it is": {},
        "no ablation": {"pruner": "magnitude", "grower": "fan_in"},
    },
    "dsr": {"as it is": {}, "ranked by LAMP": {"pruner": "lamp"}},
    "mest": {
        "as it is": {},
        "bound not renewed": {"prune_fraction": 0.3, "schedule": _COSINE},
    },
    "deepr": {"as it is": {}, "signs alone": {"pruner": SignChangePruner()}},
}


def tables(folder):
    """Return functions that split a table by a seed, by name."""

    def digits(seed):
        X, y = load_digits(return_X_y=True)
        return train_test_split(X, y, stratify=y, test_size=0.3, random_state=seed)

    found = {"digits": digits}
    if folder is not None:
        with np.load(folder / "fashion_mnist_part.npz") as images:
            X, X_test = (
                images[name].reshape(len(images[name]), -1) / 255.0
                for name in ("X_train", "X_test")
            )
            y, y_test = images["y_train"], images["y_test"]
        found["Fashion-MNIST"] = lambda seed: (X, X_test, y, y_test)
    return found


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy.recipe_parts",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--sparsity", type=float, default=0.99)
    options = parser.parse_args(arguments)
    splits = tables(options.data)

    def accuracy(table, method, variant, seed):
        X, X_test, y, y_test = splits[table](seed)
        net = DSTMLPClassifier(
            HIDDEN,
            method=method,
            sparsity=options.sparsity,
            max_iter=options.epochs,
            n_iter_no_change=np.inf,
            random_state=seed,
            **VARIANTS[method][variant],
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return [{"score": net.fit(X, y).score(X_test, y_test)}]

    cells = [
        {"table": table, "method": method, "variant": variant, "seed": seed}
        for table in splits
        for method, variants in VARIANTS.items()
        for variant in variants
        for seed in range(options.seeds)
    ]
    rows = measured(cells, accuracy)
    made = with_intervals(rows, ["table", "method", "variant"], ["score"])
    settings = {"sparsity": options.sparsity, "epochs": options.epochs}
    write_table(made, options.out, settings | {"hidden": "200 200 200"})
    print(made.round(4).to_string())


if __name__ == "__main__":
    main()
