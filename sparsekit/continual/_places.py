"""Which rows a bounded buffer keeps.

A buffer's slots are told by *places*: numbers of rows among those that are kept now,
followed by the new ones.
"""

import numpy as np


def reservoir(n_kept, n_seen, size, draws):
    """Return what the slots of a reservoir hold, which are the first ones.

    Parameters
    ----------
    n_kept : int
        Rows in the whole buffer.
    n_seen : int
        Rows of the stream before the new ones.
    size : int
        Slots of the reservoir.
    draws : ndarray of shape (n_new,)
        A uniform random number for each new row.
    """
    n_held = min(n_seen, size)
    n_free = min(size - n_held, draws.size)
    places = np.concatenate([np.arange(n_held), n_kept + np.arange(n_free)])
    seen = n_seen + np.arange(1, draws.size + 1)
    slots = (draws * seen).astype(np.int64)
    for row in np.flatnonzero(slots[n_free:] < size) + n_free:
        places[slots[row]] = n_kept + row
    return places


def class_balanced(kept, new, size, draws, n_of_class, full):
    """Return what the slots hold where the largest classes give way to others.

    Parameters
    ----------
    kept, new : list
        Classes of the rows.
    size : int
        Slots of the buffer.
    draws : ndarray of shape (n_new, 2)
        Two uniform random numbers for each new row: whether it enters, and where.
    n_of_class : dict of class to int
        Rows of the stream so far; new ones are added.
    full : set of classes
        Those that were the largest at some time; others join them.
    """
    places = list(range(len(kept)))
    slots_of = {}
    for slot, label in enumerate(kept):
        slots_of.setdefault(label, []).append(slot)
    for row, (label, (enters, which)) in enumerate(zip(new, draws, strict=True)):
        n_of_class[label] = n_of_class.get(label, 0) + 1
        mine = slots_of.setdefault(label, [])
        if len(places) < size:
            mine.append(len(places))
            places.append(len(kept) + row)
            continue
        largest = max(len(slots) for slots in slots_of.values())
        full |= {k for k, slots in slots_of.items() if len(slots) == largest}
        if label not in full:
            # In the order of slots, as they come when the buffer is read anew.
            rich = [s for s in slots_of.values() if len(s) == largest]
            pool = sorted(slot for slots in rich for slot in slots)
            slot = pool[int(which * len(pool))]
            next(s for s in rich if slot in s).remove(slot)
            mine.append(slot)
            places[slot] = len(kept) + row
        elif enters * n_of_class[label] < len(mine):
            places[sorted(mine)[int(which * len(mine))]] = len(kept) + row
    return np.array(places, dtype=np.int64)


def shares_of(size):
    """Return how many random, hard and easy rows a mixture of `size` rows holds."""
    quarter = size // 4
    return size - 2 * quarter, quarter, quarter


def mixture(chosen, rows, keys, n_hard, n_easy):
    """Return what the slots hold: chosen rows, then hard ones, then easy ones.

    Parameters
    ----------
    chosen : ndarray of int
        Places of the rows that a reservoir holds.
    rows : ndarray of int
        Numbers in the stream of kept and new rows. Kept ones are not in their order.
    keys : ndarray of shape (n_rows, 2)
        What `keys_of` returned for kept and new rows.
    n_hard, n_easy : int
        Slots of either kind.
    """
    others = np.setdiff1d(np.arange(rows.size), chosen)
    others = others[np.argsort(rows[others])]
    hard, easy = _hard_and_easy(keys[others], n_hard, n_easy)
    return np.concatenate([chosen, others[hard], others[easy]])


def keys_of(difficulty, draws):
    """Return the keys of weighted sampling, ``log(u) / weight``; the largest are kept.

    Parameters
    ----------
    difficulty : ndarray of shape (n_rows,)
        From 0 to 1; NaN counts as 1/2.
    draws : ndarray of shape (n_rows, 2)
        Uniform random numbers u.

    Returns
    -------
    ndarray of shape (n_rows, 2)
        With the difficulty as weight, and with one minus it.
    """
    hard = np.where(np.isnan(difficulty), 0.5, np.clip(difficulty, 0.0, 1.0))
    weights = np.column_stack([hard, 1.0 - hard])
    # A weight of zero makes the key minus infinity: such rows come last.
    with np.errstate(divide="ignore"):
        return np.log1p(-draws) / weights


def _hard_and_easy(keys, n_hard, n_easy):
    """Return the rows with the largest first keys, and of the others by second ones.

    Of equal keys that of the earlier row is preferred.
    """
    hard = np.argsort(-keys[:, 0], kind="stable")[:n_hard]
    others = np.setdiff1d(np.arange(len(keys)), hard)
    easy = others[np.argsort(-keys[others, 1], kind="stable")[:n_easy]]
    return np.sort(hard), np.sort(easy)
