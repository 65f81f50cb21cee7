"""Training: epochs and, between them, rewirings."""

import math
from contextlib import nullcontext

import numpy as np

from sparsekit.kernels._structs import InputNoise, Noise
from sparsekit.kernels.epoch import run_epoch, run_epoch_parallel
from sparsekit.kernels.losses import POISSON, SQUARED
from sparsekit.kernels.outputs import outputs_are_below
from sparsekit.network._formats import check_formats, layer_formats
from sparsekit.network._inference import (
    blas_on_one_thread,
    buffer_for_notes,
    buffer_for_tiles,
    lanes_for,
    losses_of,
    parallel_section,
    useful_threads,
)
from sparsekit.network._optimizer import OptimizerState
from sparsekit.network._rewiring import (
    carry_out,
    in_training_order,
    rewired_at_once,
)
from sparsekit.network._samples import n_samples_of
from sparsekit.topology import Plan, compiled_choice, plan_rewiring

# Connections of which the by-input index keeps its memory: a megabyte.
_FEW = 2**16


class Trainer:
    """Trains a network in place.

    Parameters
    ----------
    network : SparseNetwork
    state : OptimizerState
    optimizer : Optimizer
    samples : Samples
    targets : Targets
    loss : Loss
        What is minimised, see `network.LOSSES`.
    batch_size : int
    missing_inputs : MissingInputs or None
        What becomes of NaN in `samples`; None if there is none.
    dropout : float or sequence of float, one for each hidden level
        Fraction of hidden neurons silenced in each step, in [0, 1).
    input_dropout : float
        Fraction of the observed inputs dropped in each step, in [0, 1).
    n_values : int or None
        How many inputs are values of features and not indicators; None for all.
    noise_seed : int
        Seed of the dropout masks.
    protection : Protection or None
        Connections that stay, whatever a rewiring or the optimizer would do.
    n_threads : int
        Fewer are used where a step is too short to share.

    Attributes
    ----------
    recorder : SampleRecorder or None
        Takes notes of the samples.
    selection : Selection or None
        Scales and notes the loss of each sample; None does neither.
    values, deltas : ndarray
        What the latest step leaves of its batch: values of all neurons and gradient at
        the sums of all but the inputs, in tiles of `width` lanes.
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
        missing_inputs=None,
        dropout=0.0,
        input_dropout=0.0,
        n_values=None,
        noise_seed=0,
        protection=None,
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
        self.missing_inputs = missing_inputs
        self.protection = protection
        self.noise = Noise(
            seed=int(noise_seed),
            rates=np.concatenate(
                [[0.0], np.broadcast_to(dropout, network.n_layers - 1), [0.0]]
            ).astype(np.float64),
        )
        self.input_noise = None
        if input_dropout > 0:
            self.input_noise = InputNoise(
                seed=int(noise_seed),
                threshold=min(round(input_dropout * 2**32), 2**32 - 1),
                keep_scale=1.0 / (1.0 - input_dropout),
                n_values=int(network.sizes[0]) if n_values is None else n_values,
            )
        self._lanes, self.width = lanes_for(batch_size, network.dtype)
        self._n_lanes = -(-batch_size // self.width) * self.width
        n_held = int(network.sizes.sum())
        n_deltas = n_held - int(network.sizes[0])
        if missing_inputs is not None:
            n_held += buffer_for_notes(network, missing_inputs)
        self.values = buffer_for_tiles(n_held * self._n_lanes, network.dtype)
        self.deltas = buffer_for_tiles(n_deltas * self._n_lanes, network.dtype)
        self._input_dropout = input_dropout
        self.recorder = None
        self.selection = None
        self._formats = layer_formats(network, samples, missing_inputs, input_dropout)
        # What kernels take. A change of connections makes the by-input index void; a
        # large one leaves its memory to others then, until it is needed again.
        self._arrays = self._room = None
        self._bounds = None

    def go_back(self, network):
        """Train another network of the same levels from now on, such as an earlier one.

        The optimizer's state belonged to connections that may be gone, and begins anew.
        """
        self._arrays = None
        self.network = network
        self.state = OptimizerState.zeros(
            network, self.optimizer.solver, counts_steps=self.state.weight_born.size > 0
        )

    def ready(self):
        """Return the network and the optimizer's state as kernels take them."""
        if self._arrays is None:
            arrays = self.network.for_training(
                self._formats, self._n_lanes, self.missing_inputs, self._room
            )
            self._room = arrays if self.network.weights.size <= _FEW else None
            frozen = None
            if self.protection is not None:
                frozen = self.protection.frozen_weights(self.network, arrays)
            born = age_factors = None
            if self.state.weight_born.size:
                born = in_training_order(self.network, arrays, self.state.weight_born)
                age_factors = self.optimizer.age_factors(self.network.dtype)
            self._arrays = (
                arrays,
                self.state.arrays(self.network, frozen, born, age_factors),
            )
        return self._arrays

    def run_epoch(self, order, learning_rate):
        """Pass once over the rows in `order`.

        Parameters
        ----------
        order : ndarray of shape (n_rows,), int64
        learning_rate : float

        Returns
        -------
        loss : float
            Mean over the rows, penalty included; NaN if not `finite`. Batches in which
            nothing has a weight are left out.
        finite : bool
            False if training had to stop within the epoch because the loss or a weight
            was no longer finite. The parameters are finite either way.
        """
        arrays, state_arrays = self.ready()
        loss, steps, failed = self.run_kernel(
            arrays,
            state_arrays,
            order,
            self.optimizer.config(learning_rate, self.network.dtype),
            self.noise,
            self.input_noise,
            None if self.recorder is None else self.recorder.notes_of_training,
            self.selection,
        )
        self.state.step += steps
        return loss, not failed

    def run_kernel(
        self,
        arrays,
        state_arrays,
        order,
        config,
        noise,
        input_noise,
        record=None,
        selection=None,
    ):
        """Call the compiled epoch; return what it returns."""
        check_formats(arrays, self.samples, self.missing_inputs)
        uses_blas = arrays.dense_gradient.size > 0
        with (
            parallel_section(self.n_threads) as parallel,
            blas_on_one_thread() if uses_blas else nullcontext(),
        ):
            run = run_epoch_parallel if parallel else run_epoch
            return run(
                self._lanes,
                arrays,
                self.samples,
                self.missing_inputs,
                self.targets,
                self.loss,
                order,
                self.batch_size,
                self.values,
                self.deltas,
                state_arrays,
                config,
                noise,
                input_noise,
                record,
                selection,
                self.state.step,
            )

    def has_finite_losses(self):
        """Return whether every training row has a finite loss under the weights.

        A bound on the outputs says so of all but weights that explode, in the time of a
        pass over the connections; where it cannot, a forward pass over all rows does.
        """
        network = self.network
        if self._bounds is None:
            # Of the root of the summed squares: of a row's inputs, which holds for all
            # rows; and of its outputs, below which its loss is finite.
            samples, missing = self.samples, self.missing_inputs
            arrays = [samples.dense, samples.data, samples.fill]
            n_inputs = float(network.sizes[0])
            # A sum of squares is no larger than that of as many of the largest.
            factor = math.sqrt(n_inputs)
            if missing is not None:
                # Scaling multiplies by no more than the number of inputs, and an
                # expected activation is no larger than mean and deviation of its sum
                # together.
                arrays += [missing.mean, np.sqrt(missing.variance)]
                factor *= 2.0 * n_inputs
            largest = 0.0  # but for NaN
            for array in arrays:
                if array.size:
                    above = np.fmax.reduce(array, axis=None, initial=0.0)
                    below = np.fmin.reduce(array, axis=None, initial=0.0)
                    largest = max(largest, float(above), -float(below))
            limit = float(np.finfo(network.dtype).max)
            if self.loss.kind == SQUARED:
                limit = math.sqrt(limit)
            elif self.loss.kind >= POISSON:
                # So far from zero, the exponential is a small part of the largest
                # number.
                limit = 5.0 * math.log(limit)
            self._bounds = largest * factor, 0.1 * limit
        network = self.network
        if outputs_are_below(
            network.sizes,
            network.first,
            network.indptr,
            network.weights,
            network.biases,
            network.kinds,
            network.slopes,
            *self._bounds,
        ):
            return True
        rows = np.arange(n_samples_of(self.samples))
        return bool(np.isfinite(losses_of(self, rows)).all())

    def rewire(
        self,
        pruner,
        grower,
        fraction,
        rng,
        *,
        facts=None,
        counts=None,
        redistribution=None,
        beginning=None,
        states=None,
    ):
        """Drop connections and let others grow, in every layer.

        All layers are planned before anything changes, see `network._rewiring`.

        Parameters
        ----------
        pruner, grower : objects
            See `sparsekit.topology`.
        fraction : float
            Fraction of the connections that is replaced.
        rng : numpy.random.Generator
        facts : dict of str to sequence or None
            What the strategies need to know beside the connections (see `needs_of`):
            for the name of a field of `Layer` its value in every layer, None where a
            layer has none.
        counts : sequence of int or None
            Connections of each layer afterwards, see `plan_rewiring`; None for as many
            as before.
        redistribution : object or None
            Which layers grow; see `sparsekit.topology`.
        beginning : Beginning or None
            What new connections begin with; None for zero.
        states : dict or None
            What these parts noted about each layer, see `plan_rewiring`.

        Returns
        -------
        Change
        """
        if self.recorder is not None:
            self.recorder.before_rewiring(self)
        self._arrays = None
        choice = None
        keeps_counts = counts is None or list(counts) == self.network.counts
        others = facts, redistribution, beginning, self.protection
        if keeps_counts and others == (None, None, None, None):
            choice = compiled_choice(pruner, grower, self.network.dtype)
        if choice is not None:
            change = rewired_at_once(self.network, self.state, choice, fraction, rng)
        else:
            layers = self._layers(facts or {})
            replacements = plan_rewiring(
                layers,
                pruner,
                grower,
                fraction,
                rng,
                counts=counts,
                redistribution=redistribution,
                states=states,
            )
            change = self._carry_out(Plan.of(replacements), beginning, layers, rng)
        if self.recorder is not None:
            self.recorder.after_rewiring(self, change)
        return change

    def _carry_out(self, plan, beginning, layers, rng):
        """Carry out a plan for the layers; return the `Change`."""
        if beginning is not None:
            beginning.before(self.network, plan)
        change, network, state = carry_out(self.network, self.state, plan)
        if network is not self.network:
            formats = layer_formats(
                network, self.samples, self.missing_inputs, self._input_dropout
            )
            # In one call, so that an interruption leaves all of the old or of the new.
            vars(self).update(network=network, state=state, _formats=formats)
        if beginning is not None:
            beginning.after(network, state, layers, change, rng)
        return change

    def _layers(self, facts):
        """Return the layers as strategies see them."""
        facts = dict(facts)
        if self.protection is not None:
            facts["protected"] = self.protection.masks(self.network)
        layers = self.network.layers()
        for name, values in facts.items():
            for at, value in enumerate(values):
                layers[at] = layers[at]._replace(**{name: value})
        return layers
