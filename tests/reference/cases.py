"""Random networks, once as the package's flat arrays and once as dense matrices."""

from itertools import pairwise

import numpy as np

from sparsekit.kernels._structs import Samples
from sparsekit.network import (
    LOSSES,
    Optimizer,
    OptimizerState,
    SparseNetwork,
    Trainer,
    activation_table,
    dense_samples,
    label_targets,
    value_targets,
)
from tests.reference.naive_network import LEVELS, SMOOTHING, NaiveNetwork

# The losses that the twins know, by the names they have there.
ALL_LOSSES = {
    **LOSSES,
    "quantile": LOSSES["quantile"]._replace(level=LEVELS["quantile"]),
    "smooth softmax": LOSSES["softmax"]._replace(smoothing=SMOOTHING),
    "smooth logistic": LOSSES["logistic"]._replace(smoothing=SMOOTHING),
}


def random_mask(rng, n_out, n_in, density):
    """Draw a mask which, unless dense, has an empty row and an input nobody reads."""
    if density == 1:
        return np.ones((n_out, n_in), dtype=bool)
    mask = rng.random((n_out, n_in)) < density
    mask[n_out // 2, n_in // 2] = True
    if n_out > 1:
        mask[0] = False
    if n_in > 1:
        mask[:, -1] = False
    return mask


def connections_per_layer(network):
    """Return how many connections each layer of a network holds."""
    layers = range(1, network.n_layers + 1)
    return [network.layer(number).weights.size for number in layers]


def random_naive_network(rng, sizes, density, activation="relu", slope=None):
    """Draw a network of nonzero weights and biases."""
    masks, matrices, biases = [], [], []
    for n_in, n_out in pairwise(sizes):
        mask = random_mask(rng, n_out, n_in, density)
        scale = 1 / np.sqrt(max(1, mask.sum() / n_out))
        masks.append(mask)
        matrices.append(np.where(mask, rng.normal(scale=scale, size=mask.shape), 0.0))
        biases.append(rng.normal(scale=0.3, size=n_out))
    return NaiveNetwork(matrices, masks, biases, activation, slope)


def sparse_network(naive, dtype=np.float64):
    """Write a naive network in the package's flat arrays, row by row."""
    sizes = [naive.masks[0].shape[1], *(mask.shape[0] for mask in naive.masks)]
    indptr, indices, weights = [0], [], []
    for matrix, mask in zip(naive.matrices, naive.masks, strict=True):
        for row in range(mask.shape[0]):
            columns = np.flatnonzero(mask[row])
            indices.extend(columns)
            weights.extend(matrix[row, columns])
            indptr.append(len(indices))
    kinds, slopes = activation_table(naive.activation, naive.slope, len(sizes) - 2)
    return SparseNetwork(
        sizes=np.array(sizes, dtype=np.int64),
        indptr=np.array(indptr, dtype=np.int64),
        indices=np.array(indices, dtype=np.int32),
        weights=np.array(weights, dtype=dtype),
        biases=np.concatenate(naive.biases).astype(dtype),
        kinds=kinds,
        slopes=slopes.astype(dtype),
    )


def per_layer(naive, flat):
    """Return the values that belong to connections, as a matrix for each layer."""
    matrices, start = [], 0
    for mask in naive.masks:
        matrix = np.zeros(mask.shape)
        matrix[mask] = flat[start : start + mask.sum()]
        matrices.append(matrix)
        start += mask.sum()
    assert start == flat.size
    return matrices


def random_target(rng, loss, n_rows, n_outputs):
    """Draw labels, label indicators or numbers."""
    if loss.endswith("softmax"):
        return rng.integers(n_outputs, size=n_rows)
    if loss.endswith("logistic"):
        return rng.integers(2, size=(n_rows, n_outputs)).astype(float)
    if loss == "poisson":
        return rng.integers(4, size=(n_rows, n_outputs)).astype(float)
    if loss == "gamma":
        return rng.uniform(0.1, 3.0, size=(n_rows, n_outputs))
    return rng.normal(size=(n_rows, n_outputs))


def targets_of(loss, target, weight, dtype):
    """Return targets in the form that kernels take."""
    make = label_targets if loss.endswith("softmax") else value_targets
    return make(target, weight, dtype)


def plain_samples(X, dtype):
    """Return dense samples which are not standardised."""
    n_features = X.shape[1]
    return dense_samples(
        np.ascontiguousarray(X), np.zeros(n_features), np.ones(n_features), dtype
    )


def trainer_of(
    network, X, loss, target, optimizer, *, batch_size, weight=None, **noise
):
    """Return a trainer in its initial state; X may be prepared samples, too."""
    ready = isinstance(X, Samples)
    return Trainer(
        network,
        OptimizerState.zeros(network, optimizer.solver),
        optimizer,
        X if ready else plain_samples(X, network.dtype),
        targets_of(loss, target, weight, network.dtype),
        loss=ALL_LOSSES[loss],
        batch_size=batch_size,
        **noise,
    )


def plain_sgd(alpha=0.0):
    """Return gradient descent without momentum."""
    return Optimizer("sgd", alpha, momentum=0.0, nesterovs_momentum=False)
