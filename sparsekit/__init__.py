"""Truly sparse neural networks for data with holes, in scikit-learn."""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sparsekit.missingness import (
        BlockMasker,
        LabelMasker,
        MARMasker,
        MCARMasker,
        MissingnessTransformer,
        MNARMasker,
        MonotoneMasker,
    )
    from sparsekit.network import suggest_format
    from sparsekit.neural_network import (
        DenseMLPClassifier,
        DenseMLPRegressor,
        DSTMLPClassifier,
        DSTMLPRegressor,
        SETMLPClassifier,
        SETMLPRegressor,
        StaticSparseMLPClassifier,
        StaticSparseMLPRegressor,
    )
    from sparsekit.tabular import SparseTabularClassifier, SparseTabularRegressor

# A subpackage is imported when a name of it is asked for, so that `sparsekit.deploy`
# needs neither numba nor scikit-learn.
_ROOMS = (
    "continual",
    "deploy",
    "difficulty",
    "kernels",
    "missingness",
    "network",
    "neural_network",
    "out_of_core",
    "study",
    "tabular",
    "topology",
)
_SUBPACKAGES_OF_NAMES = ("neural_network", "tabular", "missingness", "network")

__version__ = "0.1.0"

__all__ = [
    "BlockMasker",
    "DSTMLPClassifier",
    "DSTMLPRegressor",
    "DenseMLPClassifier",
    "DenseMLPRegressor",
    "LabelMasker",
    "MARMasker",
    "MCARMasker",
    "MNARMasker",
    "MissingnessTransformer",
    "MonotoneMasker",
    "SETMLPClassifier",
    "SETMLPRegressor",
    "SparseTabularClassifier",
    "SparseTabularRegressor",
    "StaticSparseMLPClassifier",
    "StaticSparseMLPRegressor",
    "__version__",
    "suggest_format",
]


def __getattr__(name):
    if name in _ROOMS:
        return importlib.import_module(f"sparsekit.{name}")
    if name in __all__:
        for part in _SUBPACKAGES_OF_NAMES:
            found = getattr(importlib.import_module(f"sparsekit.{part}"), name, None)
            if found is not None:
                globals()[name] = found
                return found
    raise AttributeError(f"module 'sparsekit' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__, *_ROOMS})
