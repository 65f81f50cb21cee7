"""Maskers: transformers that make values missing by a known mechanism."""

from sparsekit.missingness._label import LabelMasker
from sparsekit.missingness._mar import MARMasker
from sparsekit.missingness._mcar import MCARMasker
from sparsekit.missingness._mnar import MNARMasker
from sparsekit.missingness._patterned import BlockMasker, MonotoneMasker
from sparsekit.missingness._transformer import MissingnessTransformer

__all__ = [
    "BlockMasker",
    "LabelMasker",
    "MARMasker",
    "MCARMasker",
    "MNARMasker",
    "MissingnessTransformer",
    "MonotoneMasker",
]
