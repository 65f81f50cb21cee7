"""The rows of a study as a DataFrame: what they need, and where they are read from."""

from pathlib import Path

# What tells one row from all others, in the order in which results are sorted.
KEYS = (
    "dataset",
    "mechanism",
    "when",
    "missing_rate",
    "model",
    "sparsity",
    "seed",
)
VALUES = ("metric", "score", "n_connections", "fit_time")
OPTIONAL = {"dataset", "when"}


def check_columns(frame):
    """Raise TypeError or ValueError unless `frame` has the columns of a study."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise TypeError(
            "frame must be the DataFrame that missingness_study returns, got "
            f"{type(frame).__name__}."
        )
    missing = [c for c in KEYS + VALUES if c not in frame and c not in OPTIONAL]
    if missing:
        raise ValueError(
            f"frame has no column {', '.join(missing)}: one row per fit is needed, as "
            "missingness_study returns them."
        )


def check_rows(frame):
    """Raise an error unless `frame` has rows of a study, and none of them twice."""
    check_columns(frame)
    if len(frame) == 0:
        raise ValueError("frame has no rows.")
    keys = [column for column in KEYS if column in frame]
    n_twice = int(frame.duplicated(keys).sum())
    if n_twice:
        raise ValueError(
            f"frame has {n_twice} rows too many: each fit, that is each combination of "
            f"{', '.join(keys)}, may have one row only."
        )


def read_rows(path):
    """Return the rows in a CSV or Parquet file; nothing in it is executed.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If its name has another ending.
    """
    import pandas as pd

    name = Path(path).name.lower()
    if name.endswith(".parquet"):
        return pd.read_parquet(path)
    if name.endswith((".csv", ".csv.gz")):
        # A model called "NA" keeps its name.
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
    raise ValueError(f"the name of {path} must end in .csv, .csv.gz or .parquet.")
