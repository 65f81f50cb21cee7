"""Maskers: transformers that make values missing by a known mechanism.

`diagnose` looks at a table from the other side: what its holes depend on.
"""

from sparsekit.missingness._diagnosis import Diagnosis, diagnose
from sparsekit.missingness._display import MissingnessDisplay
from sparsekit.missingness._mcar import MCARMasker
from sparsekit.missingness._transformer import MissingnessTransformer

__all__ = [
    "Diagnosis",
    "MCARMasker",
    "MissingnessDisplay",
    "MissingnessTransformer",
    "diagnose",
]
