"""Networks that leave the package, in every mode of missing values."""

import numpy as np
from sklearn.datasets import load_iris

from sparsekit import DenseMLPClassifier, SETMLPClassifier

MODES = {
    "absent": {},
    "indicator": {"missing": "indicator"},
    "expected": {"missing": "expected"},
    "sample": {"missing_scaling": "sample"},
    "neuron": {"missing_scaling": "neuron"},
    "indicator and sample": {"missing": "indicator", "missing_scaling": "sample"},
    "indicator and neuron": {"missing": "indicator", "missing_scaling": "neuron"},
    "not standardised": {"standardize": False, "missing_scaling": "neuron"},
    "expected, not standardised": {"standardize": False, "missing": "expected"},
}


def flowers(dtype="float64"):
    X, y = load_iris(return_X_y=True)
    rng = np.random.default_rng(0)
    X[rng.random(X.shape) < 0.2] = 0.0
    X[rng.random(X.shape) < 0.25] = np.nan
    X[3] = np.nan
    return X.astype(dtype), y


def trained(network=SETMLPClassifier, hidden=(20, 10), **settings):
    X, y = flowers()
    given = {"sparsity": 0.5, "max_iter": 5, "random_state": 0} | settings
    if network is DenseMLPClassifier:
        del given["sparsity"]
    return network(hidden, **given).fit(X, y)
