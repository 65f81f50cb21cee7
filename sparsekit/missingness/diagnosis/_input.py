"""What a diagnosis looks at: which cells are missing, and which values are known."""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.utils import check_array

from sparsekit._utils._arrays import admitted, canonical, sound
from sparsekit._utils._magnitudes import in_units, units_of
from sparsekit._utils._validation import refuse_words


class IncompleteTable(NamedTuple):
    """A table with missing values; matrices are ndarrays, or all of them CSR arrays."""

    values: np.ndarray | sparse.csr_array
    """Numbers of shape (n_rows, n_columns), NaN where a value is not known; columns of
    very large or very small ones in units of their own."""
    missing: np.ndarray | sparse.csr_array
    """Booleans of that shape, True where a value is missing."""
    unknown: np.ndarray | sparse.csr_array
    """Booleans of that shape: `missing` itself, unless a mask hides known values."""
    names: list
    """Labels of the columns."""
    row_labels: object
    """Index of the rows of a pandas DataFrame, else None."""

    @property
    def visible(self):
        """The values without those that only `values` has and the mask hides."""
        if self.unknown is self.missing:
            return self.values
        if sparse.issparse(self.values):
            # A hidden zero is not stored: it has to enter as a NaN of its own.
            hidden = self.missing.astype(np.float64)
            hidden.data[:] = np.nan
            return canonical(self.values + hidden)
        return np.where(self.missing, np.nan, self.values)


def incomplete_table(X, mask=None):
    """Return the table that `X`, and `mask` where there is one, describe.

    Raises
    ------
    ValueError
        If `X` does not hold numbers, or `mask` is not boolean or has another shape.
    """
    names, row_labels = _labels(X)
    refuse_words(X)
    values = check_array(
        admitted(X),
        accept_sparse="csr",
        dtype=(np.float64, np.float32),
        ensure_all_finite="allow-nan",
        input_name="X",
    )
    if sparse.issparse(values):
        values = canonical(sparse.csr_array(values))
    # A diagnosis knows no units, so that those will do in which squares are numbers.
    values = in_units(values, units_of(values))
    unknown = _where_nan(values)
    missing = unknown
    if mask is not None:
        missing = _joined(unknown, _checked_mask(mask, values.shape))
    if names is None:
        names = [f"x{j}" for j in range(values.shape[1])]
    return IncompleteTable(values, missing, unknown, names, row_labels)


def _labels(X):
    """Return column labels and row index of a DataFrame, None where there are none."""
    import pandas as pd

    if isinstance(X, pd.DataFrame):
        return list(X.columns), X.index
    return (list(X.columns) if hasattr(X, "columns") else None), None


def _where_nan(values):
    if not sparse.issparse(values):
        return np.isnan(values)
    result = sparse.csr_array(
        (np.isnan(values.data), values.indices, values.indptr), values.shape, copy=True
    )
    result.eliminate_zeros()
    return result


def _checked_mask(mask, shape):
    mask = sound(mask, "mask")
    if not sparse.issparse(mask):
        mask = np.asarray(mask)
    if mask.dtype != np.dtype(bool):
        raise ValueError(
            "mask must hold booleans, True where a value is missing; got "
            f"dtype={mask.dtype}."
        )
    if mask.shape != shape:
        raise ValueError(f"mask has shape {mask.shape}, but X has shape {shape}.")
    return mask


def _joined(unknown, mask):
    """Return where either of two boolean matrices is true, in the form of the first."""
    if not sparse.issparse(unknown):
        return unknown | (mask.toarray() if sparse.issparse(mask) else mask)
    result = canonical(sparse.csr_array(unknown + sparse.csr_array(mask)))
    result.eliminate_zeros()
    return result
