"""Data and settings that the tests of all mechanisms share."""

import numpy as np

from sparsekit.missingness import (
    BlockMasker,
    MARMasker,
    MCARMasker,
    MissingnessTransformer,
    MNARMasker,
    MonotoneMasker,
)

KINDS = ["self", "quantile", "latent", "logistic"]
SHAPES = ["right", "left", "mid", "tail"]
LINKS = ["logistic", "rank", "groups"]

SETTINGS = [
    (MCARMasker, {}),
    (BlockMasker, {"blocks": 3}),
    (MonotoneMasker, {}),
    (MARMasker, {}),
    (MARMasker, {"drivers": [0, 4], "shape": "left"}),
    (MARMasker, {"drivers": 2, "link": "rank", "strength": 2}),
    (MARMasker, {"link": "groups", "shape": "tail", "n_patterns": 3}),
    (MNARMasker, {"kind": "self", "strength": 2}),
    (MNARMasker, {"kind": "quantile", "shape": "mid"}),
    (MNARMasker, {"kind": "latent", "shape": "tail"}),
    (MNARMasker, {"kind": "logistic", "shape": "left"}),
    (MissingnessTransformer, {"mechanism": MNARMasker(kind="latent")}),
    (
        MissingnessTransformer,
        {
            "mechanism": [
                ("driven", MARMasker(drivers=[0]), [1, 2]),
                ("own", "mnar", [3]),
                ("page", BlockMasker(), [4, 5]),
            ]
        },
    ),
]


def case_name(case):
    masker, parameters = case
    return f"{masker.__name__}-{'-'.join(map(str, parameters.values()))[:40]}"


def correlated_normal(n_samples=2000, n_features=6, seed=0):
    """Return normal rows with correlations of about one half."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(n_samples, 1))
    return (rng.normal(size=(n_samples, n_features)) + shared) / np.sqrt(2)


def holed(X, share=0.15, seed=1):
    """Return a copy with some zeros and some values missing."""
    rng = np.random.default_rng(seed)
    X = X.copy()
    X[rng.random(X.shape) < share] = 0.0
    X[rng.random(X.shape) < share] = np.nan
    return X


def residuals(X):
    """Return what each column holds that the other columns do not, standardised."""
    result = np.empty_like(X)
    for j in range(X.shape[1]):
        others = np.column_stack([np.ones(len(X)), np.delete(X, j, axis=1)])
        fitted = others @ np.linalg.lstsq(others, X[:, j], rcond=None)[0]
        result[:, j] = X[:, j] - fitted
    return result / result.std(axis=0)
