"""The tables that a study knows by name: all come with scikit-learn."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn import datasets

# Generated tables are the same in every study: its seeds vary splits, masks and models.
_SEED = 0


@dataclass(frozen=True)
class BuiltinTable:
    """A table that needs no file and no network.

    `load` returns X and y; `rows` and `features` say how large X is.
    """

    description: str
    rows: int
    features: int
    task: str
    load: Callable


def _shipped(loader):
    return lambda: loader(return_X_y=True)


def _moons():
    """Two half moons, and eight columns of noise beside the two that matter."""
    X, y = datasets.make_moons(600, noise=0.2, random_state=_SEED)
    noise = np.random.default_rng(_SEED).normal(size=(len(X), 8))
    return np.hstack([X, noise]), y


def _madelon():
    """Clusters on the corners of a hypercube, hidden among columns that say nothing."""
    return datasets.make_classification(
        600,
        n_features=50,
        n_informative=5,
        n_redundant=10,
        n_clusters_per_class=4,
        flip_y=0.01,
        class_sep=1.5,
        random_state=_SEED,
    )


def _correlated():
    """Three classes; half of the columns can be told from the others."""
    return datasets.make_classification(
        600,
        n_features=20,
        n_informative=6,
        n_redundant=10,
        n_classes=3,
        class_sep=1.0,
        random_state=_SEED,
    )


def _wide():
    """More columns than rows."""
    return datasets.make_classification(
        150,
        n_features=200,
        n_informative=20,
        n_redundant=30,
        class_sep=2.0,
        random_state=_SEED,
    )


def _hastie():
    """y is 1 where the squares of ten normal columns sum up to more than 9.34."""
    return datasets.make_hastie_10_2(600, random_state=_SEED)


def _friedman1():
    """y = 10 sin(pi x0 x1) + 20 (x2 - 0.5)^2 + 10 x3 + 5 x4 + noise; ten columns."""
    return datasets.make_friedman1(600, noise=1.0, random_state=_SEED)


def _low_rank():
    """A linear target of twenty columns that are mixtures of about five."""
    X = datasets.make_low_rank_matrix(
        600, 20, effective_rank=5, tail_strength=0.1, random_state=_SEED
    )
    rng = np.random.default_rng(_SEED)
    signal = X @ rng.normal(size=20)
    return X, signal + 0.3 * signal.std() * rng.normal(size=len(X))


_CLASSES, _QUANTITY = "classification", "regression"

BUILTIN_TABLES = {
    "breast_cancer": BuiltinTable(
        "Breast Cancer Wisconsin, 2 classes",
        569,
        30,
        _CLASSES,
        _shipped(datasets.load_breast_cancer),
    ),
    "digits": BuiltinTable(
        "handwritten digits of 8 x 8 pixels, 10 classes",
        1797,
        64,
        _CLASSES,
        _shipped(datasets.load_digits),
    ),
    "wine": BuiltinTable(
        "chemistry of wines, 3 classes", 178, 13, _CLASSES, _shipped(datasets.load_wine)
    ),
    "iris": BuiltinTable(
        "sizes of iris flowers, 3 classes",
        150,
        4,
        _CLASSES,
        _shipped(datasets.load_iris),
    ),
    "diabetes": BuiltinTable(
        "progression of diabetes, a quantity",
        442,
        10,
        _QUANTITY,
        _shipped(datasets.load_diabetes),
    ),
    "friedman1": BuiltinTable(
        "generated, a quantity: Friedman's first function, 5 of 10 columns matter",
        600,
        10,
        _QUANTITY,
        _friedman1,
    ),
    "low_rank": BuiltinTable(
        "generated, a quantity: 20 columns that are mixtures of about 5",
        600,
        20,
        _QUANTITY,
        _low_rank,
    ),
    "moons": BuiltinTable(
        "generated, 2 classes: two half moons, 8 of 10 columns are noise",
        600,
        10,
        _CLASSES,
        _moons,
    ),
    "madelon": BuiltinTable(
        "generated, 2 classes in the manner of Madelon: 5 columns matter, 10 are "
        "mixtures of them, 35 are noise",
        600,
        50,
        _CLASSES,
        _madelon,
    ),
    "correlated": BuiltinTable(
        "generated, 3 classes: 6 columns matter, 10 are mixtures of them",
        600,
        20,
        _CLASSES,
        _correlated,
    ),
    "hastie": BuiltinTable(
        "generated, 2 classes: inside or outside of a ball in 10 dimensions",
        600,
        10,
        _CLASSES,
        _hastie,
    ),
    "wide": BuiltinTable(
        "generated, 2 classes: more columns than rows, 20 matter",
        150,
        200,
        _CLASSES,
        _wide,
    ),
}
