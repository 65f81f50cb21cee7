"""Checks of input beyond those of scikit-learn, and nothing changed when one fails."""

from contextlib import contextmanager

import numpy as np
from scipy import sparse


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
