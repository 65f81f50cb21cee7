"""How few training rows keep a network's accuracy: chosen by difficulty, and random.

`python -m benchmarks.hard_samples.smallest_subset` from a checkout, some minutes on one
core. All subsets are trained for the same number of epochs, so that a smaller one takes
fewer steps; that holds for the random ones, too.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedShuffleSplit

from benchmarks.hard_samples.planted import TABLES, table_of
from benchmarks.results import IMAGES, measured, shown, with_intervals, write_table
from sparsekit import SETMLPClassifier
from sparsekit.difficulty import selection_curve

OUT = IMAGES / "smallest_subset.csv"
KEEP = (0.1, 0.2, 0.3, 0.5, 0.7)
RANKINGS = ("difficulty", "forgetting")
# Not the easiest: a tenth of breast cancer is then of one class.
CHOICES = {
    "stratified": {"strategy": "stratified"},
    "stratified, without hardest 5 %": {"strategy": "stratified", "drop_hardest": 0.05},
    "hardest": {"strategy": "hardest"},
}
LOSS = 0.01  # of accuracy, that "keeps accuracy" allows


def network(seed, epochs):
    """Return the network that is trained on each subset."""
    return SETMLPClassifier(
        (100,),
        sparsity=0.8,
        max_iter=epochs,
        n_iter_no_change=np.inf,
        batch_size=32,
        random_state=seed,
    )


def curves(table, seed, epochs, keep):
    """Return one row for each choice and share of the training rows of one split."""
    X, y = table_of(table, seed)
    split = StratifiedShuffleSplit(1, test_size=0.3, random_state=seed)
    folds = list(split.split(X, y))
    net = network(seed, epochs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        full = selection_curve(net, X, y, by=[], keep_fractions=[1.0], cv=folds)[
            "score"
        ].item()
        chosen = [
            selection_curve(
                net,
                X,
                y,
                by=RANKINGS,
                keep_fractions=keep,
                cv=folds,
                random_state=seed,
                **how,
            ).assign(choice=name)
            for name, how in CHOICES.items()
        ]
    found = pd.concat(chosen)
    is_random = found["by"] == "random"
    # Each curve comes with random rows: more draws for the same comparison.
    random = found[is_random].groupby("keep_fraction")["score"].mean()
    rows = [
        {
            "by": row.by,
            "choice": row.choice,
            "keep": row.keep_fraction,
            "score": row.score,
        }
        for row in found[~is_random].itertuples()
    ]
    rows += [
        {"by": "random", "choice": "random", "keep": share, "score": score}
        for share, score in random.items()
    ]
    return [
        row | {"loss": full - row["score"], "ahead": row["score"] - random[row["keep"]]}
        for row in rows
    ]


def smallest(table):
    """Return the smallest share whose loss is within the limit, for each choice.

    Once by the mean, and once by the upper end of the loss's interval; 1 where all rows
    are needed.
    """
    limits = {"mean": table["loss"], "sure": table["loss"] + table["loss_half_width"]}
    shares = {}
    for name, loss in limits.items():
        kept = table["keep"].where(loss <= LOSS)
        groups = kept.groupby([table[k] for k in ("by", "choice", "table")], sort=False)
        shares[name] = groups.min().fillna(1.0)
    return pd.DataFrame(shares).reset_index()


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hard_samples.smallest_subset",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--rows", type=Path, help="keep single rows here, and resume")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES)
    parser.add_argument("--keep", nargs="+", type=float, default=KEEP)
    options = parser.parse_args(arguments)
    cells = [
        {"table": name, "seed": seed}
        for seed in range(options.seeds)
        for name in options.tables
    ]

    def measure(**cell):
        return curves(**cell, epochs=options.epochs, keep=options.keep)

    rows = measured(cells, measure, options.rows)
    keys = ["table", "by", "choice", "keep"]
    table = with_intervals(rows, keys, ["score", "loss", "ahead"])
    write_table(table, options.out, {"seeds": options.seeds, "epochs": options.epochs})
    for value in ("score", "loss", "ahead"):
        table["shown"] = shown(
            table[value], table[f"{value}_half_width"], 3, value != "score"
        )
        wide = table.pivot(index=keys[:3], columns="keep", values="shown")
        print(value, wide.to_string(), sep="\n", end="\n\n")
    print(f"smallest share with a loss of at most {LOSS}")
    wide = smallest(table).pivot(
        index=["by", "choice"], columns="table", values=["mean", "sure"]
    )
    print(wide.to_string())


if __name__ == "__main__":
    main()
