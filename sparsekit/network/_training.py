"""Training: epochs and, between them, rewirings."""

import numpy as np

from sparsekit.kernels._structs import DENSE, InputNoise, Noise
from sparsekit.kernels.epoch import run_epoch, run_epoch_parallel
from sparsekit.network._formats import check_formats, layer_formats
from sparsekit.network._holes import is_expected, room_for_notes
from sparsekit.network._optimizer import Optimizer, OptimizerState
from sparsekit.network._probe import probe
from sparsekit.network._recorder import Recorder
from sparsekit.network._rewiring import change_of, exchange, resized
from sparsekit.network._samples import n_samples_of
from sparsekit.network._targets import batch_weight
from sparsekit.network._threads import (
    blas_on_one_thread,
    parallel_section,
    useful_threads,
)
from sparsekit.network._tiles import lanes_for, room_for_tiles
from sparsekit.topology import plan_rewiring


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
        What is minimised, see `network._losses`.
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
    protection : Protection or None
        Connections that stay, whatever a rewiring or the optimizer would do.
    n_threads : int
        Fewer are used where a step is too short to share.

    Attributes
    ----------
    recorder : Recorder
        Takes notes of the samples, or none.
    selection : Selection or None
        Scales and notes the loss of each sample; None does neither.
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
        self.holes = holes
        self.protection = protection
        self.noise = Noise(int(noise_seed), *_threshold_and_scale(dropout))
        self.input_noise = None
        if input_dropout > 0:
            self.input_noise = InputNoise(
                int(noise_seed),
                *_threshold_and_scale(input_dropout),
                int(network.sizes[0]) if n_values is None else n_values,
            )
        self._lanes, self._width = lanes_for(batch_size, network.dtype)
        self._n_lanes = n_lanes = -(-batch_size // self._width) * self._width
        n_neurons = int(network.sizes.sum())
        n_computed = n_neurons - int(network.sizes[0])
        n_noted = room_for_notes(network, holes)
        self._values = room_for_tiles((n_neurons + n_noted) * n_lanes, network.dtype)
        self._deltas = room_for_tiles(n_computed * n_lanes, network.dtype)
        self._input_dropout = input_dropout
        self.recorder = Recorder()
        self.selection = None
        self._formats = layer_formats(network, samples, holes, input_dropout)
        self.changed()

    def changed(self):
        """Take note that connections or the optimizer's state are others now."""
        # The by-input index is void, and leaves its room to others until it is needed.
        self._arrays = self._slots = None

    def go_back(self, network):
        """Train an earlier network from now on.

        The optimizer's state belonged to connections that may be gone, and begins anew.
        """
        self.changed()
        self.network = network
        self.state = OptimizerState.zeros(network, self.optimizer.solver)

    def ready(self):
        """Return the arrays and slots that kernels take, by-input index included."""
        if self._arrays is None:
            slots = self.state.slots(self.network)
            arrays = self.network.for_training(
                self._formats, self._n_lanes, expected=is_expected(self.holes)
            )
            if self.protection is not None:
                frozen = self.protection.frozen_weights(self.network, arrays)
                slots = slots._replace(frozen=frozen)
            self._arrays, self._slots = arrays, slots
        return self._arrays, self._slots

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
        loss, steps, failed = self._run(
            *self.ready(),
            order,
            self.optimizer.rule(learning_rate, self.network.dtype),
            self.noise,
            self.input_noise,
            self.recorder.notes_of_training,
            self.selection,
        )
        self.state.step += steps
        return loss, not failed

    def _run(
        self,
        arrays,
        slots,
        order,
        rule,
        noise,
        input_noise,
        record=None,
        selection=None,
    ):
        """Call the compiled epoch; return what it returns."""
        check_formats(arrays, self.samples, self.holes)
        uses_blas = bool((arrays.formats == DENSE).any())
        with (
            parallel_section(self.n_threads) as parallel,
            blas_on_one_thread(uses_blas),
        ):
            run = run_epoch_parallel if parallel else run_epoch
            return run(
                self._lanes,
                arrays,
                self.samples,
                self.holes,
                self.targets,
                self.loss,
                order,
                self.batch_size,
                self._values,
                self._deltas,
                slots,
                rule,
                noise,
                input_noise,
                record,
                selection,
                self.state.step,
            )

    def probe(self, n_batches, rng):
        """Return what the layers read and the gradient at their sums.

        Parameters
        ----------
        n_batches : int
            Batches of random training rows that weigh something, as many as there are.
        rng : numpy.random.Generator

        Returns
        -------
        values, deltas : list of ndarray, one per layer
            See :class:`sparsekit.topology.Layer`. Dropout takes no part. Costs a
            training step for each batch.
        """
        order = rng.permutation(n_samples_of(self.samples))
        weights = self.targets.sample_weight
        if weights.size:
            order = order[weights[order] > 0]
        order = order[: n_batches * self.batch_size]
        whole = max(1, order.size // self.batch_size)
        batches = np.array_split(order[: whole * self.batch_size], whole)
        arrays, _ = self.ready()
        return probe(self._standing_step, arrays, batches, self._width)

    def importance(self, power):
        """Return how much the loss of single rows depends on each connection.

        Parameters
        ----------
        power : int

        Returns
        -------
        ndarray of shape (n_connections,), float64
            Mean over the rows of ``abs(gradient of a row's loss) ** power``, without
            penalty and dropout. Costs a training step for each batch.
        """
        n_rows = n_samples_of(self.samples)
        layers = self.network.layers()
        sums = [np.zeros(layer.indices.size) for layer in layers]
        arrays, _ = self.ready()
        for start in range(0, n_rows, self.batch_size):
            rows = np.arange(start, min(start + self.batch_size, n_rows))
            weight = batch_weight(self.targets, rows)
            if not weight > 0:
                continue
            read, sent = probe(self._standing_step, arrays, [rows], self._width)
            for layer, total, values, deltas in zip(
                layers, sums, read, sent, strict=True
            ):
                # In a row, the gradient at a connection is one product; so the sum of
                # powers is the sum of products that a gradient is, of powers.
                with np.errstate(over="ignore"):
                    powers = layer._replace(
                        values=np.abs(values.astype(np.float64)) ** power,
                        deltas=np.abs(deltas * np.float64(weight)) ** power,
                    )
                total += powers.gradients_at(layer.positions())
        return np.concatenate(sums) / n_rows

    def _standing_step(self, arrays, slots, rows):
        """Take a step that moves nothing; return what it leaves, and its weight."""
        rule = Optimizer("sgd", alpha=0.0, momentum=0.0).rule(0.0, self.network.dtype)
        noise = Noise(self.noise.seed, *_threshold_and_scale(0.0))
        input_noise = self.input_noise
        if input_noise is not None:
            threshold, scale = _threshold_and_scale(0.0)
            input_noise = input_noise._replace(threshold=threshold, keep_scale=scale)
        self._run(arrays, slots, rows, rule, noise, input_noise)
        return self._values, self._deltas, batch_weight(self.targets, rows)

    def rewire(
        self,
        pruner,
        grower,
        fraction,
        rng,
        *,
        facts=None,
        total=None,
        redistribution=None,
    ):
        """Drop connections and let others grow, in every layer.

        A survivor keeps its weight and its optimizer state; a new connection starts
        with a weight and a state of zero, so growing changes no output. All layers are
        planned before anything changes.

        Parameters
        ----------
        pruner, grower : objects
            See `sparsekit.topology`.
        fraction : float
            Share of the connections that is replaced.
        rng : numpy.random.Generator
        facts : dict of str to sequence or None
            What the strategies need to know beside the connections (see `needs_of`):
            for the name of a field of `Layer` its value in every layer, None where a
            layer has none.
        total : int or None
            Number of connections afterwards; None for as many as before.
        redistribution : object or None
            Which layers grow; see `sparsekit.topology`.

        Returns
        -------
        Change
        """
        self.changed()
        plans = plan_rewiring(
            self._layers_with(facts or {}),
            pruner,
            grower,
            fraction,
            rng,
            total=total,
            redistribution=redistribution,
        )
        change = change_of(plans)
        self._follow(change)
        return change

    def _layers_with(self, facts):
        """Return the layers with what `facts` tells about each."""
        if self.protection is not None:
            facts = facts | {"protected": self.protection.masks(self.network)}
        return [
            layer._replace(**{name: values[at] for name, values in facts.items()})
            for at, layer in enumerate(self.network.layers())
        ]

    def _follow(self, change):
        if change.is_exchange:
            exchange(self.network, self.state, change)
        else:
            network, state = resized(self.network, self.state, change)
            formats = layer_formats(
                network, self.samples, self.holes, self._input_dropout
            )
            # In one call, so that an interruption leaves all of the old or of the new.
            vars(self).update(network=network, state=state, _formats=formats)


def _threshold_and_scale(rate):
    """Return a dropout rate as the kernels take it."""
    return min(round(rate * 2**32), 2**32 - 1), 1.0 / (1.0 - rate)
