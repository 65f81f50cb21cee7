"""How good the defaults are: on small tables, beside those of scikit-learn.

`python -m benchmarks.accuracy.defaults` from a checkout, about two minutes on one core.
Mean accuracy or R2 over five folds, the same for all models. Nothing is tuned.
"""

import argparse
import warnings
from pathlib import Path

import pandas as pd
from sklearn import datasets
from sklearn.base import is_classifier
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.results import IMAGES, write_table
from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
)

OUT = IMAGES / "defaults.csv"

TABLES = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
    "moons": lambda **_: datasets.make_moons(500, noise=0.3, random_state=0),
    "generated": lambda **_: datasets.make_classification(
        2000, 20, n_informative=8, n_classes=3, flip_y=0.05, random_state=0
    ),
    "diabetes": datasets.load_diabetes,
    "friedman1": lambda **_: datasets.make_friedman1(1000, noise=1, random_state=0),
}
QUANTITIES = ("diabetes", "friedman1")


def models_for(network, dense, mlp, trees):
    """Return the models by name, with nothing set but what the name says."""
    return {
        "SET": network(random_state=0),
        "SET, batch 32": network(batch_size=32, random_state=0),
        "SET, early": network(early_stopping=True, random_state=0),
        "SET, batch 32, early": network(
            batch_size=32, early_stopping=True, random_state=0
        ),
        "dense": dense(random_state=0),
        "MLP, scaled": make_pipeline(StandardScaler(), mlp(random_state=0)),
        "MLP, scaled, early": make_pipeline(
            StandardScaler(), mlp(early_stopping=True, random_state=0)
        ),
        "boosted trees": trees(random_state=0),
    }


def compare(table):
    """Return one row for each model on a table: mean and deviation over folds."""
    if table in QUANTITIES:
        folds = KFold(5, shuffle=True, random_state=0)
        kinds = SETMLPRegressor, DenseMLPRegressor, MLPRegressor
        models = models_for(*kinds, HistGradientBoostingRegressor)
    else:
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        kinds = SETMLPClassifier, DenseMLPClassifier, MLPClassifier
        models = models_for(*kinds, HistGradientBoostingClassifier)
    X, y = TABLES[table](return_X_y=True)
    rows = []
    for name, model in models.items():
        with warnings.catch_warnings():
            # Some defaults end before training does: that is a part of the answer.
            warnings.simplefilter("ignore", ConvergenceWarning)
            scores = cross_val_score(model, X, y, cv=folds, error_score="raise")
        rows.append(
            {
                "table": table,
                "rows": len(y),
                "metric": "accuracy" if is_classifier(model) else "r2",
                "model": name,
                "score": scores.mean(),
                "deviation": scores.std(ddof=1),
            }
        )
    return rows


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy.defaults",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT, help="where to write")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    args = parser.parse_args(arguments)
    table = pd.DataFrame([row for name in args.tables for row in compare(name)])
    write_table(table, args.out, {"folds": 5})
    wide = table.pivot(index="model", columns="table", values="score")
    print(wide.loc[table["model"].unique(), args.tables].round(3).to_string())


if __name__ == "__main__":
    main()
