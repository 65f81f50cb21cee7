"""Rows of arrays, in memory or mapped from a file."""

from numbers import Integral
from os import PathLike

import numpy as np


class ArrayTable:
    """Slices of an array and of the targets and weights beside it.

    Parameters
    ----------
    X : ndarray or path of a .npy file, shape (n_rows, n_columns)
    target, sample_weight : int, list of int, ndarray, path or None
        A list names columns.
    columns : list of int or None
    block_rows : int
    """

    def __init__(self, X, target, columns, sample_weight, block_rows) -> None:
        self.name = str(X) if isinstance(X, str | PathLike) else "source"
        self.notes = ()
        self._X = _mapped(X)
        if self._X.ndim != 2 or self._X.dtype.kind not in "biuf":
            raise ValueError(
                f"{self.name} must be an array of numbers of shape (n_rows, "
                f"n_columns), got shape {self._X.shape} of type {self._X.dtype}."
            )
        self._target, target_columns = self._role("target", target)
        self._weight, weight_columns = self._role("sample_weight", sample_weight)
        taken = target_columns + weight_columns
        if columns is None:
            columns = [j for j in range(self._X.shape[1]) if j not in taken]
        else:
            columns = [self._column("columns", j) for j in columns]
        if not columns:
            raise ValueError(f"{self.name} has no column left to learn from.")
        contiguous = columns == list(range(columns[0], columns[-1] + 1))
        self._columns = (
            slice(columns[0], columns[-1] + 1) if contiguous else np.array(columns)
        )
        n_rows = self._X.shape[0]
        self.pieces = [
            slice(start, min(start + block_rows, n_rows))
            for start in range(0, n_rows, block_rows)
        ]
        beside = self._target
        self.n_outputs = 1 if beside is None or beside.ndim == 1 else beside.shape[1]

    def _role(self, name, given):
        """Return an array of the rows' targets or weights, and the columns it takes."""
        if given is None:
            return None, []
        if isinstance(given, Integral):
            column = self._column(name, given)
            return self._X[:, column], [column]
        if name == "target" and isinstance(given, list):
            found = [self._column(name, j) for j in given]
            return _Columns(self._X, found), found
        values = _mapped(given)
        if values.ndim not in (1, 2) or len(values) != len(self._X):
            raise ValueError(
                f"{name} must have a value for each of the {len(self._X)} rows, got "
                f"shape {values.shape}."
            )
        return values, []

    def _column(self, name, given):
        n_columns = self._X.shape[1]
        if not isinstance(given, Integral) or not -n_columns <= given < n_columns:
            raise ValueError(
                f"{name}={given!r} is no index of the {n_columns} columns of "
                f"{self.name}."
            )
        return int(given) % n_columns

    def read(self, rows, features=True):
        """Yield the rows of a piece."""
        X = None
        if features:
            X = self._X[rows, self._columns]
            X = np.array(X, dtype=np.result_type(X.dtype, np.float32))
        target, weight = (
            None if values is None else np.array(values[rows])
            for values in (self._target, self._weight)
        )
        yield X, target, weight


class _Columns:
    """Several columns of an array, copied where they are asked for."""

    ndim = 2

    def __init__(self, X, columns) -> None:
        self._X, self._columns = X, columns
        self.shape = (len(X), len(columns))

    def __getitem__(self, rows):
        return self._X[rows][:, self._columns]


def _mapped(given):
    """Return an array; a file is mapped, not read."""
    if isinstance(given, str | PathLike):
        try:
            return np.load(given, mmap_mode="r", allow_pickle=False)
        except (ValueError, EOFError, OSError) as error:
            raise ValueError(f"cannot read the file {str(given)!r}: {error}") from error
    return np.asarray(given)
