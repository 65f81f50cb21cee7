"""A multilayer perceptron from the formulas: dense matrices, doubles, no tiles.

Layer l has a matrix of shape (n_out, n_in); what is not in its mask does not exist.
"""

from dataclasses import dataclass

import numpy as np

# Where the Huber loss becomes linear, and which quantile is learned.
LEVELS = {"huber": 1.35, "quantile": 0.8}
# Share of a label that is spread over all classes.
SMOOTHING = 0.3

WORD = 2**64
HALF_WORD = 2**32


@dataclass
class NaiveNetwork:
    """Matrices (zero outside their masks), masks and biases of each layer."""

    matrices: list
    masks: list
    biases: list
    activation: str
    slope: float | None = None


def hash_key(seed, step, level, neuron):
    """Chain the finalizer of splitmix64 over four integers; keep the low 32 bits."""
    key = seed
    for part in (step, level, neuron):
        key = ((key ^ part) + 0x9E3779B97F4A7C15) % WORD
        key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9 % WORD
        key = (key ^ (key >> 27)) * 0x94D049BB133111EB % WORD
        key = key ^ (key >> 31)
    return key % HALF_WORD


def scramble_half_word(x):
    """Scramble 32 bits: "lowbias32"."""
    x = (x ^ (x >> 16)) * 0x7FEB352D % HALF_WORD
    x = (x ^ (x >> 15)) * 0x846CA68B % HALF_WORD
    return x ^ (x >> 16)


def kept_neurons(seed, step, level, n_rows, n_neurons, rate):
    """Return which neurons of a level each row of the batch keeps."""
    kept = np.empty((n_rows, n_neurons), dtype=bool)
    for neuron in range(n_neurons):
        key = hash_key(seed, step, level, neuron)
        for i in range(n_rows):
            value = scramble_half_word((key + i * 0x9E3779B9) % HALF_WORD)
            kept[i, neuron] = value >= round(rate * HALF_WORD)
    return kept


def activate(name, slope, level, z):
    """Return activation and derivative of a hidden level, the first of which is 1."""
    if name == "identity":
        return z, np.ones_like(z)
    if name == "logistic":
        return 1 / (1 + np.exp(-z)), 1 / (2 + np.exp(z) + np.exp(-z))
    if name == "tanh":
        return np.tanh(z), 1 / np.cosh(z) ** 2
    if name == "relu":
        left = 0.0
    elif name == "leaky_relu":
        left = 0.01 if slope is None else slope
    else:
        left = 0.6 if slope is None else slope
        left = -left if level % 2 == 1 else left
    return np.where(z > 0, z, left * z), np.where(z > 0, 1.0, left)


def forward(net, X, keep_scales=None):
    """Return the values of each level and the derivatives of each hidden level.

    `keep_scales` holds, for each hidden level, what dropout multiplies with.
    """
    values, slopes = [X], []
    n_layers = len(net.matrices)
    for layer in range(1, n_layers + 1):
        z = values[-1] @ net.matrices[layer - 1].T + net.biases[layer - 1]
        if layer < n_layers:
            z, slope = activate(net.activation, net.slope, layer, z)
            factor = 1.0 if keep_scales is None else keep_scales[layer - 1]
            z, slope = z * factor, slope * factor
            slopes.append(slope)
        values.append(z)
    return values, slopes


def losses_and_deltas(loss, z, target):
    """Return the loss of each row and the gradient at its outputs.

    As in scikit-learn, losses of numbers are averaged over the outputs but their
    gradient is not.
    """
    share = SMOOTHING if loss.startswith("smooth") else 0.0
    if loss.endswith("softmax"):
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        true = (1 - share) * np.eye(z.shape[1])[target] + share / z.shape[1]
        return -(np.log(p) * true).sum(axis=1), p - true
    if loss.endswith("logistic"):
        p = 1 / (1 + np.exp(-z))
        true = (1 - share) * target + share / 2
        terms = true * np.log(p) + (1 - true) * np.log(1 - p)
        return -terms.sum(axis=1), p - true
    losses, deltas = number_losses(loss, z, target)
    return losses.mean(axis=1), deltas


def number_losses(loss, z, y):
    """Return the loss of each number and its derivative by the output."""
    error = z - y
    if loss == "squared_error":
        return 0.5 * error**2, error
    if loss == "absolute_error":
        return np.abs(error), np.sign(error)
    if loss == "huber":
        edge = LEVELS["huber"]
        near = np.abs(error) <= edge
        values = np.where(near, 0.5 * error**2, edge * (np.abs(error) - 0.5 * edge))
        return values, np.where(near, error, edge * np.sign(error))
    if loss == "quantile":
        level = LEVELS["quantile"]
        slope = np.where(error > 0, 1 - level, -level)
        return slope * error, slope
    mean = np.exp(z)
    if loss == "poisson":
        safe = np.where(y > 0, y, 1.0)
        return y * np.log(safe / mean) - y + mean, mean - y
    return y / mean - np.log(y / mean) - 1, 1 - y / mean


def backpropagate(net, values, slopes, delta):
    """Return the gradients of matrices and biases, and the delta of each level."""
    deltas = [delta]
    for layer in range(len(net.matrices) - 1, 0, -1):
        deltas.insert(0, deltas[0] @ net.matrices[layer] * slopes[layer - 1])
    matrix_grads = [
        (d.T @ x) * mask
        for d, x, mask in zip(deltas, values[:-1], net.masks, strict=True)
    ]
    return matrix_grads, [d.sum(axis=0) for d in deltas], deltas


def loss_and_gradients(
    net, X, loss, target, weight, alpha, keep_scales=None, factors=1.0
):
    """Return the weighted mean loss, penalty included, and the gradients.

    `factors` multiply the losses of the rows, but not the weight they are divided by.
    """
    total = weight.sum()
    weight = weight * factors
    values, slopes = forward(net, X, keep_scales)
    row_losses, delta = losses_and_deltas(loss, values[-1], target)
    matrix_grads, bias_grads, _ = backpropagate(
        net, values, slopes, delta * weight[:, np.newaxis]
    )
    penalty = 0.5 * alpha * sum((w**2).sum() for w in net.matrices)
    matrix_grads = [
        (g + alpha * w) / total for g, w in zip(matrix_grads, net.matrices, strict=True)
    ]
    bias_grads = [g / total for g in bias_grads]
    return (weight @ row_losses + penalty) / total, matrix_grads, bias_grads
