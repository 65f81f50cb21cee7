"""Missing inputs from the formulas: dense matrices, loops over cells.

NaN says what is missing. Only the first layer knows of it; what follows is
`naive_network.forward` from level 1 on.
"""

import numpy as np
from scipy.stats import norm

from tests.reference.naive_network import NaiveNetwork, activate, forward


def scaled_sums(net, X, n_values, *, unit, typical=None, root):
    """Return z of level 1 where values are scaled for what is missing."""
    matrix, mask, bias = net.matrices[0], net.masks[0], net.biases[0]
    sums = np.empty((len(X), len(bias)))
    for i, x in enumerate(X):
        seen = ~np.isnan(x[:n_values])
        for k in range(len(bias)):
            read = mask[k, :n_values]
            if unit == "sample":
                wanted, found = typical, seen.sum()
            else:
                wanted, found = read.sum(), (read & seen).sum()
            factor = wanted / found if found else 1.0
            factor = np.sqrt(factor) if root else factor
            values = np.where(seen, x[:n_values], 0.0) @ matrix[k, :n_values]
            sums[i, k] = factor * values + x[n_values:] @ matrix[k, n_values:] + bias[k]
    return sums


def expected_activation(net, X, mean, variance):
    """Return the expectation of level 1 over normal values of what is missing."""
    missing = np.isnan(X)
    m = np.where(missing, mean, X) @ net.matrices[0].T + net.biases[0]
    s = np.sqrt(np.where(missing, variance, 0.0) @ (net.matrices[0] ** 2).T)
    left = activate(net.activation, net.slope, 1, np.array(-1.0))[1]
    values = np.empty_like(m)
    for cell in np.ndindex(m.shape):
        if s[cell] > 0:
            t = m[cell] / s[cell]
            rectified = m[cell] * norm.cdf(t) + s[cell] * norm.pdf(t)
        else:
            rectified = max(m[cell], 0.0)
        values[cell] = left * m[cell] + (1 - left) * rectified
    return values


def outputs_after(net, level_1):
    """Return the outputs of a network whose level 1 has these values."""
    rest = NaiveNetwork(
        net.matrices[1:], net.masks[1:], net.biases[1:], net.activation, net.slope
    )
    assert net.activation != "all_relu" or len(rest.matrices) == 1
    return forward(rest, level_1)[0][-1]
