"""Parts of a table: which there are, and how a worker gets the rows of one."""

from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_consistent_length

from sparsekit._utils._arrays import sound
from sparsekit._utils._sklearn_compat import _safe_indexing
from sparsekit._utils._tables import Wanted, open_files

# Rows that are decoded at a time.
_BLOCK_ROWS = 50_000


class Part(NamedTuple):
    """Where the rows of a part come from.

    Attributes
    ----------
    X : object
        Rows, the name of a file, or what dask makes one of them of.
    y : object
        Their targets, the name of a column of X, or of a file; None if X yields both.
    """

    X: Any
    y: Any = None

    def is_lazy(self) -> bool:
        """Return whether only dask can tell what the rows are."""
        return is_lazy(self.X) or is_lazy(self.y)


def is_lazy(value: Any) -> bool:
    """Return whether a value is a collection or a future of dask."""
    is_future = type(value).__module__.startswith("distributed.")
    return hasattr(value, "__dask_graph__") or is_future


def parts_of(X: Any, y: Any, n_parts: int) -> list[Part]:
    """Return the parts that a user's arguments stand for, see `fit_distributed`.

    Raises
    ------
    ValueError or TypeError
        If they stand for none.
    """
    if isinstance(X, str | PathLike):
        return _parts_of_folder(Path(X), y)
    if isinstance(X, list | tuple) and X and isinstance(X[0], str | PathLike):
        return [Part(str(path), _column(y)) for path in X]
    if hasattr(X, "to_delayed"):
        return _parts_of_collection(X, y)
    if y is not None:
        return _parts_of_rows(X, y, n_parts)
    if not isinstance(X, list | tuple) or not X:
        raise ValueError(
            "y=None, which is for a list of parts: X must be a list of pairs (X, y) of "
            f"at least one part then, got a {type(X).__name__}."
        )
    return [_pair(one, number) for number, one in enumerate(X)]


def _pair(one, number):
    if is_lazy(one):
        return Part(one)
    if not isinstance(one, list | tuple) or len(one) != 2:
        raise ValueError(
            f"Part {number} must be a pair (X, y), or a delayed that makes one; got "
            f"a {type(one).__name__}."
        )
    return Part(*(str(v) if isinstance(v, PathLike) else v for v in one))


def _parts_of_rows(X, y, n_parts):
    """Deal the rows out, so that parts of a sorted table are alike."""
    if X is None:
        raise ValueError("X must be a table or its parts, got None.")
    X, y = sound(X), sound(y, "y")
    check_consistent_length(X, y)
    n_dealt = max(1, min(n_parts, n_rows_of(X)))
    deals = [slice(start, None, n_parts) for start in range(n_dealt)]
    return [Part(_safe_indexing(X, rows), _safe_indexing(y, rows)) for rows in deals]


def n_rows_of(X: Any) -> int:
    """Return the number of rows of a table of any kind."""
    return X.shape[0] if hasattr(X, "shape") else len(X)


def _parts_of_collection(X, y):
    """Return a part for each chunk or partition of a collection of dask."""
    if getattr(X, "ndim", 1) == 2 and hasattr(X, "numblocks"):
        X = X.rechunk({1: -1})  # all columns of a row together
    rows = np.ravel(X.to_delayed()).tolist()
    if isinstance(y, str):
        return [Part(one, y) for one in rows]
    if not hasattr(y, "to_delayed"):
        raise TypeError(
            "y must be a collection of dask as X is, or the name of a column of it; "
            f"got a {type(y).__name__}."
        )
    if getattr(y, "ndim", 1) == 2 and hasattr(y, "numblocks"):
        y = y.rechunk({1: -1})
    targets = np.ravel(y.to_delayed()).tolist()
    if len(targets) != len(rows):
        raise ValueError(
            f"X has {len(rows)} parts and y {len(targets)}: rechunk or repartition "
            "one of them."
        )
    return [Part(*pair) for pair in zip(rows, targets, strict=True)]


def _parts_of_folder(folder, y):
    """Return a part for each file, or pair of arrays, in a folder."""
    if not folder.is_dir():
        raise ValueError(f"there is no folder {str(folder)!r}.")
    arrays = sorted(folder.glob("X*.npy"))
    if not arrays:
        tables = sorted(folder.glob("*.parquet"))
        if not tables:
            raise ValueError(
                f"{str(folder)!r} has neither Parquet files (.parquet) nor pairs of "
                "arrays (X*.npy and y*.npy)."
            )
        return [Part(str(path), _column(y)) for path in tables]
    if y is not None:
        raise ValueError(f"{str(folder)!r} has arrays, whose targets are in y*.npy.")
    pairs = [(path, path.with_name(f"y{path.name[1:]}")) for path in arrays]
    for path, target in pairs:
        if not target.exists():
            raise ValueError(f"{str(path)!r} has no {target.name!r} beside it.")
    return [Part(str(path), str(target)) for path, target in pairs]


def _column(y):
    if not isinstance(y, str):
        raise ValueError(f"y must name the column of the targets, got {y!r:.50}.")
    return y


def rows_of(part: Part) -> tuple[Any, Any]:
    """Return X and y of a part; files are opened here, where the rows are needed.

    Raises
    ------
    ValueError or ImportError
        If a file or a column is not there, or a file cannot be read.
    """
    X, y = part if part.y is not None else part.X
    if isinstance(X, str):
        return _read(X, y) if not X.lower().endswith(".npy") else (_map(X), _map(y))
    if not isinstance(y, str):
        return X, y
    if y not in getattr(X, "columns", ()):
        raise ValueError(f"there is no column {y!r} for y.")
    return X.drop(columns=y), X[y]


def _map(name):
    """Return an array that stays on disk."""
    try:
        return np.load(name, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f"cannot read the file {name!r}: {error}") from error


def _read(name, target):
    """Return the features and targets of a table in a file."""
    import pandas as pd

    wanted = Wanted(
        target=target,
        columns=None,
        drop=(),
        sample_weight=None,
        numeric=True,
        codes=frozenset(),
        block_rows=_BLOCK_ROWS,
        advice=lambda columns: "Encode it as numbers, or leave it out of the files.",
    )
    table = open_files(name, wanted)
    blocks = [block for piece in table.pieces for block in table.read(piece)]
    if not blocks:
        return pd.DataFrame(columns=table.features), np.empty(0)
    X, y, _ = zip(*blocks, strict=True)
    return pd.concat(X, ignore_index=True), np.concatenate(y)
