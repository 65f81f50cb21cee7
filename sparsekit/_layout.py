"""Matrices and arrays in the layout that compiled kernels expect."""

from itertools import pairwise

import numpy as np
from scipy import sparse

# The activations of levels that depend on the level only, as the kernels number them.
_ACTIVATIONS = (0, 1, 2)


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


def scaled_back(outputs, shift, scale):
    """Return the targets of a regression, in the precision of the outputs.

    Where that cannot hold them, they are in double precision.
    """
    values = outputs * scale + shift
    kind = np.finfo(outputs.dtype)
    fits = (np.abs(values) <= kind.max).all() and (scale >= kind.tiny).all()
    return values.astype(outputs.dtype, copy=False) if fits else values


def check_layers(sizes, indptr, indices, weights, biases, kinds, slopes):
    """Raise ValueError unless arrays from a file describe a network.

    Compiled kernels do not check what they index; see `SparseNetwork` for the arrays.
    """
    whole = [sizes, indptr, indices, kinds]
    if any(not isinstance(a, np.ndarray) for a in [*whole, weights, biases, slopes]):
        raise ValueError("an array of the network is none")
    is_long = all(array.dtype == np.int64 for array in (sizes, indptr, kinds))
    is_index = indices.dtype in (np.int32, np.int64)
    if not is_long or not is_index or any(array.ndim != 1 for array in whole):
        raise ValueError("an array of integers has another type or shape")
    real = [weights, biases, slopes]
    if any(array.dtype != weights.dtype or array.ndim != 1 for array in real):
        raise ValueError("an array of weights has another type or shape")
    if not np.isin(kinds, _ACTIVATIONS).all():
        raise ValueError("an activation is not known")
    if weights.dtype not in (np.float32, np.float64) or sizes.size < 2:
        raise ValueError("the weights or the levels are none")
    if not all(np.isfinite(array).all() for array in real):
        raise ValueError("a weight is not finite")
    n_rows = sum(sizes[1:].tolist())  # numpy's sum may overflow
    parallel = (
        (indptr, n_rows + 1),
        (biases, n_rows),
        (indices, weights.size),
        (kinds, sizes.size),
        (slopes, sizes.size),
    )
    if (sizes < 1).any() or any(array.size != size for array, size in parallel):
        raise ValueError("the arrays do not have the sizes of one network")
    if indptr[0] != 0 or indptr[-1] != weights.size or (np.diff(indptr) < 0).any():
        raise ValueError("the rows do not divide the connections")
    row = 0
    for n_in, n_out in pairwise(sizes):
        mine = indices[indptr[row] : indptr[row + n_out]]
        if mine.size and (mine.min() < 0 or mine.max() >= n_in):
            raise ValueError("a connection comes from a neuron that does not exist")
        # Where a row begins, an index may be lower than the last of the row before.
        starts = indptr[row + 1 : row + n_out] - indptr[row]
        in_order = np.diff(mine) > 0
        in_order[starts[(starts > 0) & (starts < mine.size)] - 1] = True
        if not in_order.all():
            raise ValueError("the connections of a row are not sorted")
        row += n_out
