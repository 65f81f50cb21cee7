"""Which kind of table it is that the user gave."""

from os import PathLike
from pathlib import Path

import numpy as np

from sparsekit.out_of_core._array import ArrayTable
from sparsekit.out_of_core._arrow import ArrowTable
from sparsekit.out_of_core._csv import CSVTable

_ARROW = (".arrow", ".feather", ".ipc")
# Blocks per chunk: small ones make a chunk of rows from everywhere, and need little
# memory while they are read; large ones are read faster.
_BLOCKS = 8
_KINDS = ".parquet, .arrow, .feather, .ipc, .csv, .csv.gz or .npy"


def open_source(source, target, columns, sample_weight, chunk_rows, numeric):
    """Return the table: what has `name`, `pieces`, `n_outputs` and `read`.

    Parameters
    ----------
    source, target, columns, sample_weight, chunk_rows
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
    block_rows = -(-chunk_rows // _BLOCKS)
    roles = (target, columns, sample_weight, numeric, block_rows)
    if isinstance(source, np.ndarray):
        return ArrayTable(source, target, columns, sample_weight, block_rows)
    if isinstance(source, str | PathLike | list):
        return _open_files(source, *roles)
    if type(source).__module__.startswith("pyarrow"):
        import pyarrow as pa
        import pyarrow.dataset as ds

        if isinstance(source, pa.Table | ds.Dataset):
            return ArrowTable(source, "source", *roles)
    raise TypeError(
        "source must be an array, a pyarrow Table or Dataset, or names of files, got "
        f"{type(source).__module__}.{type(source).__qualname__} instead."
    )


def _open_files(source, target, columns, sample_weight, numeric, block_rows):
    given = source if isinstance(source, list) else [source]
    for path in given:
        if not isinstance(path, str | PathLike):
            raise TypeError(f"source must list names of files, got {path!r}.")
    paths = [Path(path) for path in given]
    if not paths:
        raise ValueError("source is an empty list of files.")
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise ValueError(f"there is no file {', '.join(missing)}.")
    names = [path.name.lower() for path in paths]
    roles = (target, columns, sample_weight, numeric, block_rows)
    if names[0].endswith(".npy") and len(paths) == 1:
        return ArrayTable(paths[0], target, columns, sample_weight, block_rows)
    if all(name.endswith((".csv", ".csv.gz")) for name in names):
        return CSVTable(paths, *roles)
    arrow = all(name.endswith(_ARROW) for name in names)
    if arrow or all(
        path.is_dir() or path.name.lower().endswith(".parquet") for path in paths
    ):
        return _open_arrow(paths, arrow, *roles)
    raise ValueError(
        f"cannot tell the type of {', '.join(map(str, paths))}: all names must end in "
        f"the same of {_KINDS}, or be a folder of Parquet files; of .npy, one file."
    )


def _open_arrow(paths, arrow, *roles):
    name = str(paths[0])
    try:
        import pyarrow as pa
        import pyarrow.dataset as ds
    except ImportError as error:
        raise ImportError(
            f"reading {name} needs pyarrow: pip install pyarrow"
        ) from error
    if arrow:
        given = paths
    else:
        given = [str(path) for path in paths]
        given = given[0] if len(given) == 1 else given
    try:
        if not arrow:
            given = ds.dataset(given, format="parquet", partitioning="hive")
        return ArrowTable(given, name, *roles)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"cannot read {name}: {error}") from error
