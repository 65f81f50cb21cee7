"""What the study of figure 2 says: differences, losses and how they change.

``sparsekit study --seeds 10 --output DIR`` makes the rows, in some ten minutes on two
cores. ``python -m benchmarks.studies.figure2`` reads those that the docs keep, or
with ``--rows DIR/results.csv`` others, and prints the numbers of the docs. ``--keep``
stores the rows for the docs, prints their checksum and draws their figure.
``--epochs 50 100 300`` trains the dense network for so many epochs, which is what their
number was fixed by.
"""

import argparse
from pathlib import Path

from benchmarks.studies.reference_study import IMAGES, keep, points, rows_of
from sparsekit.study import StudyResult, corrected_ttest, missingness_study

ROWS = IMAGES / "figure2_study.csv.gz"
FIGURE = IMAGES / "figure2.png"

# The default of the command has the first three seeds of the kept rows.
N_SEEDS = (3, 10)
PAIRS = [("set", "static"), ("set", "dense"), ("static", "dense")]
NAMES = {"set": "SET", "static": "static", "dense": "dense"}
# Missing rates from which on much is missing.
MUCH = 0.5
# Sparsities that the statements of the paper are about.
MODERATE = (0.25, 0.5, 0.75)
HIGH = (0.8, 0.9, 0.95, 0.98)
# What counts as no difference.
MARGIN = 0.01
UNUSED_SEEDS = range(100, 105)


def first_seeds(result, n_seeds):
    """Return the study as it is with fewer seeds."""
    return StudyResult(result.frame[result.frame["seed"] < n_seeds])


def where_much_is_missing(result):
    """Return the study of the highest missing rates alone."""
    return StudyResult(result.frame[result.frame["missing_rate"] >= MUCH])


def scores(result, name):
    """Return the scores of a model: a row for each seed, a column for each rate."""
    mine = rows_of(result.frame, name)
    return mine.pivot_table(index="seed", columns="missing_rate", values="score")


def corrected(result, first, second):
    """Return the corrected test of two scores of each seed."""
    sizes = result.frame.iloc[0]
    return corrected_ttest(first, second, float(sizes.n_train), float(sizes.n_test))


def loss(result, name):
    """Return what a model loses from the lowest missing rate to the highest."""
    by_rate = scores(result, name)
    return corrected(result, by_rate.iloc[:, 0], by_rate.iloc[:, -1])


def widening(result):
    """Return how much SET gains on static networks from 80 to 98 % sparsity."""
    ahead = {
        s: (scores(result, ("set", s)) - scores(result, ("static", s))).mean(axis=1)
        for s in (HIGH[0], HIGH[-1])
    }
    return corrected(result, ahead[HIGH[-1]], ahead[HIGH[0]])


def shown(test):
    """Return a difference in points, with its interval."""
    return points(test, sign="z")


def print_differences(studies, pairs=PAIRS, sparsities=None, connections=None):
    """Print differences as a Markdown table: a row for each sparsity.

    With `connections`, from sparsity to their number, that is a column, too.
    """
    columns = [(n, pair) for n in studies for pair in pairs]
    titles = [f"{NAMES[a]} - {NAMES[b]}, {n} seeds" for n, (a, b) in columns]
    titles = [
        "sparsity",
        *(["connections"] if connections is not None else []),
        *titles,
    ]
    print(f"\n| {' | '.join(titles)} |\n" + "| --- " * len(titles) + "|")
    tables = [studies[n].compare(*pair).set_index("sparsity_a") for n, pair in columns]
    for s in tables[0].index if sparsities is None else sparsities:
        cells = [shown(table.loc[s]) for table in tables]
        counted = [] if connections is None else [f"{connections[s]:,.0f}"]
        print(f"| {' | '.join([f'{100 * s:g} %', *counted, *cells])} |")


