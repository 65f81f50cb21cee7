"""A sparse multilayer perceptron that knows no scikit-learn: arrays and training.

Only `suggest_format` is public. The other parts are made for the estimators, which
check what they are given; they check nothing and hand it on to compiled code.
"""

from sparsekit.kernels.records import EARLY
from sparsekit.network._beginning import Beginning
from sparsekit.network._build import (
    ACTIVATIONS,
    WEIGHT_INITS,
    activation_table,
    build_network,
    draw_weights,
    live_parts,
    select_connections,
    subnetwork,
)
from sparsekit.network._formats import suggest_format
from sparsekit.network._gradients import (
    connection_gradients,
    connection_importance,
    gradient_squares,
    input_sensitivities,
    probe,
)
from sparsekit.network._inference import (
    LOSSES,
    OF_LOGARITHMS,
    blank_selection,
    loss_of_outputs,
    losses_of,
    raw_outputs,
    thread_count,
)
from sparsekit.network._network import (
    SparseNetwork,
    degree_statistics,
    degrees_of,
    named_degrees,
)
from sparsekit.network._optimizer import (
    LearningRate,
    Optimizer,
    OptimizerState,
    has_velocity,
)
from sparsekit.network._recorder import (
    CAUSES,
    RewiringRecorder,
    SampleRecorder,
    notes_by_name,
)
from sparsekit.network._rewiring import Change, Protection, moved_with_connections
from sparsekit.network._samples import (
    csr_samples,
    dense_samples,
    expected_missing_inputs,
    label_targets,
    moderate,
    n_samples_of,
    scaled_missing_inputs,
    take_targets,
    value_targets,
)
from sparsekit.network._training import Trainer

__all__ = ["suggest_format"]
