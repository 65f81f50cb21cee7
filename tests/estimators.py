"""The estimators that tests go through, in one place.

`PUBLIC` is found by itself, so that nobody can forget a new one.
"""

import importlib
import inspect
import pkgutil

import sparsekit
from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    DSTMLPClassifier,
    DSTMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
    StaticSparseMLPRegressor,
)

# One recipe each: what the parts of DSTMLP* do is tested where they are.
CLASSIFIERS = [SETMLPClassifier, StaticSparseMLPClassifier, DenseMLPClassifier]
REGRESSORS = [SETMLPRegressor, StaticSparseMLPRegressor, DenseMLPRegressor]
NETWORKS = CLASSIFIERS + REGRESSORS
ALL_NETWORKS = [DSTMLPClassifier, DSTMLPRegressor, *NETWORKS]


def public_estimators():
    """Return all public classes with a method `fit`, in the order of their names."""
    rooms = [room.name for room in pkgutil.iter_modules(sparsekit.__path__)]
    found = set()
    for room in [name for name in rooms if not name.startswith("_")]:
        module = importlib.import_module(f"sparsekit.{room}")
        public = (getattr(module, name) for name in getattr(module, "__all__", []))
        found |= {each for each in public if inspect.isclass(each) and _fits(each)}
    return sorted(found, key=lambda each: each.__name__)


def _fits(each):
    return callable(getattr(each, "fit", None))
