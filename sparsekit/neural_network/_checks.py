"""Checks of input beyond those of scikit-learn, and nothing changed when one fails."""

from contextlib import contextmanager
from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse

# How the types of such columns are called in pandas and polars.
_MAY_HOLD_WORDS = ("object", "str", "cat", "enum")
_N_LOOKED_AT = 1000

# Of each estimator the values that were valid, which are not attributes of its own.
_VALIDATED: WeakKeyDictionary = WeakKeyDictionary()


def validate_parameters(estimator):
    """Validate the parameters of a fitted estimator, which `set_params` may change.

    scikit-learn does so in the first call of `partial_fit` only. Nothing is done where
    all are the same objects as in the last call: it would take half a millisecond.

    Raises
    ------
    ValueError
        If a parameter is none of those allowed.
    """
    now = [vars(estimator).get(name) for name in estimator._parameter_constraints]
    before = _VALIDATED.get(estimator)
    if before is None or any(a is not b for a, b in zip(now, before, strict=True)):
        estimator._validate_params()
        _VALIDATED[estimator] = now


@contextmanager
def unchanged_on_error(estimator):
    """Give an estimator its attributes back if the block raises.

    Attributes are replaced and not modified before training, so a shallow copy is
    enough, but for the state of the random generator.
    """
    before = dict(vars(estimator))
    generator = before.get("_generator")
    state = None if generator is None else generator.bit_generator.state
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        if generator is not None:
            generator.bit_generator.state = state
        raise


def refuse_missing(X):
    """Raise if X holds NaN."""
    if np.isnan(X.data if sparse.issparse(X) else X).any():
        raise ValueError(
            "Input X contains NaN, and missing='raise' refuses missing values. Use "
            "missing='absent' to leave them out of the first layer, or impute them."
        )


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
