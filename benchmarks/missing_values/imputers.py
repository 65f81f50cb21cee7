"""A network that takes holes as they are against imputing first: score and seconds.

`python -m benchmarks.missing_values.imputers` from a checkout, some minutes on one
core. All models meet the same 20 splits and the same holes, one after another on each,
so that scores are paired and seconds share the state of the machine.
"""

import argparse
import time
import warnings
from pathlib import Path

import pandas as pd
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from benchmarks.results import IMAGES, with_intervals, write_table
from sparsekit import MARMasker, MCARMasker, MNARMasker, SETMLPClassifier

OUT = IMAGES / "imputers.csv"
TEST_SIZE = 0.25
MASKERS = {
    "MCAR": MCARMasker(row_key="position"),
    "MAR": MARMasker(strength=2.0, row_key="position"),
    "MNAR": MNARMasker(strength=2.0, row_key="position"),
}


def tables():
    """Return the tables by name."""
    return {
        "breast cancer": load_breast_cancer(return_X_y=True),
        "digits": load_digits(return_X_y=True),
        "generated": make_classification(1000, 20, n_informative=8, random_state=0),
    }


def models(seed):
    """Return the models by name; "absent" comes first, and imputers feed its twin."""
    net = SETMLPClassifier(sparsity=0.8, max_iter=60, random_state=seed)
    iterative = IterativeImputer(max_iter=5, n_nearest_features=10, random_state=seed)
    return {
        "absent": net,
        "indicator": clone(net).set_params(missing="indicator"),
        "mean imputed": make_pipeline(SimpleImputer(), clone(net)),
        "5 neighbours": make_pipeline(KNNImputer(), clone(net)),
        "iterative imputed": make_pipeline(iterative, clone(net)),
        "gradient boosting": HistGradientBoostingClassifier(random_state=seed),
    }


def results(rate, n_splits, chosen=None):
    """Yield one row for each table, mechanism, split and model."""
    for table, (X, y) in tables().items():
        splits = StratifiedShuffleSplit(n_splits, test_size=TEST_SIZE, random_state=0)
        for seed, (train, test) in enumerate(splits.split(X, y)):
            for mechanism, masker in MASKERS.items():
                masker = clone(masker).set_params(missing_rate=rate, random_state=seed)
                X_train, X_test = (
                    masker.fit_transform(X[train]),
                    masker.transform(X[test]),
                )
                for name, model in models(seed).items():
                    if chosen is not None and name not in chosen:
                        continue
                    begin = time.perf_counter()
                    score = model.fit(X_train, y[train]).score(X_test, y[test])
                    yield {
                        "table": table,
                        "mechanism": mechanism,
                        "split": seed,
                        "model": name,
                        "score": score,
                        "seconds": time.perf_counter() - begin,
                    }


def compared(rows):
    """Return what each model gains over "absent", and its time over that of "absent".

    Intervals of 95 % with the corrected variance of Nadeau and Bengio (2003) for splits
    that overlap.
    """
    keys = ["table", "mechanism"]
    of_absent = rows[rows["model"] == "absent"].set_index([*keys, "split"])
    theirs = of_absent.loc[list(rows[[*keys, "split"]].itertuples(index=False))]
    rows = rows.assign(
        gain=rows["score"] - theirs["score"].to_numpy(),
        time_ratio=rows["seconds"] / theirs["seconds"].to_numpy(),
    )
    keys = [*keys, "model"]
    ratio = TEST_SIZE / (1 - TEST_SIZE)
    table = with_intervals(rows, keys, ["gain", "score"], seed="split", ratio=ratio)
    table = table.rename(columns={"gain_half_width": "half_width"})
    times = rows.groupby(keys)["time_ratio"].median()
    table = table.join(times, on=keys).sort_values(keys, ignore_index=True)
    return table[[*keys, "gain", "half_width", "score", "time_ratio"]]


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.missing_values.imputers",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.3)
    options = parser.parse_args(arguments)
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        # Compiling is no part of the first model's time.
        list(results(options.rate, 1, chosen=("absent", "indicator")))
        rows = pd.DataFrame(results(options.rate, options.splits))
    table = compared(rows)
    settings = {"splits": options.splits, "rate": options.rate}
    write_table(table, options.out, settings)
    # In points of accuracy.
    gains, widths = 100 * table["gain"], 100 * table["half_width"]
    table["shown"] = [f"{g:+.1f} ± {h:.1f}" for g, h in zip(gains, widths, strict=True)]
    columns = ["table", "mechanism"]
    for value in ("shown", "time_ratio"):
        print(table.pivot(index="model", columns=columns, values=value).T.to_string())


if __name__ == "__main__":
    main()
