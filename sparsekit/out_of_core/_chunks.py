"""From the pieces of a table to chunks of rows, in an order of their own.

A *piece* is what a source can read by itself: a row group, a range of rows or bytes. It
comes as *blocks*, much smaller than a chunk, and chunks are made of blocks. All are
triples: features, targets and weights, where None stands for what is not asked for.
"""

import numpy as np

from sparsekit.out_of_core._targets import check_complete


def all_blocks(table, features=True, order=None):
    """Yield the blocks of all pieces.

    Parameters
    ----------
    table : source
        Has `name`, `pieces` and `read`.
    features : bool, default=True
        Whether to read them; if not, they are None.
    order : iterable of int or None
        Numbers of the pieces; None means as they come.

    Raises
    ------
    ValueError
        If a target or a weight is missing.
    """
    for number in range(len(table.pieces)) if order is None else order:
        for block in table.read(table.pieces[number], features):
            if n_rows(block):
                for role, values in zip(("target", "weight"), block[1:], strict=True):
                    check_complete(values, role, table.name)
                yield block


def chunks(table, chunk_rows, rng=None):
    """Yield chunks; with `rng`, of shuffled pieces, and with their rows shuffled.

    A chunk waits until half as many rows as it should have are there for the next one;
    if they do not come, they join it. No chunk is much smaller than the others, for
    which a step of training on it would count as much.

    Raises
    ------
    ValueError
        If there are no rows at all.
    """
    order = None if rng is None else rng.permutation(len(table.pieces))
    waiting, count = [], 0
    for block in all_blocks(table, order=order):
        waiting.append(block)
        count += n_rows(block)
        while 2 * count >= 3 * chunk_rows:
            count -= chunk_rows
            yield _taken(waiting, chunk_rows, rng)
    if not waiting:
        raise ValueError(f"{table.name} has no rows.")
    yield _taken(waiting, count, rng)


def n_rows(block):
    """Return the number of rows of a block."""
    return next(len(part) for part in block if part is not None)


def _joined(blocks):
    return tuple(_concatenated(parts) for parts in zip(*blocks, strict=True))


def _concatenated(parts):
    if len(parts) == 1 or parts[0] is None:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    import pandas as pd

    return pd.concat(parts, ignore_index=True)


def _taken(waiting, size, rng):
    """Take the first `size` rows out of the list of waiting blocks.

    Nothing that is returned or waits on holds more in memory than its own rows.
    """
    joined = _joined(waiting)
    total = n_rows(joined)
    waiting[:] = [_rows(joined, np.arange(size, total))] if size < total else []
    if rng is not None:
        return _rows(joined, rng.permutation(size))
    return joined if size == total else _rows(joined, np.arange(size))


def _rows(block, rows):
    return tuple(
        part
        if part is None
        else part[rows]
        if isinstance(part, np.ndarray)
        else part.iloc[rows]
        for part in block
    )
