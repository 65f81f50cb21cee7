"""Standardise inputs and leave out the missing ones, in one pass."""

import numpy as np

from sparsekit.kernels._jit import kernel


@kernel
def prepare_dense(X, shift, scale, out):
    """Write ``(X - shift) * scale`` to `out`, and 0 where a value is missing.

    A zero takes no part in the first layer: it adds nothing to the sum and nothing to
    the gradient.
    """
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            x = X[i, j]
            out[i, j] = 0.0 if np.isnan(x) else (x - shift[j]) * scale[j]


@kernel
def prepare_stored(data, indices, shift, scale, out):
    """The same for the stored entries of a CSR matrix."""
    for k in range(data.size):
        x = data[k]
        j = indices[k]
        out[k] = 0.0 if np.isnan(x) else (x - shift[j]) * scale[j]
