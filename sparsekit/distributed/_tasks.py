"""What is done for a part, by whoever has its rows."""

from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from sparsekit.distributed._merge import Copy
from sparsekit.distributed._messages import (
    Frame,
    arrays_of,
    gaps_of,
    keys_from,
    keys_of,
    packed,
    state_of,
)
from sparsekit.distributed._parts import Part, n_rows_of, rows_of
from sparsekit.network import n_samples_of
from sparsekit.neural_network import partwise


class Plan(NamedTuple):
    """How the copies of a fit are trained.

    Attributes
    ----------
    estimator : object
        Knows all but the network.
    frame : Frame
    entropy : int
        What all random numbers come from.
    local_epochs : int
    own : bool
        Whether copies have connections of their own.
    transfer_dtype : None or "float16"
    """

    estimator: Any
    frame: Frame
    entropy: int
    local_epochs: int
    own: bool
    transfer_dtype: str | None


class State(NamedTuple):
    """A network between two rounds, its connections apart.

    Attributes
    ----------
    arrays : dict
        See `arrays_of`.
    born : ndarray
        See `OptimizerState`.
    step : int
    progress : dict
        See `partwise.progress_of`.
    """

    arrays: dict[str, np.ndarray]
    born: np.ndarray
    step: int
    progress: dict[str, Any]


class RawRows(NamedTuple):
    """Rows of a part that are prepared when they are needed."""

    number: int
    part: Part
    estimator: Any


def facts_of(estimator, number, part):
    """Return what a part tells, see `partwise.facts_of_rows`; None without rows."""
    with _about_part(number):
        X, y = rows_of(part)
        if n_rows_of(X) == 0:
            return None
        return partwise.facts_of_rows(estimator, X, y)


def beginning(estimator, facts, part):
    """Return an estimator with a first network, see `partwise.begin`."""
    partwise.begin(estimator, facts, *rows_of(part))
    return estimator


def rows_ready(rows):
    """Return samples and targets for training."""
    if not isinstance(rows, RawRows):
        return rows
    with _about_part(rows.number):
        return partwise.prepared_rows(rows.estimator, *rows_of(rows.part))


def trained_copy(rows, number, n_rounds, plan, gaps, state):
    """Train a copy for a round, and return what is sent of it.

    Parameters
    ----------
    rows : tuple or RawRows
    number : int
        Of the part.
    n_rounds : int
        Rounds before this one.
    plan : Plan
    gaps : ndarray
        Where the connections are.
    state : State

    Returns
    -------
    Copy
    """
    samples, targets = rows_ready(rows)
    estimator = _copy(plan, gaps, state)
    seed = np.random.SeedSequence(plan.entropy, spawn_key=(n_rounds, number))
    losses, notes = partwise.train_on(
        estimator, (samples, targets), seed, plan.local_epochs, plan.own
    )
    network, optimizer = partwise.network_of(estimator)
    return Copy(
        n_samples_of(samples),
        losses,
        gaps_of(keys_of(network)) if plan.own else None,
        packed(arrays_of(network, optimizer), plan.transfer_dtype),
        optimizer.step,
        notes,
    )


def rewired(rows, n_rounds, last, plan, gaps, state):
    """Rewire between rounds, and return the estimator, and how many moved.

    Parameters
    ----------
    rows, n_rounds, plan, gaps, state
        As in `trained_copy`.
    last : bool
        See `partwise.rewire_on`.
    """
    estimator = _copy(plan, gaps, state)
    # As many numbers as no part has: parts have one more.
    seed = np.random.SeedSequence(plan.entropy, spawn_key=(n_rounds,))
    n_replaced = partwise.rewire_on(estimator, rows_ready(rows), seed, last)
    return estimator, n_replaced


def _copy(plan, gaps, state):
    arrays = {name: values.copy() for name, values in state.arrays.items()}
    network = plan.frame.network(keys_from(gaps), arrays["weights"], arrays["biases"])
    optimizer = state_of(arrays, state.born.copy(), state.step)
    return partwise.copy_at(plan.estimator, network, optimizer, state.progress)


@contextmanager
def _about_part(number):
    """Have errors about rows name their part."""
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"Part {number}: {error}") from error
