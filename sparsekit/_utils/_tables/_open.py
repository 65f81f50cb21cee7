"""Which kind of table a file, or what pyarrow made of it, is."""

import os
from os import PathLike
from pathlib import Path

from sparsekit._utils._tables._arrow import ArrowTable
from sparsekit._utils._tables._csv import CSVTable
from sparsekit._utils._tables._table import check_names, refusal

_ARROW = (".arrow", ".feather", ".ipc")
_KINDS = ".parquet, .arrow, .feather, .ipc, .csv, .csv.gz or .npy"


def open_files(source, wanted):
    """Return the table in files of one kind.

    Parameters
    ----------
    source : str, path-like or list of them
    wanted : Wanted

    Raises
    ------
    TypeError, ValueError or ImportError
    """
    given = source if isinstance(source, list) else [source]
    for path in given:
        if not isinstance(path, str | PathLike):
            raise TypeError(f"source must list names of files, got {path!r}.")
    paths = [Path(path) for path in given]
    if not paths:
        raise ValueError("source is an empty list of files.")
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise refusal(f"there is no file {', '.join(missing)}.")
    names = [path.name.lower() for path in paths]
    if all(name.endswith((".csv", ".csv.gz")) for name in names):
        return CSVTable(paths, wanted)
    if all(name.endswith(_ARROW) for name in names):
        return _open_paths(paths, True, wanted)
    if all(path.is_dir() or path.name.lower().endswith(".parquet") for path in paths):
        return _open_paths(paths, False, wanted)
    raise refusal(
        f"cannot tell the type of {', '.join(map(str, paths))}: all names must end in "
        f"the same of {_KINDS}, or be a folder of Parquet files; of .npy, one file."
    )


def open_arrow(source, wanted):
    """Return the table in a ``pyarrow.Table`` or ``pyarrow.dataset.Dataset``."""
    return ArrowTable(source, "source", wanted)


def _open_paths(paths, arrow, wanted):
    name = str(paths[0])
    try:
        import pyarrow as pa
        import pyarrow.dataset as ds
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ImportError(
            f"reading {name} needs pyarrow: pip install pyarrow"
        ) from error
    try:
        if arrow:
            return ArrowTable(paths, name, wanted)
        if paths[0].is_file():
            # A dataset refuses two columns of one name, but does not say of which.
            check_names(name, pq.read_schema(paths[0]).names)
        given = [str(path) for path in paths]
        folders = [path if path.is_dir() else path.parent for path in paths]
        dataset = ds.dataset(
            given if len(given) > 1 else given[0],
            format="parquet",
            partitioning="hive",
            # Folders such as "year=2001" below it are columns; those above are not.
            partition_base_dir=os.path.commonpath(folders),
        )
        return ArrowTable(dataset, name, wanted)
    except (pa.ArrowException, OSError) as error:
        raise refusal(f"cannot read {name}: {error}") from error
