"""What the reference study says: its tables, its figure and its ranks.

``sparsekit study --preset reference --output DIR`` makes the rows, in an hour or so for
ten seeds. ``python -m benchmarks.studies.reference_study`` reads those that the docs
keep, or with ``--rows DIR/results.csv`` others; it draws the figures of the docs and
prints the tables. ``--keep`` stores the rows for the docs, and prints their checksum.
"""

import argparse
import gzip
import hashlib
from pathlib import Path

import matplotlib as mpl
import pandas as pd

from benchmarks.speed.drawing import BLUE, GREEN, GREY, ORANGE, RED
from sparsekit.study import StudyResult

IMAGES = Path("docs/images")
ROWS = IMAGES / "reference_study.csv.gz"

# Sparsity at which the sparse networks stand beside models that have none.
SPARSITY = 0.95
SPARSE = ("static", "set", "rigl", "chts")
OTHERS = (
    "hist_gradient_boosting",
    "mlp_iterative",
    "mlp_mean",
    "logistic_iterative",
    "logistic_mean",
)
SHOWN = ["dense", *((model, SPARSITY) for model in SPARSE), *OTHERS]
# Missing rates of the tables, beside 0; the figure has all.
RATES = (0.4, 0.8)
SCALE = {"accuracy": 100, "r2": 100}
UNIT = {"accuracy": "accuracy [%]", "r2": "R2 [%]"}

# Model, and what it is compared with.
QUESTIONS = [
    *(((model, s), "dense") for s in (0.5, 0.9, 0.95) for model in SPARSE),
    *((("set", s), ("static", s)) for s in (0.5, 0.9, 0.95, 0.98)),
    *((("rigl", s), ("set", s)) for s in (0.9, 0.95, 0.98)),
    *((("chts", s), ("set", s)) for s in (0.9, 0.95, 0.98)),
    *((other, ("rigl", SPARSITY)) for other in OTHERS),
]

STYLES = {
    "dense": (GREY, "-", "dense"),
    ("static", SPARSITY): (BLUE, ":", "static"),
    ("set", SPARSITY): (BLUE, "-", "SET"),
    ("rigl", SPARSITY): (RED, "-", "RigL"),
    ("chts", SPARSITY): (ORANGE, "-", "CHTs"),
    "hist_gradient_boosting": (GREEN, "-", "gradient boosting"),
    "mlp_iterative": ("black", "--", "MLP, iterative imputation"),
    "logistic_iterative": ("black", ":", "linear, iterative imputation"),
}


def scores(frame):
    """Return the mean score of each model, metric and condition over tables, in %."""
    frame = frame.assign(score=frame["score"] * frame["metric"].map(SCALE))
    keys = ["metric", "model", "sparsity", "mechanism", "missing_rate"]
    by_table = frame.groupby([*keys, "dataset"], sort=False)["score"].mean()
    return by_table.groupby(level=keys, sort=False).mean().reset_index()


def rows_of(table, name):
    """Return the rows of a model, or of a model at a sparsity."""
    model, sparsity = name if isinstance(name, tuple) else (name, None)
    mine = table[table["model"] == model]
    return mine if sparsity is None else mine[mine["sparsity"] == sparsity]


def comparisons(result, *, pool_rates=True, questions=QUESTIONS):
    """Return the differences of models over tables, all mechanisms together."""
    # Mechanisms of one table are no tables of their own.
    runs = result.frame.groupby(["mechanism", "seed"]).ngroup()
    pooled = result.frame.assign(seed=runs, mechanism="all")
    pooled = StudyResult(pooled)
    found = [
        pooled.compare(a, b, over="datasets", pool_rates=pool_rates)
        for a, b in questions
    ]
    return pd.concat(found, ignore_index=True)


def draw(table, path):
    """Draw scores against the missing rate: a row a metric, a column a mechanism."""
    import matplotlib.pyplot as plt

    mechanisms = list(dict.fromkeys(table["mechanism"]))
    figure, axes = plt.subplots(
        len(UNIT), len(mechanisms), figsize=(9.6, 6.6), sharex=True, sharey="row",
        squeeze=False, layout="constrained",
    )  # fmt: skip
    for (metric, unit), row in zip(UNIT.items(), axes, strict=True):
        row[0].set_ylabel(f"mean {unit}")
        for ax, mechanism in zip(row, mechanisms, strict=True):
            here = table[
                (table["metric"] == metric) & (table["mechanism"] == mechanism)
            ]
            for name, (colour, line, label) in STYLES.items():
                mine = rows_of(here, name)
                ax.plot(100 * mine["missing_rate"], mine["score"], linestyle=line,
                        color=colour, marker=".", label=label)  # fmt: skip
            ax.grid(alpha=0.25, linewidth=0.6)
            ax.spines[["top", "right"]].set_visible(False)
    for ax, mechanism in zip(axes[0], mechanisms, strict=True):
        ax.set_title(mechanism.upper(), fontsize="medium")
    for ax in axes[-1]:
        ax.set_xlabel("missing values [%]")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center",
                  ncols=4, frameon=False, fontsize="small",
                  title=f"sparse networks: {SPARSITY:.0%} sparsity")  # fmt: skip
    figure.savefig(path, dpi=130)
    plt.close(figure)


