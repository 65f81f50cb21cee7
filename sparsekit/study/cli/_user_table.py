"""A table of the user's own, read from a file."""

import shlex
from collections import Counter
from pathlib import Path

import numpy as np

from sparsekit._utils._available_memory import available_bytes
from sparsekit._utils._one_line import shortened, shown
from sparsekit._utils._tables import (
    Wanted,
    named,
    numbers_of,
    open_files,
)
from sparsekit.tabular import TableEncoder

# Rows that are read at a time.
_BLOCK_ROWS = 10_000
# What a study needs of its own: the table, a masked one, training and test rows.
_COPIES = 3
_SINGULAR = {"categories": "category"}


class InputError(Exception):
    """What the user can put right; its text is one line that says how."""


def read_user_table(path, target, drop=(), codes=frozenset(), numeric=True):
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
    numeric : bool, default=True
        Whether all features must be numbers. If not, text and dates stay as they are,
        and what `TableEncoder` refuses, such as free text, is left out.

    Returns
    -------
    X : DataFrame of shape (n_samples, n_features)
        Numbers are float64; empty cells are missing.
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
        numeric=numeric,
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
        X, y = _joined(table, numeric)
    except (ValueError, ImportError) as error:
        raise InputError(shortened(error)) from error
    import pandas as pd

    kinds = dict(table.kinds)
    features, notes = _usable(X, path)
    if not numeric:
        features, told, note = _readable(features, path)
        kinds |= told
        notes += note
    read = _note(table.name, features, kinds, y, target)
    return features, pd.Series(y, name=target), "; ".join([read, *table.notes, *notes])


def _joined(table, numeric):
    """Return the features, a DataFrame, and the target of all rows."""
    import pandas as pd

    features, targets, n_bytes = [], [], 0
    free = available_bytes()
    for piece in table.pieces:
        for X, y, _ in table.read(piece):
            features.append(X.astype(np.float64) if numeric else X)
            targets.append(y)
            n_bytes += int(features[-1].memory_usage(index=False, deep=True).sum())
            if n_bytes * _COPIES > free:
                n_rows = sum(map(len, targets))
                raise ValueError(
                    f"a study holds its table {_COPIES} times, and {n_rows} rows of "
                    f"{table.name} have {n_bytes:.2g} bytes already, where {free:.2g} "
                    "are free: leave out columns, or take a part of the rows."
                )
    if not sum(map(len, targets)):
        raise ValueError(f"{table.name} has no rows.")
    return pd.concat(features, ignore_index=True), np.concatenate(targets)


def _usable(features, path):
    """Return the features without empty columns, and notes about these."""
    features = features.apply(_as_cells_say)
    infinite = np.isinf(features.select_dtypes("number")).any()
    infinite = infinite.index[infinite].tolist()
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
    has = [f"{named(empty, 'has', 'have')} no value in any row: left out"]
    return features.drop(columns=empty), has if empty else []


def _as_cells_say(values):
    """Return a column as numbers if all of its cells are; blanks are missing."""
    import pandas as pd

    if values.dtype.kind in "biuf":
        return values
    numbers, example = numbers_of(values)
    if example is None:
        return pd.Series(numbers, index=values.index)
    return values.mask(values.map(lambda v: isinstance(v, str) and not v.strip()))


def _readable(features, path):
    """Return the features that can be read, what else than numbers they hold, notes."""
    kinds, refused = {}, {}
    for name in features:
        try:
            (kinds[name],) = TableEncoder().fit(features[[name]]).kinds_
        except ValueError:
            refused[name] = features[name].dropna().iloc[0]
    if not kinds:
        raise InputError(f"{path} has no feature that is numbers, categories or dates.")
    words = {"category": "categories", "date": "dates"}
    told = {name: words[kind] for name, kind in kinds.items() if kind in words}
    notes = [
        f"column {shown(name)} is neither numbers, categories nor dates (for instance "
        f"{shown(example)}): left out"
        for name, example in refused.items()
    ]
    return features.drop(columns=list(refused)), told, notes


def _note(name, features, kinds, y, target):
    """Return what was read, in words."""
    held = [kinds[feature] for feature in features]
    counts = ", ".join(
        f"{n} {_SINGULAR.get(kind, kind[:-1]) if n == 1 else kind}"
        for kind, n in Counter(held).items()
    )
    missing = features.isna().to_numpy().mean()
    n_values = len({*y.tolist()})
    return (
        f"Read {name}: {len(y)} rows, {features.shape[1]} features ({counts}), "
        f"{missing:.1%} of their cells missing; target {shown(target)}, {n_values} "
        "different values"
    )


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
