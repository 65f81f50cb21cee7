"""Squared norms of the gradients of single samples, on and off the topology."""

import numpy as np
from scipy import sparse
from scipy.special import expit

from sparsekit.kernels.forward import LOGISTIC, PIECEWISE
from sparsekit.network._formats import is_stored
from sparsekit.network._losses import output_gradient
from sparsekit.network._samples import n_samples_of

# Numbers per array of a block of samples.
_BLOCK = 2**20


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


def _pattern(matrix):
    ones = np.ones_like(matrix.data)
    return sparse.csr_array((ones, matrix.indices, matrix.indptr), shape=matrix.shape)


def _dense_rows(samples, rows):
    """Return some rows as a dense array of doubles."""
    if not is_stored(samples):
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
