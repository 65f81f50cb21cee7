"""A sparse multilayer perceptron that knows no scikit-learn: arrays and training.

The parts are made for the estimators, which check what they are given. They themselves
check nothing, hand it on to compiled code, and are not public.
"""

from sparsekit.kernels.records import EARLY
from sparsekit.network._activations import ACTIVATIONS, activation_table
from sparsekit.network._arrays import SparseNetwork
from sparsekit.network._build import build_network, select_connections
from sparsekit.network._compaction import live_parts, subnetwork
from sparsekit.network._degrees import degree_statistics
from sparsekit.network._formats import suggest_format
from sparsekit.network._holes import expected_holes, scaling_holes
from sparsekit.network._inference import raw_outputs
from sparsekit.network._initial_weights import WEIGHT_INITS, draw_weights
from sparsekit.network._losses import LOSSES, OF_LOGARITHMS, loss_of_outputs
from sparsekit.network._optimizer import Optimizer, OptimizerState
from sparsekit.network._protection import Protection
from sparsekit.network._recorder import SampleRecorder, notes_by_name
from sparsekit.network._rewiring import Change, moved_with_connections
from sparsekit.network._rewiring_recorder import CAUSES, RewiringRecorder
from sparsekit.network._sample_gradients import gradient_squares
from sparsekit.network._sample_losses import blank_selection, losses_of
from sparsekit.network._samples import csr_samples, dense_samples, n_samples_of
from sparsekit.network._schedule import LearningRate
from sparsekit.network._soundness import Soundness
from sparsekit.network._targets import (
    label_targets,
    moderate,
    take_targets,
    value_targets,
)
from sparsekit.network._threads import thread_count
from sparsekit.network._training import Trainer

__all__ = ["suggest_format"]
