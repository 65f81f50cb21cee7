"""Rows that are put aside, in proportion to their classes as far as that goes."""

import math

import numpy as np
from sklearn.model_selection import train_test_split


def parted(n_rows, share, seed, strata=None):
    """Return the rows to train on, and those to put aside.

    The only row of a class stays in training. The others keep the shares of their
    classes where enough are put aside for one of each.

    Parameters
    ----------
    n_rows : int
    share : float
        Of the rows, to put aside.
    seed : int
    strata : ndarray of shape (n_rows,) or None, default=None
        Classes of the rows.

    Returns
    -------
    kept, held : ndarray of int

    Raises
    ------
    ValueError
        If no row would be left on one of the sides.
    """
    rows = np.arange(n_rows)
    alone = rows[:0]
    if strata is not None:
        _, codes, counts = np.unique(strata, return_inverse=True, return_counts=True)
        is_alone = counts[codes] == 1
        alone, rows, strata = rows[is_alone], rows[~is_alone], strata[~is_alone]
        n_held = math.ceil(share * rows.size)
        if min(n_held, rows.size - n_held) < np.count_nonzero(counts > 1):
            strata = None
    kept, held = train_test_split(
        rows, test_size=share, random_state=seed, stratify=strata
    )
    return np.concatenate([kept, alone]), held
