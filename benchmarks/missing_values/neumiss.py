"""How near a sparse network with indicators comes to the best predictor.

`python -m benchmarks.missing_values.neumiss` from a checkout, some minutes on one core.
The simulation of the NeuMiss paper for 100,000 rows of 10 features, half of them
missing, see `tests.reference.linear_gaussian`. The networks choose one of two
architectures and one of two learning rates by their score on validation rows.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline

from benchmarks.results import IMAGES, with_intervals, write_table
from sparsekit import DenseMLPRegressor, SETMLPRegressor
from tests.reference.linear_gaussian import (
    MECHANISMS,
    bayes_prediction,
    draw_data,
    draw_world,
)

OUT = IMAGES / "neumiss.csv"

# Mean R2 of 20 runs in the paper's published results, n = 100,000, d = 10: the best
# predictor, the dense network on imputed values and mask, and NeuMiss.
PUBLISHED = {
    "MCAR": {"Bayes": 0.780, "MLP": 0.758, "NeuMiss": 0.774},
    "MAR": {"Bayes": 0.827, "MLP": 0.812, "NeuMiss": 0.821},
    "self-masking": {"Bayes": 0.802, "MLP": 0.790, "NeuMiss": 0.798},
}
ARCHITECTURES = [(100, 100), (200, 200)]
LEARNING_RATES = [0.003, 0.01]
COMMON = {
    "missing": "indicator",
    "learning_rate": "cosine",
    # A rewiring drops connections that the small steps at the end cannot make up for:
    # keep the best epoch.
    "early_stopping": True,
    "n_iter_no_change": np.inf,
    "alpha": 0.0,
}
NETWORKS = {
    "sparse": lambda **settings: SETMLPRegressor(sparsity=0.8, **settings),
    "dense": DenseMLPRegressor,
}
OTHERS = {
    "linear, zeros and mask": lambda: make_pipeline(
        SimpleImputer(strategy="constant", fill_value=0.0, add_indicator=True),
        LinearRegression(),
    ),
    "gradient boosting": lambda: HistGradientBoostingRegressor(random_state=0),
}


def best_network(make, train, validation, epochs):
    """Return the network that does best on the validation rows."""
    settings = {"max_iter": epochs, "random_state": 0, **COMMON}
    nets = [
        make(hidden_layer_sizes=sizes, learning_rate_init=rate, **settings).fit(*train)
        for sizes in ARCHITECTURES
        for rate in LEARNING_RATES
    ]
    return max(nets, key=lambda net: net.score(*validation))


def scores(mechanism, seed, n_samples, epochs):
    """Yield one row for each predictor."""
    world = draw_world(mechanism, seed)
    train = draw_data(world, n_samples, seed=1)
    validation, test = (draw_data(world, 10_000, seed=s) for s in (2, 3))
    row = {"mechanism": mechanism, "seed": seed}
    bayes = r2_score(test[1], bayes_prediction(world, test[0]))
    yield row | {"predictor": "Bayes", "r2": bayes}
    for name, make in NETWORKS.items():
        net = best_network(make, train, validation, epochs)
        score = net.score(*test)
        yield row | {"predictor": name, "r2": score, "weights": net.n_connections_}
    for name, make in OTHERS.items():
        yield row | {"predictor": name, "r2": make().fit(*train).score(*test)}


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.missing_values.neumiss",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--epochs", type=int, default=30)
    options = parser.parse_args(arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        rows = [
            row
            for mechanism in MECHANISMS
            for seed in range(options.seeds)
            for row in scores(mechanism, seed, options.samples, options.epochs)
        ]
    frame = pd.DataFrame(rows)
    table = with_intervals(frame, ["mechanism", "predictor"], ["r2", "weights"])
    table = table.rename(columns={"r2_half_width": "half_width"})
    table = table[["mechanism", "predictor", "r2", "half_width", "weights"]]
    settings = {name: vars(options)[name] for name in ("seeds", "samples", "epochs")}
    write_table(table, options.out, settings)
    print(table.round(3).to_string(index=False))
    print("published", pd.DataFrame(PUBLISHED).to_string(), sep="\n")


if __name__ == "__main__":
    main()
