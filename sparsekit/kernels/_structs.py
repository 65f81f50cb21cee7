"""The groups of arrays that kernels take.

Levels of neurons are numbered from 0 (the inputs) to L (the outputs). Layer l is the
weight matrix from level l - 1 to level l, of shape (n_out, n_in) = (sizes[l],
sizes[l - 1]). All layers share flat arrays; ``first[l]`` is the number of neurons in
the levels 1 to l - 1, so neuron j of level l > 0 has its bias, and its row, at
``first[l] + j``. ``first[0] = -sizes[0]`` makes ``first[l] - first[0]`` the number of
neurons before level l, inputs included.

Values of neurons lie feature-major in tiles of T samples (see `_lanes`): with n tiles
in a batch, the T lanes of neuron j of level l in tile t begin at
``((first[l] - first[0]) * n + t * sizes[l] + j) * T``. Arrays without the inputs
(gradients) begin at ``(first[l] * n + t * sizes[l] + j) * T``. `missing_inputs` has a
buffer after all values for what it notes about inputs and neurons of level 1.
"""

from typing import NamedTuple

import numpy as np

# How training works on a layer, see `network._formats`.
BY_ROW = 0  # in CSR order: the first layer, whose inputs need no gradient
BY_INPUT = 1  # through the by-input index
DENSE = 2  # as a dense matrix, with BLAS
STORED = 3  # through the by-input index, from the stored entries of CSR inputs
INDEXED = (BY_INPUT, STORED)  # those that need the by-input index

# What the first layer makes of missing inputs beyond leaving them out.
SAMPLE_SCALED = 0  # inputs grow by what the sample lacks
NEURON_SCALED = 1  # sums grow by what the neuron lacks
EXPECTED = 2  # activations are expectations over what is missing


class Network(NamedTuple):
    """Connections and parameters of all layers.

    The by-input index lists, for every neuron, the connections that read it: in the
    words of scipy, CSC beside CSR. It covers the layers of the formats INDEXED; input
    neuron j of layer l has its place at ``first[l - 1] - first[0] + j`` of `in_indptr`.
    These layers have their weights
    twice while they are trained: in CSR order for the forward pass, by input for the
    backward pass. Then each pass reads its weights one after another, which buys a
    third of the speed of the backward pass.

    A layer of format DENSE is a matrix of shape (n_out, n_in), too, while it is
    trained. Where it has all its connections, its weights are that matrix already.
    """

    sizes: np.ndarray  # int64 (L + 1,): neurons per level
    first: np.ndarray  # int64 (L + 1,): see above
    indptr: np.ndarray  # int64 (rows + 1,): CSR by output neuron, over all layers
    indices: np.ndarray  # (connections,): input neuron, numbered within its level
    weights: np.ndarray  # (connections,)
    biases: np.ndarray  # (rows,)
    kinds: np.ndarray  # int64 (L + 1,): PIECEWISE, LOGISTIC or TANH, per level
    slopes: np.ndarray  # (L + 1,): slope of PIECEWISE left of zero, per level
    formats: np.ndarray  # int64 (L + 1,): BY_ROW, BY_INPUT, DENSE or STORED, per layer
    in_indptr: np.ndarray  # int64 (neurons but outputs + 1,): the by-input index
    in_indices: np.ndarray  # output neuron, numbered within its level
    in_position: np.ndarray  # where that connection stands in CSR order
    in_weights: np.ndarray  # weights in the order of the by-input index
    dense_at: np.ndarray  # int64 (L + 1,): where a layer's matrix begins; -1: weights
    dense_matrices: np.ndarray
    dense_gradient: np.ndarray  # buffer for the gradient of one matrix
    dense_inputs: np.ndarray  # what a layer reads, (n_in, lanes of the batch)
    dense_deltas: np.ndarray  # gradient at its outputs, (n_out, lanes of the batch)