def keep(frame, path):
    """Store rows so that equal rows make an equal file; return its checksum."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", mtime=0, fileobj=file) as out:
        out.write(frame.to_csv(index=False).encode())
    return hashlib.sha256(path.read_bytes()).hexdigest()


def print_scores(table):
    """Print a Markdown table for each metric: models against conditions."""
    for metric, unit in UNIT.items():
        here = table[table["metric"] == metric]
        conditions = here[["mechanism", "missing_rate"]].drop_duplicates()
        # Without holes, no mechanism has a say.
        holes = conditions[conditions["missing_rate"].isin(RATES)]
        columns = [(here["mechanism"].iloc[0], 0.0), *holes.to_numpy().tolist()]
        shown = [f"{name.upper()} {100 * r:g} %" for name, r in holes.to_numpy()]
        print(f"\nMean {unit}\n\n| model | 0 % | {' | '.join(shown)} |")
        print("| --- " * (2 + len(shown)) + "|")
        for name in SHOWN:
            mine = rows_of(here, name).set_index(["mechanism", "missing_rate"])["score"]
            cells = " | ".join(f"{mine[tuple(column)]:.1f}" for column in columns)
            print(f"| {label_of(name)} | {cells} |")


def print_resolved(result):
    """Print each difference in a condition of one table that `resolved` counts."""
    for a, b in QUESTIONS:
        table = result.compare(a, b)
        for row in table[table["p_holm"] < 0.05].itertuples():
            print(f"{label_of(a)} - {label_of(b)}, {row.dataset}, {row.mechanism}: "
                  f"{100 * row.difference:+.1f}")  # fmt: skip


def print_details(frame):
    """Print differences by mechanism and by table against the rate, and weights."""
    rates = frame.assign(score=100 * frame["score"])
    best = rows_of(rates, ("rigl", SPARSITY))
    for other in ("hist_gradient_boosting", "mlp_iterative"):
        for metric, by in (("accuracy", "mechanism"), (None, "dataset")):
            means = [
                rows[rows["metric"] == metric] if metric else rows
                for rows in (rows_of(rates, other), best)
            ]
            first, second = (
                rows.pivot_table(index=by, columns="missing_rate", values="score")
                for rows in means
            )
            print(f"\n{other} - rigl {SPARSITY:.0%}, {metric or 'every metric'}")
            print((first - second).round(1).to_string())
    for value in ("score", "n_connections"):
        table = rates.pivot_table(
            index=["model", "sparsity"], columns="dataset", values=value
        )
        print(f"\nMean {value}\n{table.round(1).to_string()}")


def label_of(name):
    """Return a name for a table."""
    model, sparsity = name if isinstance(name, tuple) else (name, None)
    return f"`{model}`" + (f" {100 * sparsity:g} %" if sparsity else "")


def resolved(result, a, b):
    """Return how often one model is better, and worse, in a condition of one table.

    A difference counts if the corrected resampled t test, with Holm's correction for
    all tables and mechanisms, finds it at 5 %.
    """
    table = result.compare(a, b)
    found = table[table["p_holm"] < 0.05]["difference"]
    return int((found > 0).sum()), int((found < 0).sum()), len(table)


def print_comparisons(table, result=None):
    """Print differences in points as a Markdown table, with intervals over tables.

    With a `result`, also in how many conditions of single tables a model is better.
    """
    last = "rate" if result is None else "better, worse, of"
    print(f"\n| model | minus | accuracy | R2 | {last} |\n" + "| --- " * 5 + "|")
    keys = ["model_a", "sparsity_a", "model_b", "sparsity_b"]
    keys += ["missing_rate"] if result is None else []
    for values, group in table.groupby(keys, sort=False):
        pair = [tuple(values[at : at + 2]) for at in (0, 2)]
        cells = {row.metric: _difference(row) for row in group.itertuples()}
        if result is None:
            counted = f"{100 * values[-1]:g} %"
        else:
            counted = ", ".join(map(str, resolved(result, *pair)))
        names = " | ".join(map(label_of, pair))
        print(f"| {names} | {cells['accuracy']} | {cells['r2']} | {counted} |")


def _difference(row):
    """Return a difference over tables; two of them make no interval to speak of."""
    return points(row, sign="+") if row.n > 2 else f"{100 * row.difference:+.1f}"


def points(row, sign):
    """Return a difference in points, with its interval; `sign` says how to write it."""
    interval = f"[{100 * row.low:.1f}, {100 * row.high:.1f}]"
    return f"{100 * row.difference:{sign}.1f} {interval}"


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.studies.reference_study",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--rows", type=Path, default=ROWS)
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder for figures")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args(arguments)
    mpl.use("Agg")
    result = StudyResult.from_file(options.rows)
    if options.keep:
        print(f"sha256 {keep(result.frame, ROWS)}  {ROWS}")
    frame = result.frame
    print(f"{len(frame)} rows, {frame['seed'].nunique()} seeds")
    table = scores(frame)
    draw(table, options.out / "reference_study.png")
    print_scores(table)
    print_comparisons(comparisons(result), result)
    print()
    print_resolved(result)
    print_details(frame)
    by_rate = [(("rigl", SPARSITY), "dense"), ("mlp_iterative", ("rigl", SPARSITY)),
               ("hist_gradient_boosting", ("rigl", SPARSITY))]  # fmt: skip
    print_comparisons(comparisons(result, pool_rates=False, questions=by_rate))
    ranks = result.ranks(SHOWN)
    print(f"\n{ranks}")
    display = result.plot("ranks", models=SHOWN)
    display.figure_.savefig(options.out / "reference_ranks.png", dpi=130)


if __name__ == "__main__":
    main()
