"""Which kind of table it is that the user gave."""

from os import PathLike

import numpy as np

from sparsekit._utils._tables import Wanted, codes_of, open_arrow, open_files
from sparsekit.out_of_core._array import ArrayTable

# Blocks per chunk: small ones make a chunk of rows from everywhere, and need little
# memory while they are read; large ones are read faster.
_BLOCKS = 8


def open_source(source, target, columns, sample_weight, na_values, chunk_rows, numeric):
    """Return the table: what has `name`, `pieces`, `n_outputs` and `read`.

    Parameters
    ----------
    source, target, columns, sample_weight, na_values, chunk_rows
        See `fit_in_chunks`.
    numeric : bool
        Whether features must be numbers.

    Raises
    ------
    TypeError, ValueError or ImportError
        See `fit_in_chunks`.
    """
    if columns is not None and (isinstance(columns, str) or not np.iterable(columns)):
        raise TypeError(f"columns must be a list, got {columns!r} instead.")
    codes = codes_of(na_values)
    block_rows = -(-chunk_rows // _BLOCKS)
    if isinstance(source, list) and len(source) == 1 and _is_npy(source[0]):
        source = source[0]
    if isinstance(source, np.ndarray) or _is_npy(source):
        if codes:
            raise ValueError(
                f"na_values={na_values!r} is for tables with names: in an array, NaN "
                "stands for what is missing."
            )
        return ArrayTable(source, target, columns, sample_weight, block_rows)
    wanted = Wanted(
        target=target,
        columns=None if columns is None else list(columns),
        drop=(),
        sample_weight=sample_weight,
        numeric=numeric,
        codes=codes,
        block_rows=block_rows,
        advice=_advice,
    )
    if isinstance(source, str | PathLike | list):
        return open_files(source, wanted)
    if type(source).__module__.startswith("pyarrow"):
        import pyarrow as pa
        import pyarrow.dataset as ds

        if isinstance(source, pa.Table | ds.Dataset):
            return open_arrow(source, wanted)
    raise TypeError(
        "source must be an array, a pyarrow Table or Dataset, or names of files, got "
        f"{type(source).__module__}.{type(source).__qualname__} instead."
    )


def _is_npy(source):
    return isinstance(source, str | PathLike) and str(source).lower().endswith(".npy")


def _advice(columns):
    """Return what can be done about columns of text."""
    return (
        "Leave it out of columns, give a fitted transformer that turns it into "
        "numbers, or name codes for missing values in na_values."
    )
