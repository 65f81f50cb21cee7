"""What may name a sample across calls of `partial_fit`: integers and strings."""

from numbers import Integral

import numpy as np


def check_sample_ids(sample_ids, n_samples):
    """Return identities as a list of int, str and None.

    Parameters
    ----------
    sample_ids : array-like of shape (n_samples,)
        Integers or strings, no two alike; None for a row without an identity.
    n_samples : int

    Raises
    ------
    TypeError
        For an identity that is neither an integer nor a string.
    ValueError
        If there are more or fewer than rows, or two are alike.
    """
    # In a list, numpy would turn numbers beside strings into strings.
    dtype = None if hasattr(sample_ids, "dtype") else object
    ids = np.asarray(sample_ids, dtype=dtype)
    if ids.ndim != 1 or ids.size != n_samples:
        raise ValueError(
            f"sample_ids must have one identity for each of the {n_samples} rows of X, "
            f"got an array of shape {ids.shape}."
        )
    ids = [_plain(name) for name in ids] if ids.dtype.kind == "O" else ids.tolist()
    for name in ids:
        # A float may be NaN, which is not equal to itself, and True would be 1.
        if name is not None and type(name) not in (int, str):
            raise TypeError(
                "sample_ids must be integers or strings, or None for rows without an "
                f"identity, got {name!r}."
            )
    known = [name for name in ids if name is not None]
    if len(set(known)) < len(known):
        seen = set()
        twice = next(name for name in known if name in seen or seen.add(name))
        raise ValueError(
            f"sample_ids must differ within a call, got {twice!r} more than once. Give "
            "copies of a row None, or learn them in another call."
        )
    return ids


def _plain(name):
    """Return an integer or a string as one of Python's, anything else as it is."""
    if isinstance(name, Integral) and not isinstance(name, bool):
        return int(name)
    return str(name) if isinstance(name, str) else name