def print_verdicts(studies):
    """Print at which sparsities an interval decides, and how far by Holm's method."""
    print()
    for n, result in studies.items():
        for a, b in PAIRS:
            table = result.compare(a, b)
            low, high = table["low"], table["high"]
            which = {
                "above 0": low > 0,
                "below 0": high < 0,
                "within one point of 0": (low > -MARGIN) & (high < MARGIN),
            }
            found = [
                f"{what} {_sparsities(table[rows])}" for what, rows in which.items()
            ]
            print(f"{NAMES[a]} - {NAMES[b]}, {n} seeds: {'; '.join(found)}")
            for row in table[table["p_value"] < 0.05].itertuples():
                print(f"  at {100 * row.sparsity_a:g} %: p {row.p_value:.2g}, by "
                      f"Holm's method for all sparsities {row.p_holm:.2g}")  # fmt: skip


def _sparsities(table):
    return ", ".join(f"{100 * s:g} %" for s in table["sparsity_a"]) or "nowhere"


def print_dense(studies):
    """Print the accuracy of the dense network: over all rates, and at single ones."""
    print()
    for n, result in studies.items():
        [row] = rows_of(result.summary(pool_rates=True), "dense").itertuples()
        by_rate = 100 * scores(result, "dense").mean()
        at = ", ".join(f"{by_rate[r]:.1f} at {100 * r:g} %" for r in (0.0, 0.5, 0.9))
        print(f"dense, {n} seeds: {row.n_connections:,.0f} connections, "
              f"{100 * row.score:.1f} [{100 * row.score_low:.1f}, "
              f"{100 * row.score_high:.1f}]; {at} missing")  # fmt: skip


def print_losses(studies):
    """Print what each model loses from the lowest missing rate to the highest."""
    print()
    for n, result in studies.items():
        print(f"dense loses {shown(loss(result, 'dense'))}, {n} seeds")
        losses = {
            (model, s): loss(result, (model, s))
            for model in ("set", "static")
            for s in (*MODERATE, *HIGH)
        }
        for (model, s), test in losses.items():
            print(f"{NAMES[model]} {100 * s:g} % loses {shown(test)}, {n} seeds")
        means = [100 * test.difference for test in losses.values()]
        print(f"sparse networks lose {min(means):.1f} to {max(means):.1f}, {n} seeds")


def print_largest(studies):
    """Print the largest mean difference from the dense network at a single rate."""
    print()
    for n, result in studies.items():
        for model in ("set", "static"):
            table = result.compare(model, "dense", pool_rates=False)
            table = table[table["sparsity_a"].isin(MODERATE)]
            row = table.loc[table["difference"].abs().idxmax()]
            print(f"{NAMES[model]} - dense, {n} seeds: largest at a single rate "
                  f"{shown(row)}, at {100 * row.sparsity_a:g} % sparsity and "
                  f"{100 * row.missing_rate:g} % missing")  # fmt: skip


def print_epochs(numbers):
    """Train the dense network on complete data; print its mean accuracy."""
    print()
    for n_epochs in numbers:
        frame = missingness_study(
            models=["dense"],
            missing_rates=[0.0],
            seeds=UNUSED_SEEDS,
            estimator_params={"max_iter": n_epochs},
        ).frame
        print(f"dense, {n_epochs} epochs: {100 * frame['score'].mean():.1f} %")


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.studies.figure2",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--rows", type=Path, default=ROWS)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--epochs", type=int, nargs="+", default=[])
    options = parser.parse_args(arguments)
    result = StudyResult.from_file(options.rows)
    if options.keep:
        print(f"sha256 {keep(result.frame, ROWS)}  {ROWS}")
        result.plot("score").figure_.savefig(FIGURE, dpi=160)
    frame = result.frame
    n_seeds = frame["seed"].nunique()
    print(f"{len(frame):,} fits, {n_seeds} seeds")
    # Other rows than those of the docs may be of fewer seeds.
    numbers = sorted({min(n, n_seeds) for n in N_SEEDS})
    studies = {n: first_seeds(result, n) for n in numbers}
    connections = frame.groupby("sparsity")["n_connections"].mean()
    print_differences(studies, connections=connections)
    print_verdicts(studies)
    print_dense(studies)
    print_losses(studies)
    print_largest(studies)
    print()
    for n, study in studies.items():
        print(f"SET - static grows by {shown(widening(study))}, {n} seeds")
    print(f"\nMissing rates from {100 * MUCH:g} % up")
    late = {n: where_much_is_missing(study) for n, study in studies.items()}
    print_differences(late, PAIRS[:2], HIGH)
    print_epochs(options.epochs)


if __name__ == "__main__":
    main()
