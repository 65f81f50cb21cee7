"""Checks of parameters and input beyond those of scikit-learn."""

from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse

from sparsekit.neural_network._warnings import warn_user

# What ``batch_size="auto"`` stands for: about so many steps an epoch, of so many rows.
N_STEPS = 50
SMALLEST_BATCH = 8
LARGEST_BATCH = 32

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

    Raises
    ------
    ValueError
        If a parameter is not valid.
    """
    now = [vars(estimator).get(name) for name in estimator._parameter_constraints]
    before = _VALIDATED.get(estimator)
    if before is None or any(a is not b for a, b in zip(now, before, strict=True)):
        estimator._validate_params()
        _VALIDATED[estimator] = now


def refuse_missing(X):
    """Raise if X holds NaN."""
    if np.isnan(X.data if sparse.issparse(X) else X).any():
        raise ValueError(
            "Input X contains NaN, and missing='raise' refuses missing values. Use "
            "missing='absent' to leave them out of the first layer, or impute them."
        )


def check_one_kind(facts):
    """Raise ValueError unless the targets of all parts have as many dimensions."""
    first = facts[0]["kind"]
    for number, one in enumerate(facts):
        if one["kind"] != first:
            raise ValueError(
                "y must be of one kind in all parts: rows of part 0 have targets of "
                f"shape {first}, those of part {number} of shape {one['kind']}."
            )


def dropout_rates(dropout, n_hidden):
    """Return the dropout of each hidden level.

    Raises
    ------
    ValueError
        If it is not a number in [0, 1), or one for each hidden level.
    """
    rates = np.asarray(dropout)
    fits = rates.dtype.kind in "iuf" and rates.shape in ((), (n_hidden,))
    if not fits or not ((rates >= 0) & (rates < 1)).all():
        raise ValueError(
            f"dropout must be a number in [0, 1), or one for each of the {n_hidden} "
            f"hidden layers; got {dropout!r}."
        )
    return np.broadcast_to(rates, n_hidden)


def rows_per_batch(batch_size, n_samples, partial):
    """Return how many rows a training step takes.

    Parameters
    ----------
    batch_size : int or "auto"
    n_samples : int
    partial : bool
        Whether the rows are those of a call of `partial_fit`: a part of all rows, which
        does not tell how many steps there will be.
    """
    if batch_size == "auto":
        wanted = LARGEST_BATCH if partial else n_samples // N_STEPS
        return min(max(SMALLEST_BATCH, wanted), LARGEST_BATCH, n_samples)
    if batch_size > n_samples:
        warn_user(
            f"batch_size={batch_size} is larger than the number of training rows, "
            f"{n_samples}, and is clipped to it."
        )
    return min(batch_size, n_samples)
