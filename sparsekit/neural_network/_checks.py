"""Checks of input beyond those of scikit-learn."""

from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse

# Of each estimator the values that were valid, which are not attributes of its own.
_VALIDATED: WeakKeyDictionary = WeakKeyDictionary()


def refuse_lbfgs(solver):
    """Raise for scikit-learn's third solver, with the reason."""
    if isinstance(solver, str) and solver == "lbfgs":
        raise ValueError(
            "solver='lbfgs' is not offered: each of its steps takes all rows at once, "
            "and what it remembers of earlier steps belongs to connections that a "
            "rewiring replaces. Use 'adam', 'adamw' or 'sgd'."
        )


def learns_in_pieces(estimator):
    """Tell whether there is `partial_fit`, as scikit-learn does."""
    try:
        refuse_lbfgs(estimator.solver)
    except ValueError as error:
        raise AttributeError(f"There is no partial_fit: {error}") from error
    return True


def validate_parameters(estimator):
    """Validate the parameters of a fitted estimator, which `set_params` may change.

    scikit-learn does so in the first call of `partial_fit` only. Nothing is done where
    all are the same objects as in the last call: it would take half a millisecond.

    Returns
    -------
    bool
        Whether a parameter may be another than in the last call.

    Raises
    ------
    ValueError
        If a parameter is not valid.
    """
    now = [vars(estimator).get(name) for name in estimator._parameter_constraints]
    before = _VALIDATED.get(estimator)
    if before is not None and all(a is b for a, b in zip(now, before, strict=True)):
        return False
    estimator._validate_params()
    _VALIDATED[estimator] = now
    return True


def forget_validated(estimator):
    """Have the next call of `validate_parameters` look at all of them."""
    _VALIDATED.pop(estimator, None)


def refuse_missing(X):
    """Raise if X holds NaN."""
    if np.isnan(X.data if sparse.issparse(X) else X).any():
        raise ValueError(
            "Input X contains NaN, and missing='raise' refuses missing values. Use "
            "missing='absent' to leave them out of the first layer, or impute them."
        )
