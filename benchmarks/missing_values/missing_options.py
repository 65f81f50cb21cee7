"""What indicators, expected activations and scaling bring: the table of the docs.

`python -m benchmarks.missing_values.missing_options` from a checkout, five minutes on
one core. Every option of the first layer meets the same splits, holes, connections and
seeds as ``missing="absent"``, so differences are paired.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    make_classification,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from benchmarks.results import IMAGES, with_intervals, write_table
from sparsekit import (
    MARMasker,
    MCARMasker,
    MNARMasker,
    SETMLPClassifier,
    SETMLPRegressor,
)

OUT = IMAGES / "missing_options.csv"

OPTIONS = {
    "absent": {},
    "indicator": {"missing": "indicator"},
    "expected": {"missing": "expected"},
    "sample, root": {"missing_scaling": "sample"},
    "sample, ratio": {"missing_scaling": "sample", "root": 0},
    "neuron, root": {"missing_scaling": "neuron"},
    "neuron, ratio": {"missing_scaling": "neuron", "root": 0},
    "indicator; neuron, root": {"missing": "indicator", "missing_scaling": "neuron"},
    "observed grower": {"grower": "observed"},
}
MECHANISMS = {
    "MCAR": MCARMasker(row_key="position"),
    "MAR": MARMasker(strength=2.0, row_key="position"),
    "MNAR": MNARMasker(strength=2.0, row_key="position"),
    "MCAR, uneven": MCARMasker(row_key="position"),
}


def tables(seed):
    """Return the tables by name; `seed` draws the generated one."""
    made = make_classification(
        1000, 20, n_informative=8, n_redundant=4, random_state=seed
    )
    return {
        "breast cancer": load_breast_cancer(return_X_y=True),
        "digits": load_digits(return_X_y=True),
        "generated": made,
        "diabetes": load_diabetes(return_X_y=True),
    }


def network(X, y, settings, seed):
    """Return an unfitted network of one hidden layer with 20 % of the weights."""
    settings = dict(settings)
    root = settings.pop("root", None)
    base = SETMLPRegressor if y.dtype.kind == "f" else SETMLPClassifier

    class Network(base):
        def _holes(self):
            holes = super()._holes()
            return holes if root is None else holes._replace(root=root)

    kind = base if root is None else Network
    return kind((100,), sparsity=0.8, max_iter=60, random_state=seed, **settings)


def scores(seed, rate, options):
    """Yield one row for each table, mechanism and option."""
    for name, (X, y) in tables(seed).items():
        split = train_test_split(
            X, y, random_state=seed, stratify=None if y.dtype.kind == "f" else y
        )
        X_train, X_test, y_train, y_test = split
        for mechanism, masker in MECHANISMS.items():
            rates = rate
            if mechanism == "MCAR, uneven":
                rates = np.resize([0.4 * rate, 1.6 * rate], X.shape[1])
            masker = clone(masker).set_params(missing_rate=rates, random_state=seed)
            masked = masker.fit_transform(X_train), masker.transform(X_test)
            for option, settings in options.items():
                net = network(X, y, settings, seed).fit(masked[0], y_train)
                yield {
                    "table": name,
                    "mechanism": mechanism,
                    "missing_rate": rate,
                    "option": option,
                    "seed": seed,
                    "score": net.score(masked[1], y_test),
                }


def differences(rows):
    """Return, for each option, the mean gain over "absent" with 95 % intervals."""
    keys = ["mechanism", "missing_rate", "table", "seed"]
    wide = rows.pivot(index=keys, columns="option", values="score")
    gains = wide.sub(wide["absent"], axis=0).drop(columns="absent")
    gains = gains.stack().rename("gain").reset_index()
    # The tables of one seed share nothing but the seed, but their mean is one number a
    # seed: intervals over seeds, for the given tables.
    table = with_intervals(gains, ["mechanism", "missing_rate", "option"], ["gain"])
    table = table.rename(columns={"gain_half_width": "half_width"})
    return table.drop(columns="n_seeds")


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.missing_values.missing_options",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--rates", type=float, nargs="+", default=[0.3, 0.6])
    options = parser.parse_args(arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        rows = [
            row
            for seed in range(options.seeds)
            for rate in options.rates
            for row in scores(seed, rate, OPTIONS)
        ]
    table = differences(pd.DataFrame(rows))
    write_table(table, options.out, {"seeds": options.seeds})
    # In points: hundredths of accuracy and of R2.
    gains, widths = 100 * table["gain"], 100 * table["half_width"]
    table["shown"] = [f"{g:+.1f} ± {h:.1f}" for g, h in zip(gains, widths, strict=True)]
    columns = ["missing_rate", "mechanism"]
    print(table.pivot(index="option", columns=columns, values="shown").to_string())


if __name__ == "__main__":
    main()
