"""Growers as loops over all positions of a dense layer."""

from itertools import count as numbers

import numpy as np

from sparsekit.kernels.hashing import stream, uniform


def draw_by_column(seed, free, rates, n_in, n_out, count):
    """Return `count` of the positions in `free`, in the order in which they are drawn.

    A table of the layer, True where a position is free, tells all that is asked.
    """
    table = np.zeros((n_out, n_in), dtype=bool)
    table.ravel()[free] = True
    rates = np.asarray(rates, dtype=np.float64)
    draws, drawn = numbers(), []
    while len(drawn) < count:
        at_start = table.sum(axis=0)
        if not (at_start * rates).any():
            rates = np.ones(n_in)
        ends = np.cumsum(at_start * rates)
        for _ in range(count - len(drawn)):
            target = ends[-1] * uniform(seed, next(draws))
            chance = uniform(seed, next(draws))
            column = int((ends <= target).sum())
            if column == n_in or chance * at_start[column] >= table[:, column].sum():
                continue
            row = n_out
            while row >= n_out or not table[row, column]:
                row = int(stream(seed, next(draws))) >> (64 - n_out.bit_length())
            table[row, column] = False
            drawn.append(row * n_in + column)
    return drawn
