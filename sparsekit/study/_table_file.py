"""A table of the user's own, read from a file."""

import shlex
from pathlib import Path

import numpy as np

from sparsekit._available_memory import available_bytes
from sparsekit._one_line import shortened, shown
from sparsekit._tables import Wanted, named, open_files

# Rows that are read at a time.
_BLOCK_ROWS = 10_000
# What a study needs of its own: the table, one with holes, training and test rows.
_COPIES = 3


class InputError(Exception):
    """What the user can put right; its text is one line that says how."""


def read_table(path, target, drop=(), codes=frozenset()):
    """Read features and target from a CSV or Parquet file.

    Parameters
    ----------
    path : str or Path
        File whose name ends in .csv, .csv.gz or .parquet.
    target : str
        Name of the target column.
    drop : sequence of str, default=()
        Names of columns that are no features.
    codes : set of str, default=frozenset()
        What stands for a missing value, beside empty cells.

    Returns
    -------
    X : DataFrame of float64, shape (n_samples, n_features)
        Empty cells are NaN.
    y : Series of shape (n_samples,)
    note : str
        What was read, for people.

    Raises
    ------
    InputError
        If the file, or a column, cannot be used.
    """
    path = Path(path)
    if target in drop:
        raise InputError(f"column {shown(target)} is the target and cannot be dropped.")
    wanted = Wanted(
        target=target,
        columns=None,
        drop=tuple(drop),
        sample_weight=None,
        numeric=True,
        codes=codes,
        block_rows=_BLOCK_ROWS,
        advice=_advice,
    )
    if not path.name.lower().endswith((".csv", ".csv.gz", ".parquet")):
        raise InputError(
            f"cannot tell the type of {path}: its name must end in .csv, .csv.gz or "
            ".parquet."
        )
    if not path.is_file():
        raise InputError(f"there is no file {path}.")
    try:
        table = open_files(path, wanted)
        X, y = _joined(table)
    except (ValueError, ImportError) as error:
        raise InputError(shortened(error)) from error
    import pandas as pd

    features, empty = _usable(pd.DataFrame(X, columns=table.features, copy=False), path)
    return features, pd.Series(y, name=target), _note(table, features, y, target, empty)


def _joined(table):
    """Return the features and the target of all rows."""
    features, targets, n_bytes = [], [], 0
    room = available_bytes()
    for piece in table.pieces:
        for X, y, _ in table.read(piece):
            features.append(X.to_numpy(np.float64))
            targets.append(y)
            n_bytes += features[-1].nbytes
            if n_bytes * _COPIES > room:
                n_rows = sum(map(len, targets))
                raise ValueError(
                    f"a study holds its table {_COPIES} times, and {n_rows} rows of "
                    f"{table.name} have {n_bytes:.2g} bytes already, where {room:.2g} "
                    "are free: leave out columns, or take a part of the rows."
                )
    if not sum(map(len, targets)):
        raise ValueError(f"{table.name} has no rows.")
    return np.concatenate(features), np.concatenate(targets)


def _usable(features, path):
    """Return the features without empty columns, and the names of these."""
    infinite = features.columns[np.isinf(features).any()].tolist()
    if infinite:
        raise InputError(
            shortened(
                f"{named(infinite, 'has', 'have')} infinite values in {path}: leave "
                "these cells empty, or leave out all of it with "
                f"{_drop_option(infinite)}."
            )
        )
    empty = features.columns[features.isna().all()].tolist()
    if len(empty) == features.shape[1]:
        raise InputError(f"{path} has no feature with a value in any row.")
    return features.drop(columns=empty), empty


def _note(table, features, y, target, empty):
    """Return what was read, in words."""
    kinds = [table.kinds[name] for name in features]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    missing = features.isna().to_numpy().mean()
    notes = list(table.notes)
    if empty:
        has = named(empty, "has", "have")
        notes.append(f"{has} no value in any row: left out")
    n_values = len({*y.tolist()})
    read = (
        f"Read {table.name}: {len(y)} rows, {features.shape[1]} features ({counts}), "
        f"{missing:.1%} of their cells missing; target {shown(target)}, {n_values} "
        "different values"
    )
    return "; ".join([read, *notes])


def _advice(columns):
    """Return what can be done about columns of text."""
    return (
        f"Leave out what is no feature with {_drop_option(columns)}, encode it as "
        "numbers, or name codes for missing values with --na-values."
    )


def _drop_option(columns):
    """Return the option that leaves columns out, as one writes it in a shell."""
    plain = [_quoted(c) for c in columns if not c.startswith("-")]
    parts = [f"--drop {' '.join(plain)}"] if plain else []
    # What begins with a dash would be taken for an option.
    parts += [f"--drop={_quoted(c)}" for c in columns if c.startswith("-")]
    return " ".join(parts)


def _quoted(text):
    return shlex.quote(text) if "'" in text else f"'{text}'"
