"""Truly sparse neural networks for data with missing values, in scikit-learn."""

import importlib
import warnings
from pathlib import Path
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
        diagnose,
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
        load_checkpoint,
        save_checkpoint,
    )
    from sparsekit.study import missingness_study
    from sparsekit.tabular import SparseTabularClassifier, SparseTabularRegressor

# Subpackages are imported when a name of theirs is asked for, so that
# `sparsekit.deploy` needs neither numba nor scikit-learn.
_SUBPACKAGES = (
    "continual",
    "deploy",
    "difficulty",
    "distributed",
    "kernels",
    "missingness",
    "network",
    "neural_network",
    "out_of_core",
    "study",
    "tabular",
    "topology",
)
_PRIVATE = ("kernels", "network")
# Where public names are looked for, in this order.
_HOMES = ("neural_network", "tabular", "missingness", "network", "study")

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
    "diagnose",
    "load_checkpoint",
    "missingness_study",
    "save_checkpoint",
    "suggest_format",
]


def __getattr__(name):
    if name in _SUBPACKAGES:
        return importlib.import_module(f"sparsekit.{name}")
    if name in __all__:
        for home in _HOMES:
            found = getattr(importlib.import_module(f"sparsekit.{home}"), name, None)
            if found is not None:
                globals()[name] = found
                return found
    raise AttributeError(f"module 'sparsekit' has no attribute {name!r}")


def __dir__():
    return sorted({*__all__, *_SUBPACKAGES} - {*_PRIVATE})


def _warn_if_mixed(folder):
    """Warn if a folder has files of another distribution that is imported by this name.

    The name `sparsekit` of the Python Package Index is that of another project.
    """
    if next(folder.glob("sparsekit-[0-9]*.dist-info"), None) is not None:
        warnings.warn(
            "The distributions 'sparsekit' and 'sparsekit-learn' are both installed, "
            "and both are imported as sparsekit: the files of one replace those of the "
            "other. Uninstall both, and install the one that is meant.",
            stacklevel=3,
        )


_warn_if_mixed(Path(__file__).parents[1])
