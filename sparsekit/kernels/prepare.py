"""Standardise inputs and say what stands for the missing ones, in one pass."""

import numpy as np

from sparsekit.kernels._jit import inlined_kernel, kernel


@inlined_kernel
def _standardised(x, shift, scale):
    # By halves: the distance of two numbers may be twice the largest number of all.
    return (0.5 * x - 0.5 * shift) * (2.0 * scale)


@kernel
def prepare_dense(X, shift, scale, absent, out):
    """Write ``(X - shift) * scale`` to `out`, and `absent` where a value is missing.

    A zero takes no part in the first layer: it adds nothing to the sum and nothing to
    the gradient. Returns the number of missing values, and that of the observed ones
    that the type of `out` cannot hold.
    """
    n_missing = 0
    n_beyond = 0
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            x = X[i, j]
            missing = np.isnan(x)
            n_missing += missing
            out[i, j] = absent if missing else _standardised(x, shift[j], scale[j])
            n_beyond += not (missing or np.isfinite(out[i, j]))
    return n_missing, n_beyond


@kernel
def prepare_stored(data, indices, shift, scale, absent, out):
    """The same for the stored entries of a CSR matrix."""
    n_missing = 0
    n_beyond = 0
    for k in range(data.size):
        x = data[k]
        j = indices[k]
        missing = np.isnan(x)
        n_missing += missing
        out[k] = absent if missing else _standardised(x, shift[j], scale[j])
        n_beyond += not (missing or np.isfinite(out[k]))
    return n_missing, n_beyond


@kernel
def indicate_dense(X, features, first, out):
    """Write whether `features` are missing to the columns of `out` from `first`."""
    for i in range(X.shape[0]):
        for c in range(features.size):
            out[i, first + c] = np.isnan(X[i, features[c]])
