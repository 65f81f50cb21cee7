"""Gradients of batches and of single samples, at which nothing learns."""

import numpy as np
from scipy import sparse
from scipy.special import expit, softmax

from sparsekit.kernels import losses as kinds
from sparsekit.kernels._structs import BY_ROW, STORED, OptimizerArrays
from sparsekit.kernels.forward import LOGISTIC, PIECEWISE
from sparsekit.network._optimizer import Optimizer
from sparsekit.network._samples import batch_weight, n_samples_of

# Numbers per array of a block of samples.
_BLOCK = 2**20


def probe(trainer, n_batches, rng):
    """Return what the layers read and the gradient at their sums, for some batches.

    Parameters
    ----------
    trainer : Trainer
    n_batches : int
        Batches of random training rows that weigh something, as many as there are.
    rng : numpy.random.Generator

    Returns
    -------
    values, deltas : list of ndarray, one per layer
        See :class:`sparsekit.topology.Layer`. Dropout takes no part. Costs a training
        step for each batch.
    """
    order = rng.permutation(n_samples_of(trainer.samples))
    weights = trainer.targets.sample_weight
    if weights.size:
        order = order[weights[order] > 0]
    order = order[: n_batches * trainer.batch_size]
    n_whole = max(1, order.size // trainer.batch_size)
    order = order[: n_whole * trainer.batch_size]
    return _of_batches(trainer, np.array_split(order, n_whole))


def connection_gradients(trainer):
    """Return the gradient of the mean loss of all rows at each connection.

    Parameters
    ----------
    trainer : Trainer

    Returns
    -------
    ndarray of shape (n_connections,), float64
        Without penalty and dropout; rows count by their weights. Costs a training step
        for each batch.
    """
    layers = trainer.network.layers()
    sums = [np.zeros(layer.indices.size) for layer in layers]
    total_weight = 0.0
    for rows, weight in _batches(trainer):
        read, sent = _of_batches(trainer, [rows])
        total_weight += weight
        for layer, total, values, deltas in zip(layers, sums, read, sent, strict=True):
            told = layer._replace(values=values, deltas=deltas)
            total += weight * told.gradients_at(layer.positions())
    return np.concatenate(sums) / total_weight


def _batches(trainer):
    """Yield the rows of each batch that weighs something, and its weight."""
    n_rows = n_samples_of(trainer.samples)
    for start in range(0, n_rows, trainer.batch_size):
        rows = np.arange(start, min(start + trainer.batch_size, n_rows))
        weight = batch_weight(trainer.targets, rows)
        if weight > 0:
            yield rows, weight


def connection_importance(trainer, power):
    """Return how much the loss of single rows depends on each connection.

    Parameters
    ----------
    trainer : Trainer
    power : int

    Returns
    -------
    ndarray of shape (n_connections,), float64
        Mean over the rows of ``abs(gradient of a row's loss) ** power``, without
        penalty and dropout. Costs a training step for each batch.
    """
    layers = trainer.network.layers()
    sums = [np.zeros(layer.indices.size) for layer in layers]
    for rows, weight in _batches(trainer):
        read, sent = _of_batches(trainer, [rows])
        for layer, total, values, deltas in zip(layers, sums, read, sent, strict=True):
            # In a row, the gradient at a connection is one product; so the sum of
            # powers is the sum of products that a gradient is, of powers.
            with np.errstate(over="ignore"):
                powers = layer._replace(
                    values=np.abs(values.astype(np.float64)) ** power,
                    deltas=np.abs(deltas * np.float64(weight)) ** power,
                )
            total += powers.gradients_at(layer.positions())
    return np.concatenate(sums) / n_samples_of(trainer.samples)


def _of_batches(trainer, batches):
    """Return what the layers read and the gradient at their sums, for given batches.

    A training step leaves both behind for its own batch, so here a step is taken with
    a rate of 0 and without dropout: no code of its own, and no memory but for what it
    returns.

    Returns
    -------
    values, deltas : list of ndarray, one per layer
        Shapes (n_tiles, n_in, n_lanes) and (n_tiles, n_out, n_lanes), the batches one
        after another in order. ``sum(values * deltas)`` over tiles and lanes is the
        gradient of the mean loss, without penalty.
    """
    arrays, _ = trainer.ready()
    formats = arrays.formats.copy()
    # A first layer that works on stored entries leaves no values of its inputs.
    formats[formats == STORED] = BY_ROW
    arrays = arrays._replace(formats=formats)
    sizes, first, width = arrays.sizes, arrays.first, trainer.width
    weights, biases = arrays.weights, arrays.biases
    nothing = np.empty(0, dtype=weights.dtype)
    thrown_away = OptimizerArrays(
        np.zeros_like(weights),
        nothing,
        np.empty_like(biases),
        np.zeros_like(biases),
        nothing.copy(),
    )
    config = Optimizer("sgd", alpha=0.0, momentum=0.0).config(0.0, weights.dtype)
    noise = trainer.noise._replace(rates=np.zeros(sizes.size))
    input_noise = trainer.input_noise
    if input_noise is not None:
        input_noise = input_noise._replace(threshold=0, keep_scale=1.0)
    values = [[] for _ in sizes[1:]]
    deltas = [[] for _ in sizes[1:]]
    for rows in batches:
        trainer.run_kernel(arrays, thrown_away, rows, config, noise, input_noise)
        weight = batch_weight(trainer.targets, rows)
        scale = weights.dtype.type(1.0 / (weight * len(batches)))
        n_tiles = -(-rows.size // width)
        for layer in range(1, sizes.size):
            read = slice(first[layer - 1] - first[0], first[layer] - first[0])
            summed = slice(first[layer], first[layer] + sizes[layer])
            # Missing inputs may stand as NaN; they have no part in a gradient.
            told = np.nan_to_num(_tiles(trainer.values, read, n_tiles, width))
            told[-1, :, rows.size - (n_tiles - 1) * width :] = 0.0  # no samples
            values[layer - 1].append(told)
            sent = _tiles(trainer.deltas, summed, n_tiles, width)
            deltas[layer - 1].append(sent * scale)
    return [np.concatenate(v) for v in values], [np.concatenate(d) for d in deltas]


def _tiles(flat, neurons, n_tiles, width):
    """Return the lanes of the neurons of one level."""
    lanes = n_tiles * width
    here = flat[neurons.start * lanes : neurons.stop * lanes]
    return here.reshape(n_tiles, neurons.stop - neurons.start, width)


def gradient_squares(network, samples, targets, loss):
    """Return the squared gradient norms of each sample, layer by layer.

    With the inputs a of a layer and the gradient d at its sums, the gradient at the
    weight from j to k is a_j d_k. Over the connections S that exist, the sum of its
    squares is ``sum_k d_k^2 sum_j S_kj a_j^2``: one product with the pattern of the
    layer. Over all positions it is ``|a|^2 |d|^2`` (Goodfellow, arXiv 1510.01799).

    Parameters
    ----------
    network : SparseNetwork
    samples : Samples
        Without NaN.
    targets : Targets
    loss : Loss

    Returns
    -------
    active, full, bias : ndarray of shape (n_samples, n_layers), float64
        Squared norms at the weights that exist, at all positions, and at the biases.
        Complexity: O(connections + neurons) per sample.
    """
    matrices = [coef.astype(np.float64) for coef in network.coefs()]
    patterns = [_pattern(matrix) for matrix in matrices]
    n_samples = n_samples_of(samples)
    active = np.empty((n_samples, len(matrices)))
    full, bias = active.copy(), active.copy()
    step = max(1, _BLOCK // int(network.sizes.max()))
    for start in range(0, n_samples, step):
        rows = np.arange(start, min(start + step, n_samples))
        values, slopes = _forward(network, matrices, _dense_rows(samples, rows))
        delta = output_gradient(loss, values[-1], targets, rows)
        for layer in range(len(matrices) - 1, -1, -1):
            squares = values[layer] ** 2, delta**2
            active[rows, layer] = ((squares[0] @ patterns[layer]) * squares[1]).sum(1)
            bias[rows, layer] = squares[1].sum(axis=1)
            full[rows, layer] = squares[0].sum(axis=1) * bias[rows, layer]
            if layer:
                delta = (delta @ matrices[layer].T) * slopes[layer]
    return active, full, bias


def input_sensitivities(network, samples):
    """Return how much the outputs of each sample depend on each input.

    Parameters
    ----------
    network : SparseNetwork
    samples : Samples
        Without NaN.

    Returns
    -------
    ndarray of shape (n_samples, n_inputs), float64
        Sum over the outputs, before what the loss applies to them, of the absolute
        gradient at the input. Complexity: O(outputs * connections) per sample, and the
        activations of all samples at once.
    """
    matrices = [coef.astype(np.float64) for coef in network.coefs()]
    rows = np.arange(n_samples_of(samples))
    _, slopes = _forward(network, matrices, _dense_rows(samples, rows))
    total = np.zeros((rows.size, int(network.sizes[0])))
    for output in range(int(network.sizes[-1])):
        delta = np.zeros((rows.size, int(network.sizes[-1])))
        delta[:, output] = 1.0
        for layer in range(len(matrices) - 1, -1, -1):
            delta = delta @ matrices[layer].T
            if layer:
                delta *= slopes[layer]
        total += np.abs(delta)
    return total


def _pattern(matrix):
    ones = np.ones_like(matrix.data)
    return sparse.csr_array((ones, matrix.indices, matrix.indptr), shape=matrix.shape)


def _dense_rows(samples, rows):
    """Return some rows as a dense array of doubles."""
    if not samples.fill.size:
        return samples.dense[rows].astype(np.float64)
    block = np.tile(samples.fill.astype(np.float64), (rows.size, 1))
    first, last = samples.indptr[rows[0]], samples.indptr[rows[-1] + 1]
    lengths = np.diff(samples.indptr[rows[0] : rows[-1] + 2])
    where = np.repeat(np.arange(rows.size), lengths), samples.indices[first:last]
    block[where] = samples.data[first:last]
    return block


def _forward(network, matrices, values):
    """Return the values of each level, and the slopes of each level of neurons."""
    levels, slopes = [values], [None]
    for level, (matrix, bias) in enumerate(
        zip(matrices, network.intercepts(), strict=True), start=1
    ):
        z, slope = levels[-1] @ matrix + bias, None
        if level <= len(matrices) - 1:
            z, slope = _activated(z, network.kinds[level], network.slopes[level])
        levels.append(z)
        slopes.append(slope)
    return levels, slopes


def _activated(z, kind, left):
    """Return activation and derivative."""
    if kind == PIECEWISE:
        return np.where(z > 0, z, left * z), np.where(z > 0, 1.0, left)
    a = expit(z) if kind == LOGISTIC else np.tanh(z)
    return a, a * (1 - a) if kind == LOGISTIC else 1 - a**2


def output_gradient(loss, z, targets, rows):
    """Return the gradient of the loss of some rows at their outputs.

    Parameters
    ----------
    loss : Loss
    z : ndarray of shape (n_rows, n_outputs), float64
    targets : Targets
    rows : ndarray of int64

    Returns
    -------
    ndarray of shape (n_rows, n_outputs)
        As training has it: of numbers, that of the sum over the outputs.
    """
    if loss.kind == kinds.SOFTMAX:
        true = np.eye(z.shape[1])[targets.labels[rows]]
        return softmax(z, axis=1) - true + loss.smoothing * (true - 1 / z.shape[1])
    y = targets.values[rows].astype(np.float64)
    if loss.kind == kinds.LOGISTIC_LOSS:
        return expit(z) - y + loss.smoothing * (y - 0.5)
    if loss.kind == kinds.POISSON:
        return np.exp(z) - y
    if loss.kind == kinds.GAMMA:
        return 1 - y * np.exp(-z)
    error = z - y
    if loss.kind == kinds.HUBER:
        return np.clip(error, -loss.level, loss.level)
    if loss.kind == kinds.ABSOLUTE:
        return np.sign(error)
    if loss.kind == kinds.QUANTILE:
        return np.sign(error) * np.where(error > 0, 1 - loss.level, loss.level)
    return error
