"""Estimators for whole tables: numbers, text, dates and missing values as they are."""

from sparsekit.tabular._classifier import SparseTabularClassifier
from sparsekit.tabular._ensemble import (
    SparseMLPEnsembleClassifier,
    SparseMLPEnsembleRegressor,
)
from sparsekit.tabular._piecewise import PiecewiseLinearEncoder
from sparsekit.tabular._regressor import SparseTabularRegressor
from sparsekit.tabular._table_encoder import TableEncoder

__all__ = [
    "PiecewiseLinearEncoder",
    "SparseMLPEnsembleClassifier",
    "SparseMLPEnsembleRegressor",
    "SparseTabularClassifier",
    "SparseTabularRegressor",
    "TableEncoder",
]
