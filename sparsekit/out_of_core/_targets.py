"""Targets and weights, of which none may be missing."""

import numpy as np


def check_complete(values, role, table):
    """Raise ValueError if a target or a weight is missing.

    Parameters
    ----------
    values : ndarray of shape (n_rows,) or (n_rows, n_outputs), or None
    role : {"target", "weight"}
    table : str
        What the error calls the table.
    """
    if values is None or values.dtype.kind in "biuUS":
        return
    import pandas as pd

    n_missing = int(np.sum(pd.isna(values)))
    if n_missing:
        raise ValueError(
            f"{table} has {n_missing} missing {role}s among {len(values)} rows. Remove "
            f"these rows, or fill in their {role}."
        )
