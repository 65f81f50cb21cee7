"""Records, and tables with a row for each row of the data."""

import numpy as np

# Entries of a record with a row for each sample, and how many dimensions they have.
_PER_SAMPLE = {
    "n_seen": 1,
    "n_correct": 1,
    "n_forgotten": 1,
    "first_learned": 1,
    "last_wrong": 1,
    "correct": 1,
    "confidence_mean": 1,
    "confidence_std": 1,
    "loss_mean": 1,
    "margin_mean": 1,
    "error_mean": 1,
    "early_errors": 2,
}


class Entries(dict):
    """Entries of a record; one that is missing is named."""

    def __missing__(self, name):
        raise ValueError(
            f"record has no entry {name!r}; a network that is fitted with `record` has "
            f"more than {list(self)} in its `record_`."
        )


def record_of(source):
    """Return the record of a fitted network; a record is returned as it is.

    Raises
    ------
    ValueError
        If the network was fitted without one, or entries of the record do not belong
        together.
    TypeError
        For anything else.
    """
    if isinstance(source, dict):
        if "n_seen" not in source:
            raise TypeError(
                "record must be a fitted network or its `record_`, not a dict of "
                f"{list(source)}."
            )
        return _checked(source)
    if not hasattr(source, "get_params"):
        raise TypeError(
            "record must be a fitted network or its `record_`, not a "
            f"{type(source).__name__}."
        )
    if not hasattr(source, "record_"):
        raise ValueError(
            f"{type(source).__name__} has no record: fit it with "
            'record="presentation", "epoch" or "rewiring".'
        )
    return source.record_


def _checked(record):
    """Return the entries of a record; raise ValueError if they are of other rows."""
    n_rows = np.size(record["n_seen"])
    for name, n_dimensions in _PER_SAMPLE.items():
        array = record.get(name)
        is_array = isinstance(array, np.ndarray) and array.dtype.kind in "iuf"
        fits = is_array and (array.shape[:1], array.ndim) == ((n_rows,), n_dimensions)
        if name in record and not fits:
            raise ValueError(
                f"record: {name} must be an array of numbers with a row for each of "
                f"the {n_rows} samples."
            )
    if {"early_errors", "early_presentations"} <= record.keys():
        n_early = record["early_errors"].shape[1]
        if np.shape(record["early_presentations"]) != (n_early,):
            raise ValueError(
                f"record: early_presentations must be {n_early} numbers, one for each "
                "column of early_errors."
            )
    index, rewirings = record.get("index"), record.get("rewirings")
    if index is not None and np.shape(index)[:1] != (n_rows,):
        raise ValueError(f"record: index must have {n_rows} values, or be None.")
    if rewirings is None:
        return Entries(record)
    if not isinstance(rewirings, dict):
        raise ValueError(f"record: rewirings must be a dict or None: {rewirings!r}.")
    rewirings = Entries(rewirings)
    rows = np.asarray(rewirings["rows"])
    is_vector = rows.dtype.kind in "iu" and rows.ndim == 1
    if not is_vector or (rows.size and not 0 <= rows.min() <= rows.max() < n_rows):
        raise ValueError(f"record: rewirings must be about rows of the {n_rows}.")
    return Entries(record, rewirings=rewirings)


def table_of(record, columns, rows=None):
    """Return a DataFrame with one row for each row of the data.

    Parameters
    ----------
    record : dict
    columns : dict of str to ndarray
        Values of all rows of the data, or of `rows`. Truth values become pandas'
        "boolean", which knows NA.
    rows : ndarray of int or None
        Rows that have a value; None for all that were trained on.
    """
    import pandas as pd

    n_rows = record["n_seen"].size
    known = np.zeros(n_rows, dtype=bool)
    known[record["n_seen"] > 0 if rows is None else rows] = True
    table = {}
    for name, values in columns.items():
        if rows is not None:
            spread = np.zeros(n_rows, dtype=values.dtype)
            spread[rows] = values
            values = spread
        if values.dtype == bool:
            table[name] = pd.arrays.BooleanArray(values.copy(), ~known)
        elif values.dtype.kind in "OU":
            table[name] = np.where(known, values.astype(object), None)
        else:
            table[name] = np.where(known, values.astype(np.float64), np.nan)
    return pd.DataFrame(table, index=index_of(record))


def index_of(record):
    """Return the index of the data as pandas has it."""
    import pandas as pd

    if record["index"] is None:
        return pd.RangeIndex(record["n_seen"].size)
    return pd.Index(record["index"])


def rewirings_of(record):
    """Return what a record holds about rewirings.

    Raises
    ------
    ValueError
        If it holds nothing.
    """
    if record["rewirings"] is None:
        raise ValueError(
            f"the record was made with record={record['when']!r} and holds nothing "
            'about rewirings; fit the network with record="rewiring".'
        )
    return record["rewirings"]


def lost_at_rewirings(record):
    """Return which rows a rewiring made wrong that stayed so at every later evaluation.

    False for all rows where the record holds nothing about rewirings.
    """
    lost = np.zeros(record["n_seen"].size, dtype=bool)
    rewirings = record["rewirings"]
    if rewirings is not None:
        lost[rewirings["rows"]] = rewirings["lost_at"] > 0
    return lost


def row_index(X, n_rows):
    """Return the index of a pandas table, or numbers."""
    import pandas as pd

    return X.index if isinstance(X, pd.DataFrame) else pd.RangeIndex(n_rows)
