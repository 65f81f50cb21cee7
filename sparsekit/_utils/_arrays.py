"""Matrices and arrays in the layout that compiled kernels expect."""

from itertools import pairwise

import numpy as np
from scipy import sparse

from sparsekit._utils._validation import missing_as_nan

# The activations of levels that depend on the level only, as the kernels number them.
_ACTIVATIONS = (0, 1, 2)


def admitted(X):
    """Return X as scikit-learn's checks of arrays can take it, whatever was given.

    A malformed sparse matrix is refused, see `sound`; missing values among
    objects become NaN.
    """
    return missing_as_nan(sound(X))


def sound(X, name="X"):
    """Return a sparse matrix whose arrays compiled code can follow; others as they are.

    The compiled code of scipy and of sparsekit reads and writes where these arrays say,
    without a look. So this comes first wherever a sparse matrix comes in.

    Parameters
    ----------
    X : object
        What was given; not changed.
    name : str, default="X"
        How the error calls it.

    Returns
    -------
    object
        Of CSR a matrix of the same class that shares its arrays, without entries past
        the end of the last row, and without what was noted about their order before
        somebody wrote to them. Indices may come in any order, and twice. Other formats
        are returned as they are, or in coordinates.

    Raises
    ------
    ValueError
        If the structure is malformed; it says what is wrong, and where.

    Notes
    -----
    One pass over the indices and one over the rows, in numpy's compiled code.
    """
    if not sparse.issparse(X) or X.ndim != 2:
        return X
    if X.format == "csr":
        _check_compressed(X, X.shape, ("row", "column"), name)
        return like(X, X.data, X.indices, X.indptr)
    if X.format == "csc":
        _check_compressed(X, X.shape[::-1], ("column", "row"), name)
    elif X.format == "bsr":
        shape = [n / side for n, side in zip(X.shape, X.data.shape[1:], strict=True)]
        _check_compressed(X, shape, ("block row", "block column"), name)
    else:
        X = X.tocoo(copy=False)
        if not X.row.size == X.col.size == X.data.size:
            raise _malformed(X, name, "its arrays of rows, columns and data differ")
        for what, index, n in (
            ("row", X.row, X.shape[0]),
            ("column", X.col, X.shape[1]),
        ):
            at = _first_outside(index, n)
            if at is not None:
                fault = f"entry {at} is in {what} {index[at]} of {n}"
                raise _malformed(X, name, fault)
    return X


def _check_compressed(X, shape, words, name):
    """Check the arrays of CSR, or those of CSC and BSR, whose axes have other words."""
    (n_major, n_minor), (major, minor) = shape, words
    indptr, indices = X.indptr, X.indices
    if indptr.shape != (n_major + 1,) or indices.ndim != 1:
        fault = f"indptr has the shape {indptr.shape} for {n_major:g} {major}s"
        raise _malformed(X, name, fault)
    if indptr.dtype.kind != "i" or indices.dtype.kind != "i":
        fault = f"indptr holds {indptr.dtype} and indices {indices.dtype}, not integers"
        raise _malformed(X, name, fault)
    if indptr[0] != 0:
        raise _malformed(X, name, f"indptr begins with {indptr[0]} and not with 0")
    falls = indptr[1:] < indptr[:-1]
    if falls.any():
        at = int(falls.argmax())
        fault = f"indptr falls from {indptr[at]} to {indptr[at + 1]} in {major} {at}"
        raise _malformed(X, name, fault)
    if indices.size != len(X.data) or indptr[-1] > indices.size:
        raise _malformed(
            X,
            name,
            f"indptr ends with {indptr[-1]}, for {indices.size} indices and "
            f"{len(X.data)} entries of data",
        )
    at = _first_outside(indices[: indptr[-1]], n_minor)
    if at is not None:
        here = np.searchsorted(indptr, at, side="right") - 1
        fault = f"{major} {here} has an entry in {minor} {indices[at]} of {n_minor:g}"
        raise _malformed(X, name, f"{fault}, at indices[{at}]")


def _first_outside(index, n):
    """Return where an index is negative or not below `n`; None if none is."""
    if not index.size:
        return None
    # As numbers without a sign, negative ones are larger than any size.
    if index.view(index.dtype.str.replace("i", "u")).max() < n:
        return None
    return int(((index < 0) | (index >= n)).argmax())


def _malformed(X, name, fault):
    return ValueError(f"{name} is a malformed {X.format.upper()} matrix: {fault}.")


def like(X, data, indices, indptr):
    """Return a CSR matrix of the class and shape of `X` made of these arrays.

    They are assigned because the constructor would narrow 64-bit indices. What lies
    past the end of the last row is left out.
    """
    result = type(X)(X.shape, dtype=data.dtype)
    n_stored = indptr[-1]
    result.data, result.indices = data[:n_stored], indices[:n_stored]
    result.indptr = indptr
    return result


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
