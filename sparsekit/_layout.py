"""Matrices and arrays in the layout that compiled kernels expect."""

import numpy as np
from scipy import sparse


def canonical(X):
    """Return `X` C-contiguous, or as CSR with sorted rows and without duplicates.

    Parameters
    ----------
    X : ndarray or CSR matrix of float32 or float64, shape (n_samples, n_features)

    Returns
    -------
    ndarray or CSR matrix
        `X` itself where it is so already.
    """
    if not sparse.issparse(X):
        return np.ascontiguousarray(X)
    if not X.has_canonical_format:
        X = X.copy()
        X.sum_duplicates()
    return X


def read_only(array):
    """Return a contiguous view that cannot be written through.

    pandas and memory-mapped files hand out read-only arrays and numpy writable ones; a
    kernel that only reads gets all of them as one type, and is compiled once.
    """
    view = np.require(array, requirements=["C", "A"]).view(np.ndarray)[...]
    view.flags.writeable = False
    return view
