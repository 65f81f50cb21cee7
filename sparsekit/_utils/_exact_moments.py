"""Means and variances of columns from sums without rounding.

A number is cut into digits of 27 bits, and the digits of one place are summed as whole
numbers. Sums of whole numbers know no order: rows may come in any grouping, on any
machine, and the moments are the same to the bit.
"""

import numpy as np
from scipy import sparse

from sparsekit._utils._magnitudes import (
    TINIEST,
    largest_of,
    nonzero_counts,
    units_of_largest,
)

_BITS = 27
_DIGIT = 2**_BITS - 1

# Elements at a time, so that what is made of them stays in the cache; of sparse rows
# many more, since each time takes as long as there are columns.
_BLOCK, _SPARSE_BLOCK = 2**15, 2**22

# Values that are smaller than the largest of their column by this factor, which would
# lose bits as multiples of it, are added by themselves.
_SMALL = 2.0**-900


class ExactMoments:
    """Exact sums of the observed values of each column, and of their squares.

    Parameters
    ----------
    n_columns : int

    Attributes
    ----------
    n_rows : int
    n_missing : ndarray of int64, shape (n_columns,)
    n_nonzero : ndarray of float64, shape (n_columns,)
        Whole numbers.
    largest : ndarray of shape (n_columns,), float64
        Largest absolute value of each column, 0 where there is none.
    """

    def __init__(self, n_columns):
        self.n_rows = 0
        self.n_missing = np.zeros(n_columns, dtype=np.int64)
        self.n_nonzero = np.zeros(n_columns)
        self.largest = np.zeros(n_columns)
        # By place: how many units of 2 ** (27 * place) each column has.
        self._sums: dict[int, np.ndarray] = {}
        self._squares: dict[int, np.ndarray] = {}

    def add(self, X):
        """Add rows.

        Parameters
        ----------
        X : ndarray or CSR of float32 or float64, shape (n_rows, n_columns)
            NaN where a value is missing, and nothing infinite.

        Returns
        -------
        ExactMoments
            Itself. Complexity: O(values), some ten passes over them.
        """
        self.n_rows += X.shape[0]
        self.n_nonzero = self.n_nonzero + nonzero_counts(X)
        largest = largest_of(X).astype(np.float64)
        self.largest = np.maximum(self.largest, largest)
        if sparse.issparse(X):
            for start in range(0, X.data.size, _SPARSE_BLOCK):
                rows = slice(start, start + _SPARSE_BLOCK)
                self._add_values(X.data[rows], X.indices[rows], largest)
        else:
            step = max(1, _BLOCK // X.shape[1])
            for start in range(0, X.shape[0], step):
                self._add_values(X[start : start + step], None, largest)
        return self

    def _add_values(self, values, columns, largest):
        """Add values, those of row after row, or entries of some columns."""
        n_columns = largest.size

        def of_columns(numbers):
            if columns is None:
                return numbers.sum(axis=0)
            total = np.zeros(n_columns, dtype=np.int64)
            np.add.at(total, columns, numbers)
            return total

        missing = np.isnan(values)
        if missing.any():
            self.n_missing += of_columns(missing.astype(np.int64))
            values = np.where(missing, 0, values)
        # The place of the first digit of each column, and the values in its unit.
        top = (np.frexp(largest)[1] - 1) // _BITS
        places = top if columns is None else top[columns]
        rest = np.ldexp(values.astype(np.float64), -_BITS * places)
        small = (np.abs(rest) < _SMALL) & (values != 0)
        if small.any():
            rest[small] = 0.0
            values = np.where(small, values, 0)
            of_value = np.broadcast_to(
                np.arange(n_columns) if columns is None else columns, values.shape
            )
            below = np.zeros(n_columns)
            np.maximum.at(below, of_value, np.abs(values))
            self._add_values(values, columns, below)
        digits = []
        while rest.any():
            whole = rest.astype(np.int64)
            rest = np.ldexp(rest - whole, _BITS)
            _deposit(self._sums, top - len(digits), of_columns(whole))
            for number, other in enumerate([*digits, whole]):
                product = whole * other * (1 if other is whole else 2)
                place = 2 * top - number - len(digits)
                _deposit(self._squares, place, of_columns(product & _DIGIT))
                _deposit(self._squares, place + 1, of_columns(product >> _BITS))
            digits.append(whole)

    def merge(self, other):
        """Add the rows of another one, and return itself."""
        self.n_rows += other.n_rows
        self.n_missing = self.n_missing + other.n_missing
        self.n_nonzero = self.n_nonzero + other.n_nonzero
        self.largest = np.maximum(self.largest, other.largest)
        for mine, theirs in (
            (self._sums, other._sums),
            (self._squares, other._squares),
        ):
            for place, digits in theirs.items():
                mine[place] = mine.get(place, 0) + digits
        return self

    def moments(self):
        """Return the moments of the observed values, each rounded once.

        Returns
        -------
        dict
            ``unit``, powers of two; ``mean`` and ``var`` of the values divided by it;
            ``n_seen`` and ``n_nonzero``; arrays with a number for each column, and
            ``n_rows``, a float. Complexity: O(n_columns), in Python.
        """
        n_seen = self.n_rows - self.n_missing
        unit = units_of_largest(self.largest, np.dtype(np.float64))
        unit = np.where(self.largest == 0, TINIEST, unit)
        n_columns = n_seen.size
        sums, place = _whole_numbers(self._sums, n_columns)
        squares, place_of_squares = _whole_numbers(self._squares, n_columns)
        # n * (sum of squares) - (sum) ** 2 in the finer of the two units.
        least = min(place_of_squares, 2 * place)
        up, up_squares = 2 * place - least, place_of_squares - least
        mean, var = np.zeros(n_columns), np.zeros(n_columns)
        of_units = (np.frexp(unit)[1] - 1).tolist()
        for j, n in enumerate(n_seen.tolist()):
            if n:
                mean[j] = _quotient(sums[j], n, place - of_units[j])
                spread = (n * squares[j] << up_squares) - (sums[j] ** 2 << up)
                var[j] = _quotient(spread, n * n, least - 2 * of_units[j])
        return {
            "unit": unit,
            "mean": mean,
            "var": var,
            "n_seen": n_seen.astype(np.float64),
            "n_nonzero": self.n_nonzero,
            "n_rows": float(self.n_rows),
        }


def _deposit(sums, places, numbers):
    """Add a number of each column at the place of that column."""
    for place in np.unique(places).tolist():
        here = np.where(places == place, numbers, 0)
        sums[place] = sums.get(place, 0) + here


def _whole_numbers(sums, n_columns):
    """Return each column's sum as an integer, and the power of two that it counts."""
    least = min(sums, default=0)
    totals = [0] * n_columns
    for place, digits in sums.items():
        shift = _BITS * (place - least)
        totals = [
            t + (d << shift) for t, d in zip(totals, digits.tolist(), strict=True)
        ]
    return totals, _BITS * least


def _quotient(numerator, denominator, exponent):
    """Return ``numerator / denominator * 2 ** exponent``, rounded once."""
    if exponent >= 0:
        return (numerator << exponent) / denominator
    return numerator / (denominator << -exponent)
