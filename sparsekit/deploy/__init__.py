"""Fitted networks on numpy and scipy alone: no compiler, no scikit-learn."""

from sparsekit.deploy._ensemble_predictor import SparseEnsemblePredictor
from sparsekit.deploy._onnx import onnx_model
from sparsekit.deploy._predictor import SparsePredictor

__all__ = ["SparseEnsemblePredictor", "SparsePredictor", "onnx_model"]
