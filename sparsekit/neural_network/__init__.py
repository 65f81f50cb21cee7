"""Estimators for scikit-learn: sparse networks, and the dense one beside them."""

from sparsekit.neural_network._attribution_selector import AttributionSelector
from sparsekit.neural_network._dense import DenseMLPClassifier, DenseMLPRegressor
from sparsekit.neural_network._dst import DSTMLPClassifier, DSTMLPRegressor
from sparsekit.neural_network._neurofs_selector import NeuroFSSelector
from sparsekit.neural_network._quick_selector import QuickSelector
from sparsekit.neural_network._sample_gradients import connection_gradients
from sparsekit.neural_network._sample_gradients import (
    sample_gradient_squares as sample_gradient_squares,
)
from sparsekit.neural_network._set import SETMLPClassifier, SETMLPRegressor
from sparsekit.neural_network._static import (
    StaticSparseMLPClassifier,
    StaticSparseMLPRegressor,
)
from sparsekit.neural_network._warnings import (
    collected_warnings as collected_warnings,
)
from sparsekit.neural_network._warnings import warn_user as warn_user
from sparsekit.neural_network.checkpoint._callback import CheckpointCallback
from sparsekit.neural_network.checkpoint._files import (
    load_checkpoint,
    resume,
    save_checkpoint,
)
from sparsekit.neural_network.displays._loss_curve import LossCurveDisplay
from sparsekit.neural_network.displays._topology import TopologyDisplay
from sparsekit.neural_network.export._compact import compact
from sparsekit.neural_network.export._onnx import export_onnx
from sparsekit.neural_network.export._predictor import to_predictor
from sparsekit.neural_network.export._state_dict import from_state_dict, to_state_dict
from sparsekit.neural_network.training import (
    _partwise as partwise,  # noqa: F401 (for sparsekit.distributed)
)
from sparsekit.neural_network.training._learning_rates import (
    CosineDecay,
    LinearDecay,
    StepDecay,
)
from sparsekit.neural_network.training._recording import Recording
from sparsekit.neural_network.training._sample_selection import (
    InfoBatch,
    LearnedRemoval,
    SampleNotes,
    SampleSelection,
)

__all__ = [
    "AttributionSelector",
    "CheckpointCallback",
    "CosineDecay",
    "DSTMLPClassifier",
    "DSTMLPRegressor",
    "DenseMLPClassifier",
    "DenseMLPRegressor",
    "InfoBatch",
    "LearnedRemoval",
    "LinearDecay",
    "LossCurveDisplay",
    "NeuroFSSelector",
    "QuickSelector",
    "Recording",
    "SETMLPClassifier",
    "SETMLPRegressor",
    "SampleNotes",
    "SampleSelection",
    "StaticSparseMLPClassifier",
    "StaticSparseMLPRegressor",
    "StepDecay",
    "TopologyDisplay",
    "compact",
    "connection_gradients",
    "export_onnx",
    "from_state_dict",
    "load_checkpoint",
    "resume",
    "save_checkpoint",
    "to_predictor",
    "to_state_dict",
]
