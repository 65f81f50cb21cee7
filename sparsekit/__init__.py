"""Truly sparse neural networks for data with holes, in scikit-learn."""

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
    "StaticSparseMLPClassifier",
    "StaticSparseMLPRegressor",
    "__version__",
    "suggest_format",
]
