"""A table of the user's own, read from a file."""

from pathlib import Path

import numpy as np


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
            "reading Parquet needs pyarrow: pip install sparsekit[parquet]"
        ) from error
    # Parsers, decompressors and decoders each raise errors of their own.
    except Exception as error:
        reason = " ".join(str(error).split())
        raise InputError(f"cannot read {path}: {reason}") from error
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
    from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype

    for column, values in features.items():
        if is_bool_dtype(values):
            continue
        if not is_numeric_dtype(values) or is_complex_dtype(values):
            example = values.dropna().iloc[:1].tolist()
            shown = f" (for instance {example[0]!r})" if example else ""
            raise InputError(
                f"column '{column}' is not numeric{shown}. Leave it out with --drop "
                f"'{column}', or encode it as numbers in the file; a missing value is "
                "an empty cell."
            )
        if np.isinf(values.to_numpy(np.float64, na_value=np.nan)).any():
            raise InputError(
                f"column '{column}' has infinite values: leave these cells empty, or "
                f"leave the column out with --drop '{column}'."
            )
