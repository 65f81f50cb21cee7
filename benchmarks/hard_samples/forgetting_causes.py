"""What makes sparse networks forget rows: gradient steps, pruning, or growth.

`python -m benchmarks.hard_samples.forgetting_causes` from a checkout, some minutes on
one core. Rows are evaluated before pruning, after it and after growth, see
`sparsekit.difficulty.forgetting_events`. Beside what pruning makes forgotten stands
what dropping as many random connections at that moment would have made forgotten. What
pruning makes forgotten may be learned again in the next epoch, so that forgetting
between the ends of epochs is counted, too, and compared with static networks.
"""

import argparse
import warnings
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from benchmarks.results import IMAGES, measured, shown, with_intervals, write_table
from benchmarks.speed.drawing import BLUE, GREEN, RED
from sparsekit import DSTMLPClassifier, MCARMasker
from sparsekit.topology import RewiringSchedule

OUT = IMAGES / "forgetting_causes.csv"
TABLES = {"digits": load_digits, "breast cancer": load_breast_cancer}
# RigL drops ever fewer connections, SET always the same share of them. The third tells
# whether a difference is due to that.
METHODS = {
    "static": {"method": "static"},
    "SET": {"method": "set"},
    "RigL": {"method": "rigl"},
    "RigL, no decay": {"method": "rigl", "schedule": RewiringSchedule()},
}
SPARSITIES = (0.5, 0.8, 0.9, 0.95, 0.98)
RATES = (0.0, 0.3, 0.6)
HIDDEN = (100, 100)
VALUES = [
    "gradient",
    "prune",
    "grow",
    "random",
    "prune_share",
    "lost",
    "between_epochs",
]
VALUES += ["more_than_static", "accuracy"]


def split_of(table, rate, seed):
    """Return training and test rows with holes."""
    X, y = TABLES[table](return_X_y=True)
    X, X_test, y, y_test = train_test_split(
        X, y, stratify=y, test_size=0.3, random_state=seed
    )
    masker = MCARMasker(missing_rate=rate, random_state=seed)
    return masker.fit_transform(X), masker.transform(X_test), y, y_test


def forgetting(table, method, sparsity, rate, seed, epochs):
    """Return what one fit forgot, per 100 rows and epoch.

    gradient, prune and grow are forgotten rows by cause; random is what random drops
    would have done in the place of prune. prune_share is the share of prune in the
    three. lost is the percentage of rows that a rewiring made forgotten and that stayed
    wrong. between_epochs are rows that were right at the end of an epoch and wrong at
    the end of the next, whatever happened in between.
    """
    X, X_test, y, y_test = split_of(table, rate, seed)
    net = DSTMLPClassifier(
        HIDDEN,
        sparsity=sparsity,
        max_iter=epochs,
        n_iter_no_change=np.inf,
        batch_size=32,
        random_state=seed,
        **METHODS[method],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        # The same network twice: records change no bit of it.
        plain = clone(net).set_params(record="epoch").fit(X, y)
        net.set_params(record="rewiring").fit(X, y)
    row = {
        "between_epochs": 100 * plain.record_["n_forgotten"].mean() / epochs,
        "accuracy": net.score(X_test, y_test),
    }
    return [_causes(net, y.size) | row]


def _causes(net, n_rows):
    """Return what was forgotten by cause; NaN of a network that is never rewired."""
    rewirings = net.record_["rewirings"]
    events = rewirings["events"]
    n_rewirings = len(events["epoch"])
    if not n_rewirings:
        names = ("gradient", "prune", "grow", "random", "prune_share", "lost")
        return dict.fromkeys(names, np.nan)
    unit = 100 / (n_rows * n_rewirings)
    gradient, prune, grow, random = (
        events[f"{cause}_forgotten"].sum()
        for cause in ("gradient", "prune", "grow", "null")
    )
    total = gradient + prune + grow
    return {
        "gradient": gradient * unit,
        "prune": prune * unit,
        "grow": grow * unit,
        "random": random * unit,
        "prune_share": prune / total if total else np.nan,
        "lost": 100 * (rewirings["lost_at"] > 0).mean(),
    }


def summary(rows):
    """Return means with 95 % intervals; differences to static ones are paired."""
    keys = ["table", "sparsity", "rate", "seed"]
    static = rows[rows["method"] == "static"].set_index(keys)["between_epochs"]
    theirs = static.reindex(pd.MultiIndex.from_frame(rows[keys])).to_numpy()
    rows = rows.assign(more_than_static=rows["between_epochs"] - theirs)
    return with_intervals(rows, ["table", "method", "sparsity", "rate"], VALUES)


def draw(table, path):
    """Draw the share of pruning, and how much more random drops make forgotten."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        2, len(TABLES), figsize=(9.6, 7), sharex=True, sharey="row", squeeze=False,
        layout="constrained",
    )  # fmt: skip
    names = {"SET": ("o-", "prune"), "RigL": ("s--", "prune")}
    names |= {"SET, random drops instead": ("^:", "random")}
    for (above, below), name in zip(axes.T, TABLES, strict=True):
        above.set_title(name, fontsize="medium")
        for label, (style, value) in names.items():
            method = label.partition(",")[0]
            mine = table[(table["table"] == name) & (table["method"] == method)]
            if value == "prune":
                _lines(above, mine, "prune_share", style, label)
            _lines(below, mine, value, style, label)
        below.set(yscale="log", xlabel="sparsity")
    axes[0, 0].set(ylim=(0, 1), ylabel="share of forgetting that pruning causes")
    axes[1, 0].set_ylabel("forgotten per 100 rows and rewiring")
    figure.legend(*axes[1, 0].get_legend_handles_labels(), loc="outside lower center",
                  ncols=3, frameon=False, fontsize="small")  # fmt: skip
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _lines(ax, table, value, style, label):
    """Draw a line for each missing rate, over sparsity."""
    places = np.arange(table["sparsity"].nunique())
    colours = (BLUE, GREEN, RED)
    for (rate, mine), colour in zip(table.groupby("rate"), colours, strict=False):
        ax.errorbar(
            places, mine[value], mine[f"{value}_half_width"], fmt=style, color=colour,
            ms=4, capsize=2, lw=1.2, label=f"{label}, {rate:.0%} missing",
        )  # fmt: skip
    ax.set_xticks(places, [f"{s:.0%}" for s in table["sparsity"].unique()])
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25, linewidth=0.6)


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hard_samples.forgetting_causes",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--rows", type=Path, help="keep single rows here, and resume")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--sparsities", nargs="+", type=float, default=SPARSITIES)
    parser.add_argument("--rates", nargs="+", type=float, default=RATES)
    options = parser.parse_args(arguments)
    matplotlib.use("Agg")
    cells = [
        {"table": name, "method": method, "sparsity": s, "rate": rate, "seed": seed}
        for seed in range(options.seeds)
        for name in TABLES
        for method in METHODS
        for rate in options.rates
        for s in options.sparsities
    ]

    def measure(**cell):
        return forgetting(**cell, epochs=options.epochs)

    rows = measured(cells, measure, options.rows)
    table = summary(rows)
    write_table(table, options.out, {"seeds": options.seeds, "epochs": options.epochs})
    draw(table, options.out.with_suffix(".png"))
    for value in VALUES:
        table["shown"] = shown(table[value], table[f"{value}_half_width"], 2)
        keys = ["table", "method", "rate"]
        wide = table.pivot(index=keys, columns="sparsity", values="shown")
        print(value, wide.to_string(), sep="\n", end="\n\n")


if __name__ == "__main__":
    main()
