"""The outputs of a network, with sparse products of scipy.

Arrays of values have the shape (neurons, samples). The formulas of missing inputs are
those of the compiled kernels: [1]_ for the scaling of samples, [2]_ for expectations.

References
----------
.. [1] Yi, Lee, Kim, Hwang and Yang, "Why not to use zero imputation? Correcting
   sparsity bias in training neural networks", ICLR 2020.
.. [2] Smieja, Struski, Tabor, Zielinski and Spurek, "Processing of missing data by
   neural networks", NeurIPS 2018, theorem 3.1.
"""

import numpy as np
from scipy import sparse
from scipy.special import expit, ndtr


def activated(z, kind, slope):
    """Return the activation of a hidden level."""
    if kind == "logistic":
        return expit(z)
    if kind == "tanh":
        return np.tanh(z)
    return np.where(z > 0, z, z.dtype.type(slope) * z)


def plain_sums(matrix, bias, values):
    """Return W x + b."""
    return matrix @ values + bias[:, np.newaxis]


def stored_sums(matrix, bias, fill, difference):
    """Return W x + b for x = fill + difference, from the stored entries."""
    sums = (matrix @ difference.T).toarray()
    return sums + (matrix @ fill + bias)[:, np.newaxis]


def sample_scaled(values, missing, typical, root):
    """Scale the values of each sample by (K / q) ** p, q of them observed."""
    n_seen = missing.shape[0] - np.count_nonzero(missing, axis=0)
    ratio = np.divide(typical, n_seen, out=np.ones(n_seen.shape), where=n_seen > 0)
    factor = np.sqrt(ratio) if root else ratio
    values[: missing.shape[0]] *= factor.astype(values.dtype)
    return values


def neuron_scaled_sums(matrix, bias, values, missing, root):
    """Scale each neuron's sum over values by (f / q) ** p, q of its f observed."""
    n_values = missing.shape[0]
    of_values, of_indicators = matrix[:, :n_values], matrix[:, n_values:]
    present = sparse.csr_array(
        (np.ones(of_values.nnz), of_values.indices, of_values.indptr), of_values.shape
    )
    n_read = np.diff(of_values.indptr)[:, np.newaxis].astype(np.float64)
    n_seen = n_read - present @ missing.astype(np.float64)
    ratio = np.divide(n_read, n_seen, out=np.ones(n_seen.shape), where=n_seen > 0)
    factor = (np.sqrt(ratio) if root else ratio).astype(values.dtype)
    scaled = (of_values @ values[:n_values]) * factor
    return scaled + plain_sums(of_indicators, bias, values[n_values:])


def expected_activation(matrix, bias, values, missing, mean, variance, slope):
    """Return E[a(Z)] of a(z) = c z + (1 - c) max(z, 0), Z normal.

    With m and s the mean and deviation of Z and t = m / s, the expectation of
    max(Z, 0) is m Phi(t) + s phi(t).
    """
    m = plain_sums(matrix, bias, np.where(missing, mean[:, np.newaxis], values))
    squares = sparse.csr_array(
        (matrix.data**2, matrix.indices, matrix.indptr), matrix.shape
    )
    s = np.sqrt(squares @ (missing * variance[:, np.newaxis]))
    t = np.divide(m, s, out=np.zeros_like(m), where=s > 0)
    density = np.exp(-0.5 * t**2) * t.dtype.type(1 / np.sqrt(2 * np.pi))
    positive = np.where(s > 0, m * ndtr(t) + s * density, np.maximum(m, 0))
    slope = m.dtype.type(slope)
    return slope * m + (1 - slope) * positive
