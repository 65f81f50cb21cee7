"""What ``sparsekit warm-up`` does: it compiles what later processes load from disk."""

import logging
import os
import time
import warnings
from contextlib import contextmanager

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from sparsekit.missingness import MCARMasker
from sparsekit.neural_network import (
    DSTMLPClassifier,
    DSTMLPRegressor,
    SETMLPClassifier,
)
from sparsekit.study._text import count
from sparsekit.tabular import SparseTabularClassifier, SparseTabularRegressor

# Rows of a batch, one for each width of the tiles in which training works.
_BATCHES = (16, 32, 200)

_N_ROWS, _N_FEATURES = 400, 12


def run_warm_up(args):
    """Fit and predict until every kernel that is asked for is compiled."""
    if os.environ.get("SPARSEKIT_NUMBA_CACHE") == "0":
        print("SPARSEKIT_NUMBA_CACHE=0: compiled code is not kept, so nothing is done.")
        return
    begin = time.perf_counter()
    for name, use in _uses(args.all):
        start = time.perf_counter()
        with warnings.catch_warnings(), _without_announcements():
            warnings.simplefilter("ignore", ConvergenceWarning)
            use()
        if not args.quiet:
            print(f"{name:48} {time.perf_counter() - start:6.1f} s", flush=True)
    if not args.quiet:
        seconds = time.perf_counter() - begin
        print(f"Compiled code is on disk, after {count(round(seconds), 'second')}.")


@contextmanager
def _without_announcements():
    """Keep the log silent on what this command is about: that kernels compile."""
    logger = logging.getLogger("sparsekit")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _uses(everything):
    """Yield a name, and what compiles when it is called."""
    X, y = _rows()
    dtypes = ("float32", "float64") if everything else ("float32",)
    for dtype in dtypes:
        for rows in _BATCHES:
            net = SETMLPClassifier(batch_size=rows, dtype=dtype, **_SHORT)
            yield f"networks, {dtype}, batches of {rows} rows", _fit(net, X, y)
    yield "tables", _fit(SparseTabularClassifier(**_OF_TABLES), X, y)
    yield (
        "tables with a number as target",
        _fit(SparseTabularRegressor(**_OF_TABLES), X, X[:, 0]),
    )
    yield "maskers", lambda: MCARMasker(0.3, random_state=0).fit_transform(X)
    if not everything:
        return
    net = DSTMLPClassifier(batch_size=32, **_SHORT)
    for name, values in _FURTHER.items():
        for value in values:
            one = clone(net).set_params(**{name: value})
            yield f"{name}={value!r}", _fit(one, X, y)
    wide = clone(net).set_params(
        hidden_layer_sizes=(1000, 1000), sparsity=0.5, n_jobs=2, batch_size=200
    )
    yield "two threads", _fit(wide, X, y)
    yield "protected connections", _protect(clone(net), X, y)
    regressor = DSTMLPRegressor(batch_size=32, **_SHORT)
    yield "regression", _fit(regressor, X, X[:, 0])


_SHORT = {"max_iter": 2, "hidden_layer_sizes": (20, 20), "sparsity": 0.8}
_OF_TABLES = {"max_iter": 2, "n_members": 1, "random_state": 0}

# Parameters for which numba compiles other code, by value.
_FURTHER = {
    "method": ["rigl", "itop", "snfs", "srigl", "chts", "granet", "lottery"],
    "initial_topology": ["small_world", "scale_free", "correlation", "snip"],
    "grower": ["observed"],
    "growth_moments": ["per_connection_step"],
    "missing": ["expected", "indicator"],
    "missing_scaling": ["sample", "neuron"],
    "record": ["presentation", "epoch", "rewiring"],
    "sample_selection": ["infobatch"],
    "input_dropout": [0.1],
    "activation": ["tanh", "logistic"],
}


def _rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(_N_ROWS, _N_FEATURES))
    y = (X[:, 0] + X[:, 1] > 0).astype(int)
    X[rng.random(X.shape) < 0.1] = np.nan
    X[:, 0] = np.nan_to_num(X[:, 0])
    return X, y


def _fit(estimator, X, y):
    """Return a function that fits, and predicts few rows and many."""

    def use():
        estimator.fit(X, y)
        for n_rows in (1, 20, _N_ROWS):
            estimator.predict(X[:n_rows])

    return use


def _protect(net, X, y):
    """Return a function that trains on beside protected connections."""

    def use():
        net.fit(X, y).consolidate(X, y).partial_fit(X, y)

    return use
