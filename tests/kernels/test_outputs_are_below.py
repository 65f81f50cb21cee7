"""A bound on the outputs of a network is one, and is that of plain matrices."""

import numpy as np
import pytest

from sparsekit.kernels.outputs import outputs_are_below
from tests.reference.cases import random_naive_network, sparse_network


def bound_of(naive, inputs, activation):
    """Return the largest bound on the norm of the sums of any level."""
    norm, largest = inputs, 0.0
    for matrix, biases in zip(naive.matrices, naive.biases, strict=True):
        norm = norm * np.linalg.norm(matrix) + np.linalg.norm(biases)
        largest = max(largest, norm)
        norm = np.sqrt(biases.size) if activation == "tanh" else norm
    return largest


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_compares_the_bound_with_the_limit(activation, dtype):
    rng = np.random.default_rng(0)
    naive = random_naive_network(rng, (5, 8, 6, 3), 0.6, activation)
    network = sparse_network(naive, dtype)
    bound = bound_of(naive, 7.0, activation)
    arrays = (
        network.sizes,
        network.first,
        network.indptr,
        network.weights,
        network.biases,
        network.kinds,
        network.slopes,
    )
    assert outputs_are_below(*arrays, 7.0, 1.001 * bound)
    assert not outputs_are_below(*arrays, 7.0, 0.999 * bound)
    assert not outputs_are_below(*arrays, np.inf, 1e300)


def test_a_slope_that_enlarges_values_enlarges_the_bound():
    naive = random_naive_network(
        np.random.default_rng(1), (4, 5, 3), 1, "all_relu", 3.0
    )
    network = sparse_network(naive, np.float64)
    without = random_naive_network(np.random.default_rng(1), (4, 5, 3), 1, "relu")
    limit = 1.001 * bound_of(without, 7.0, "relu")
    arrays = [network.sizes, network.first, network.indptr, network.weights]
    arrays += [network.biases, network.kinds]
    assert outputs_are_below(*arrays, np.zeros(3), 7.0, limit)
    assert not outputs_are_below(*arrays, network.slopes, 7.0, limit)
