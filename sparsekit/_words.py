"""Text where numbers are expected: an error that says which column holds it."""

import numpy as np

# How the types of such columns are called in pandas and polars.
_MAY_HOLD_WORDS = ("object", "str", "cat", "enum")
_N_LOOKED_AT = 1000


def refuse_words(X):
    """Raise if a column of a pandas or polars table holds text, and say which one."""
    if not hasattr(X, "columns") or not hasattr(X, "dtypes"):
        return
    for name, dtype in zip(X.columns, X.dtypes, strict=True):
        if not any(kind in str(dtype).lower() for kind in _MAY_HOLD_WORDS):
            continue
        for value in np.ravel(X[[name]].head(_N_LOOKED_AT)):
            if isinstance(value, str) and not _is_number(value):
                raise ValueError(
                    f"Column {name!r} of X holds text, for instance {value!r}: could "
                    "not convert string to float. Encode it as numbers, for instance "
                    "with OneHotEncoder in a ColumnTransformer, or drop it."
                )


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
