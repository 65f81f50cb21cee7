"""Missingness patterns: which columns are missing together, in how many rows."""

from typing import NamedTuple

import numpy as np
from scipy import sparse


class Patterns(NamedTuple):
    """The distinct patterns of a table, the most frequent first."""

    counts: np.ndarray
    """Number of rows of each pattern, shape (n_patterns,)."""
    codes: np.ndarray
    """Pattern of each row, shape (n_rows,)."""
    first_rows: np.ndarray
    """A row that has the pattern, shape (n_patterns,)."""


def find_patterns(missing):
    """Group the rows of a boolean matrix that are equal.

    The pattern of a row is compared as bytes, so the number of columns does not matter.
    Among equally frequent patterns, those with fewer missing values come first.
    """
    import pandas as pd

    keys = np.empty(missing.shape[0], dtype=object)
    keys[:] = _row_bytes(missing)
    codes, distinct = pd.factorize(keys)
    counts = np.bincount(codes)
    first_rows = np.unique(codes, return_index=True)[1]
    n_missing = np.asarray(missing.sum(axis=1))[first_rows]
    # The bytes themselves break ties, so that the order of the rows does not matter.
    order = np.array(
        sorted(
            range(counts.size), key=lambda k: (-counts[k], n_missing[k], distinct[k])
        )
    )
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return Patterns(counts[order], rank[codes], first_rows[order])


def _row_bytes(missing):
    """Return one bytes object per row, equal for equal rows.

    Rows with as many missing values sort alike in either form: those that lack the
    first columns come first.
    """
    if not sparse.issparse(missing):
        return [row.tobytes() for row in np.packbits(~missing, axis=1)]
    indices = missing.indices.astype(">i8")
    starts, ends = missing.indptr[:-1], missing.indptr[1:]
    return [indices[a:b].tobytes() for a, b in zip(starts, ends, strict=True)]


def pattern_table(missing, patterns, names, max_patterns):
    """Return the most frequent patterns as a boolean DataFrame, one row per pattern."""
    import pandas as pd

    rows = missing[patterns.first_rows[:max_patterns]]
    rows = rows.toarray() if sparse.issparse(rows) else rows
    index = pd.MultiIndex.from_arrays(
        [patterns.counts[:max_patterns], rows.sum(axis=1)],
        names=["n_rows", "n_missing"],
    )
    return pd.DataFrame(rows, index=index, columns=names)
