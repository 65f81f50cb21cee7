"""A table of the user's own, read from a file."""

import shlex
from pathlib import Path

import numpy as np

CSV_HINT = (
    "A CSV file is text in UTF-8: a line of column names, then rows of as many cells, "
    "separated by commas."
)


class InputError(Exception):
    """What the user can put right; its text is one line that says how."""


def read_table(path, target, drop=()):
    """Read features and target from a CSV or Parquet file.

    Parameters
    ----------
    path : str or Path
        File whose name ends in .csv, .csv.gz or .parquet.
    target : str
        Name of the target column.
    drop : sequence of str, default=()
        Names of columns that are no features.

    Returns
    -------
    X : DataFrame of float64, shape (n_samples, n_features)
        Empty cells are NaN.
    y : Series of shape (n_samples,)

    Raises
    ------
    InputError
        If the file, or a column, cannot be used.
    """
    frame = _read(Path(path))
    frame.columns = frame.columns.map(str)
    for column in (target, *drop):
        _check_column(frame, column, path)
    if target in drop:
        raise InputError(f"column '{target}' is the target and cannot be dropped.")
    features = frame.drop(columns=[target, *drop])
    if features.shape[1] == 0:
        raise InputError(f"{path} has no column left but the target '{target}'.")
    _check_features(features)
    return features.astype(np.float64), frame[target]


def _read(path):
    import pandas as pd

    name = path.name.lower()
    if not name.endswith((".csv", ".csv.gz", ".parquet")):
        raise InputError(
            f"cannot tell the type of {path}: its name must end in .csv, .csv.gz or "
            ".parquet."
        )
    if not path.is_file():
        raise InputError(f"there is no file {path}.")
    try:
        if name.endswith(".parquet"):
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_csv(path, low_memory=False)
    except ImportError as error:
        raise InputError(
            "reading Parquet needs pyarrow: pip install pyarrow"
        ) from error
    # Parsers, decompressors and decoders each raise errors of their own.
    except Exception as error:
        reason = " ".join(str(error).split()).rstrip(".")
        hint = "" if name.endswith(".parquet") else f" {CSV_HINT}"
        raise InputError(f"cannot read {path}: {reason}.{hint}") from error
    if frame.empty:
        raise InputError(f"{path} has no rows.")
    return frame


def _check_column(frame, column, path):
    if column in frame.columns:
        return
    hint = ""
    if frame.shape[1] == 1 and ";" in frame.columns[0]:
        hint = " The file seems to be separated by semicolons: separate by commas."
    raise InputError(
        f"{path} has no column '{column}'. Its columns are: "
        f"{', '.join(frame.columns)}.{hint}"
    )


def _check_features(features):
    text = [column for column, values in features.items() if not _is_numeric(values)]
    if text:
        example = features[text[0]].dropna().iloc[:1].tolist()
        shown = f" (for instance {example[0]!r})" if example else ""
        raise InputError(
            f"{_named(text, 'is', 'are')} not numeric{shown}. Leave out what is no "
            f"feature with {_drop_option(text)}, or encode it as numbers in the file; "
            "a missing value is an empty cell."
        )
    infinite = [column for column, values in features.items() if _has_infinity(values)]
    if infinite:
        raise InputError(
            f"{_named(infinite, 'has', 'have')} infinite values: leave these cells "
            f"empty, or leave out all of it with {_drop_option(infinite)}."
        )
    empty = [column for column, values in features.items() if values.isna().all()]
    if empty:
        raise InputError(
            f"{_named(empty, 'has', 'have')} no value in any row: leave it out with "
            f"{_drop_option(empty)}."
        )


def _is_numeric(values):
    from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype

    if is_bool_dtype(values):
        return True
    return is_numeric_dtype(values) and not is_complex_dtype(values)


def _has_infinity(values):
    return np.isinf(values.to_numpy(np.float64, na_value=np.nan)).any()


def _named(columns, one, several):
    """Return such as "column 'a' is" and "columns 'a', 'b' are"."""
    names = ", ".join(f"'{column}'" for column in columns)
    if len(columns) == 1:
        return f"column {names} {one}"
    return f"columns {names} {several}"


def _drop_option(columns):
    """Return the option that leaves columns out, as one writes it in a shell."""
    plain = [_quoted(c) for c in columns if not c.startswith("-")]
    parts = [f"--drop {' '.join(plain)}"] if plain else []
    # What begins with a dash would be taken for an option.
    parts += [f"--drop={_quoted(c)}" for c in columns if c.startswith("-")]
    return " ".join(parts)


def _quoted(text):
    return shlex.quote(text) if "'" in text else f"'{text}'"
