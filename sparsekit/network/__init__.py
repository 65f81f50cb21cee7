"""A sparse multilayer perceptron that knows no scikit-learn: arrays and training."""

from sparsekit.network._activations import ACTIVATIONS, activation_table
from sparsekit.network._arrays import SparseNetwork
from sparsekit.network._build import build_network
from sparsekit.network._formats import suggest_format
from sparsekit.network._holes import expected_holes, scaling_holes
from sparsekit.network._inference import n_samples_of, raw_outputs
from sparsekit.network._initial_weights import WEIGHT_INITS, draw_weights
from sparsekit.network._optimizer import Optimizer, OptimizerState
from sparsekit.network._samples import csr_samples, dense_samples
from sparsekit.network._schedule import LearningRate
from sparsekit.network._targets import label_targets, take_targets, value_targets
from sparsekit.network._threads import thread_count
from sparsekit.network._training import LOSSES, Trainer

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "WEIGHT_INITS",
    "LearningRate",
    "Optimizer",
    "OptimizerState",
    "SparseNetwork",
    "Trainer",
    "activation_table",
    "build_network",
    "csr_samples",
    "dense_samples",
    "draw_weights",
    "expected_holes",
    "label_targets",
    "n_samples_of",
    "raw_outputs",
    "scaling_holes",
    "suggest_format",
    "take_targets",
    "thread_count",
    "value_targets",
]
