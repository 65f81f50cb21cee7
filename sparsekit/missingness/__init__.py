"""Maskers: transformers that make values missing by a known mechanism.

`diagnose` looks at a table from the other side: what its holes depend on.
"""

from sparsekit.missingness._diagnosis import Diagnosis, diagnose
from sparsekit.missingness._display import MissingnessDisplay
from sparsekit.missingness._label import LabelMasker
from sparsekit.missingness._mar import MARMasker
from sparsekit.missingness._mcar import MCARMasker
from sparsekit.missingness._mnar import MNARMasker
from sparsekit.missingness._patterned import BlockMasker, MonotoneMasker
from sparsekit.missingness._transformer import MissingnessTransformer

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
