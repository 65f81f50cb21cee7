"""Training: epochs and, between them, rewirings."""

import numpy as np

from sparsekit.kernels._structs import DENSE, InputNoise, Noise
from sparsekit.kernels.epoch import run_epoch, run_epoch_parallel
from sparsekit.kernels.losses import LOGISTIC_LOSS, SOFTMAX, SQUARED
from sparsekit.network._formats import layer_formats
from sparsekit.network._holes import is_expected, room_for_notes
from sparsekit.network._rewiring import rewire
from sparsekit.network._threads import (
    blas_on_one_thread,
    parallel_section,
    useful_threads,
)
from sparsekit.network._tiles import lanes_for

LOSSES = {"softmax": SOFTMAX, "logistic": LOGISTIC_LOSS, "identity": SQUARED}


class Trainer:
    """Trains a network in place.

    Parameters
    ----------
    network : SparseNetwork
    state : OptimizerState
    optimizer : Optimizer
    samples : Samples
    targets : Targets
    loss : int
        A value of :data:`LOSSES`.
    batch_size : int
    holes : Holes or None
        What becomes of NaN in `samples`; None if there is none.
    dropout : float
        Share of hidden neurons silenced in each step, in [0, 1).
    input_dropout : float
        Share of the observed inputs dropped in each step, in [0, 1).
    n_values : int or None
        How many inputs are values of features and not indicators; None for all.
    noise_seed : int
        Seed of the dropout masks.
    n_threads : int
        Fewer are used where a step is too short to share.
    """

    def __init__(
        self,
        network,
        state,
        optimizer,
        samples,
        targets,
        *,
        loss,
        batch_size,
        holes=None,
        dropout=0.0,
        input_dropout=0.0,
        n_values=None,
        noise_seed=0,
        n_threads=1,
    ):
        self.network = network
        self.state = state
        self.optimizer = optimizer
        self.samples = samples
        self.targets = targets
        self.loss = loss
        self.batch_size = batch_size
        self.n_threads = useful_threads(n_threads, network.weights.size, batch_size)
        self.holes = holes
        self.noise = Noise(int(noise_seed), *_threshold_and_scale(dropout))
        self.input_noise = None
        if input_dropout > 0:
            self.input_noise = InputNoise(
                int(noise_seed),
                *_threshold_and_scale(input_dropout),
                int(network.sizes[0]) if n_values is None else n_values,
            )
        self._lanes, width = lanes_for(batch_size, network.dtype)
        self._n_lanes = n_lanes = -(-batch_size // width) * width
        n_neurons = int(network.sizes.sum())
        n_computed = n_neurons - int(network.sizes[0])
        n_noted = room_for_notes(network, holes)
        self._values = np.empty((n_neurons + n_noted) * n_lanes, dtype=network.dtype)
        self._deltas = np.empty(n_computed * n_lanes, dtype=network.dtype)
        # Rewiring changes the number of connections of no layer, so no format either.
        self._formats = layer_formats(network, samples, holes, input_dropout)
        self._refresh()

    def _refresh(self):
        self._slots = self.state.slots(self.network)
        self._arrays = self.network.for_training(
            self._formats, self._n_lanes, expected=is_expected(self.holes)
        )

    def run_epoch(self, order, learning_rate):
        """Pass once over the rows in `order`.

        Parameters
        ----------
        order : ndarray of shape (n_rows,), int64
        learning_rate : float

        Returns
        -------
        loss : float
            Mean over the rows, penalty included; NaN if not `finite`.
        finite : bool
            False if training had to stop within the epoch because the loss or a weight
            was no longer finite. The parameters are finite either way.
        """
        uses_blas = bool((self._arrays.formats == DENSE).any())
        with (
            parallel_section(self.n_threads) as parallel,
            blas_on_one_thread(uses_blas),
        ):
            run = run_epoch_parallel if parallel else run_epoch
            total, steps, failed = run(
                self._lanes,
                self._arrays,
                self.samples,
                self.holes,
                self.targets,
                self.loss,
                order,
                self.batch_size,
                self._values,
                self._deltas,
                self._slots,
                self.optimizer.rule(learning_rate, self.network.dtype),
                self.noise,
                self.input_noise,
                self.state.step,
            )
        self.state.step += steps
        return total / order.size, not failed

    def rewire(self, pruner, grower, fraction, rng, facts=None):
        """Replace connections in every layer.

        A survivor keeps its weight and its optimizer state; a new connection starts
        with a weight and a state of zero, so growing changes no output.

        Parameters
        ----------
        pruner, grower : objects
            See `sparsekit.topology`.
        fraction : float
            Share of each layer's connections that is replaced.
        rng : numpy.random.Generator
        facts : dict of str to sequence or None
            What the strategies need to know, a value for each layer.

        Returns
        -------
        int
            Number of replaced connections.
        """
        # The by-input index is void from here on, and leaves its room to the plan.
        self._arrays = self._slots = None
        n_replaced = rewire(
            self.network, self.state, pruner, grower, fraction, rng, facts
        )
        self._refresh()
        return n_replaced


def _threshold_and_scale(rate):
    """Return a dropout rate as the kernels take it."""
    return min(round(rate * 2**32), 2**32 - 1), 1.0 / (1.0 - rate)
