"""Maskers: transformers that make values missing by a known mechanism."""

from sparsekit.missingness._mcar import MCARMasker
from sparsekit.missingness._transformer import MissingnessTransformer

__all__ = ["MCARMasker", "MissingnessTransformer"]
