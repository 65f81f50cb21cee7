"""One network of many copies: weighted sums in a fixed order, then the exact count."""

from typing import Any, NamedTuple

import numpy as np

from sparsekit.distributed._messages import (
    Frame,
    belongs_to_connections,
    gaps_of,
    keys_from,
    n_bytes,
    unpacked,
)
from sparsekit.topology import RandomGrower, mark_lowest, plan_rewiring

# Copies with connections of their own have more and more of them together. What sums of
# some of the copies send on are so many times the connections of one.
MOST_TOGETHER = 2


class Copy(NamedTuple):
    """What a part sends when it has trained its copy.

    Attributes
    ----------
    n_rows : int
    losses : ndarray of shape (n_epochs,)
        Mean loss of the rows in each epoch.
    gaps : ndarray or None
        Where the connections are, see `gaps_of`; None if all copies have the same.
    arrays : dict
        See `packed`.
    step : int
        Steps of the optimizer.
    notes : dict
        What else training noted; that of the first copy counts.
    """

    n_rows: int
    losses: np.ndarray
    gaps: np.ndarray | None
    arrays: dict[str, Any]
    step: int
    notes: dict[str, Any]


class Total(NamedTuple):
    """A sum over copies, each times its number of rows, in double precision.

    Attributes
    ----------
    n_rows : int
    losses : ndarray of shape (n_epochs,)
    keys : ndarray or None
        Of the connections that a copy has; None if all have the same.
    mass : ndarray or None
        Number of rows of the copies that have each connection.
    counts : ndarray or None
        Connections of each layer of the first copy.
    arrays : dict
    step : int
        The most steps of a copy.
    notes : dict
        Those of the first copy.
    n_bytes : int
        Bytes that travelled for it.
    """

    n_rows: int
    losses: np.ndarray
    keys: np.ndarray | None
    mass: np.ndarray | None
    counts: np.ndarray | None
    arrays: dict[str, np.ndarray]
    step: int
    notes: dict[str, Any]
    n_bytes: int


def total_of(frame: Frame, copy: Copy) -> Total:
    """Return the total of one copy."""
    keys = mass = counts = None
    if copy.gaps is not None:
        keys = keys_from(copy.gaps)
        mass = np.full(keys.size, float(copy.n_rows))
        counts = np.diff(np.searchsorted(keys, frame.ends))
    arrays = {name: copy.n_rows * a for name, a in unpacked(copy.arrays).items()}
    losses = copy.n_rows * copy.losses
    return Total(
        copy.n_rows, losses, keys, mass, counts, arrays, copy.step, copy.notes, 0
    )


def summed(frame: Frame, *messages: Copy | Total) -> Total:
    """Return the total of copies, or of totals, added in the order of the arguments.

    Complexity: O(connections * log(connections)), all copies together.
    """
    totals = [m if isinstance(m, Total) else total_of(frame, m) for m in messages]
    total = totals[0]._replace(
        n_rows=sum(one.n_rows for one in totals),
        losses=_added([one.losses for one in totals]),
        step=max(one.step for one in totals),
        n_bytes=sum(one.n_bytes for one in totals) + n_bytes(*messages),
    )
    arrays = {name: [one.arrays[name] for one in totals] for name in total.arrays}
    if total.keys is None:
        return total._replace(arrays={n: _added(a) for n, a in arrays.items()})
    keys, place = np.unique(
        np.concatenate([one.keys for one in totals]), return_inverse=True
    )

    def by_key(values):
        values = np.concatenate(values)
        return np.bincount(place, values, keys.size) if values.size else values

    return total._replace(
        keys=keys,
        mass=by_key([one.mass for one in totals]),
        arrays={
            name: by_key(a) if belongs_to_connections(name) else _added(a)
            for name, a in arrays.items()
        },
    )


def summed_to_send(frame: Frame, *messages: Copy | Total) -> Total:
    """Return the total with so many connections as may travel on, the largest."""
    total = summed(frame, *messages)
    return total if total.keys is None else _with_keys(total, _largest(frame, total))


def _added(arrays):
    total = arrays[0]
    for one in arrays[1:]:
        total = total + one
    return total


def _with_keys(total, kept):
    """Return a total of some of its connections."""
    if kept.all():
        return total
    arrays = {
        name: a[kept] if belongs_to_connections(name) and a.size else a
        for name, a in total.arrays.items()
    }
    return total._replace(keys=total.keys[kept], mass=total.mass[kept], arrays=arrays)


def _largest(frame, total):
    """Mark the connections that go on where there are too many together."""
    kept = np.ones(total.keys.size, dtype=bool)
    cuts = np.searchsorted(total.keys, frame.ends)
    for number, count in enumerate(total.counts.tolist()):
        mine = slice(cuts[number], cuts[number + 1])
        sizes = np.abs(total.arrays["weights"][mine])
        n_surplus = sizes.size - MOST_TOGETHER * count
        if n_surplus > 0:
            kept[mine] = ~mark_lowest(sizes, n_surplus)
    return kept


def averaged(
    frame: Frame, merge: str, pruner: Any, dtype: np.dtype, *messages: Copy | Total
) -> tuple[Copy, int]:
    """Return the mean over copies, with as many connections as the first copy has.

    Parameters
    ----------
    frame : Frame
    merge : {"average", "top"}
        Whether a copy without a connection counts as one with a weight of zero, or not
        at all.
    pruner : object or None
        What drops the surplus, layer by layer; not needed if all copies have the same
        connections.
    dtype : dtype
        Of the mean.
    *messages : Copy or Total

    Returns
    -------
    mean : Copy
    n_bytes : int
        Bytes that travelled for it.
    """
    total = summed(frame, *messages)
    arrays = {}
    for name, sums in total.arrays.items():
        of_copies = merge == "top" and belongs_to_connections(name) and sums.size
        divisor = total.mass if of_copies and total.keys is not None else total.n_rows
        arrays[name] = (sums / divisor).astype(dtype)
    total = total._replace(arrays=arrays)
    gaps = None
    if total.keys is not None:
        total = _with_keys(total, _of_exact_count(frame, total, pruner))
        gaps = gaps_of(total.keys)
    losses = total.losses / total.n_rows
    mean = Copy(total.n_rows, losses, gaps, total.arrays, total.step, total.notes)
    return mean, total.n_bytes


def _of_exact_count(frame, total, pruner):
    """Mark as many connections of each layer as the first copy has."""
    if np.array_equal(total.counts, np.diff(np.searchsorted(total.keys, frame.ends))):
        return np.ones(total.keys.size, dtype=bool)
    arrays = total.arrays
    network = frame.network(total.keys, arrays["weights"], arrays["biases"])
    plans = plan_rewiring(
        network.layers(),
        pruner,
        RandomGrower(),
        0.0,
        np.random.default_rng(0),  # nothing grows
        counts=total.counts,
    )
    return ~np.concatenate([plan.dropped for plan in plans])
