"""Maskers: transformers that make values missing by a known mechanism.

`diagnose` describes the missing values of a table, and tests what they depend on.
"""

from sparsekit.missingness.diagnosis._diagnosis import Diagnosis, diagnose
from sparsekit.missingness.diagnosis._display import MissingnessDisplay
from sparsekit.missingness.maskers._label import LabelMasker
from sparsekit.missingness.maskers._mar import MARMasker
from sparsekit.missingness.maskers._mcar import MCARMasker
from sparsekit.missingness.maskers._mnar import MNARMasker
from sparsekit.missingness.maskers._patterned import BlockMasker, MonotoneMasker
from sparsekit.missingness.maskers._transformer import MissingnessTransformer

__all__ = [
    "BlockMasker",
    "Diagnosis",
    "LabelMasker",
    "MARMasker",
    "MCARMasker",
    "MNARMasker",
    "MissingnessDisplay",
    "MissingnessTransformer",
    "MonotoneMasker",
    "diagnose",
]
