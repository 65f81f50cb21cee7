"""Targets and weights, of which none may be missing."""

import numpy as np


def complete(values, role, table):
    """Return `values` if none is missing.

    Parameters
    ----------
    values : ndarray of shape (n_rows,) or (n_rows, n_outputs)
    role : {"target", "weight"}
    table : str
        What the error calls the table.

    Raises
    ------
    ValueError
        If a value is missing.
    """
    if values.dtype.kind in "biuUS":
        return values
    import pandas as pd

    n_missing = int(np.sum(pd.isna(values)))
    if n_missing:
        raise ValueError(
            f"{table} has {n_missing} missing {role}s among {len(values)} rows. Remove "
            f"these rows, or fill in their {role}."
        )
    return values