class Samples(NamedTuple):
    """Prepared inputs, dense or CSR; the other form is empty.

    A CSR row stands for `fill` everywhere but at its stored entries.
    """

    dense: np.ndarray  # (n, d), or (0, 0)
    indptr: np.ndarray  # int64 (n + 1,)
    indices: np.ndarray  # column of each stored entry
    data: np.ndarray
    fill: np.ndarray  # (d,), empty when dense


class MissingInputs(NamedTuple):
    """What becomes of NaN among the inputs; without it there is no NaN among them.

    Of the inputs, the first `n_values` are values of features and the others indicators
    of missing values, which are never missing themselves.
    """

    kind: int  # SAMPLE_SCALED, NEURON_SCALED or EXPECTED
    n_values: int
    typical: float  # mean number of observed values in a sample
    root: int  # 1: scale by the square root of the ratio
    mean: np.ndarray  # (n_values,): what stands for a missing value
    variance: np.ndarray  # (n_values,): of that value; EXPECTED only


class Targets(NamedTuple):
    """What the outputs should be: `labels` for softmax, otherwise `values`."""

    labels: np.ndarray  # int64 (n,) or (0,)
    values: np.ndarray  # (n, n_outputs) or (0, 0)
    sample_weight: np.ndarray  # (n,), or (0,) where all samples weigh 1


class Loss(NamedTuple):
    """What is minimised."""

    kind: int  # see `losses`
    level: float  # HUBER: where it becomes linear; QUANTILE: which quantile
    smoothing: float  # share of a label that is spread over all classes


class Record(NamedTuple):
    """What training notes about each sample, see `records`; None stands for nothing.

    53 bytes per sample without `latest`.
    """

    tolerance: float  # largest error of a prediction that counts as correct
    counts: np.ndarray  # int32 (n, N_COUNTS)
    correct: np.ndarray  # int8 (n,): at the latest presentation; -1: none yet
    means: np.ndarray  # float32 (n, N_MEANS): over the presentations
    early: np.ndarray  # float32 (n, len(EARLY)): NaN before that presentation
    latest: np.ndarray  # float32 (n, N_LATEST), or (0, N_LATEST) where not asked for


class Selection(NamedTuple):
    """What training on some of the samples needs; None where it takes all of them."""

    factors: np.ndarray  # (n,): of a sample's loss, but not of its batch's weight
    losses: np.ndarray  # (n,): at the latest presentation, before the step


class OptimizerArrays(NamedTuple):
    """The optimizer's state, parallel to weights and to biases.

    Within an epoch the moments of BY_INPUT and STORED layers stand in the order of the
    by-input index, see `order`; `frozen` and `born` always do.
    """

    weight_first: np.ndarray  # velocity (SGD) or first moment (Adam)
    weight_second: np.ndarray  # second moment (Adam), else empty
    bias_grad: np.ndarray  # the gradient of the biases
    bias_first: np.ndarray
    bias_second: np.ndarray
    frozen: np.ndarray | None = None  # bool: weights that keep their value
    born: np.ndarray | None = None  # int32: step after which a weight's moments began
    age_factors: np.ndarray | None = None  # of the rate, by steps since; with `born`


class Noise(NamedTuple):
    """Dropout of the hidden levels."""

    seed: int
    rates: np.ndarray  # float64 (n_levels,): fraction of a level that is silenced


class InputNoise(NamedTuple):
    """Dropout of the inputs; None stands for none."""

    seed: int
    threshold: int
    keep_scale: float
    n_values: int  # inputs that may be dropped: those before the indicators


class OptimizerConfig(NamedTuple):
    """One optimizer with its constants; see `optimizer`."""

    kind: int  # SGD or ADAM
    rate: float
    momentum: float
    nesterov: int
    beta_1: float
    beta_2: float
    epsilon: float
    l2: float  # penalty in the loss, divided by the weight of the batch
    decay: float  # decoupled: the weight shrinks by rate * decay in each step
    tiny: float  # state below this is set to zero: subnormal numbers are slow
