"""Uniform samples without replacement, in memory that follows the sample's size."""

import numpy as np

from sparsekit.kernels.sampling import insert_absent, sort_distinct


def sample_distinct(population: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `size` distinct integers from ``range(population)``, sorted.

    Every subset has the same probability. Of `size` independent draws the different
    ones are kept; no integer is preferred, so of the subsets with as many members each
    is as probable as any other. As many as came twice are drawn from the rest in the
    same way. Above half of the population the complement is drawn. Time and memory are
    O(size), whatever the population; ``Generator.choice`` may allocate all of it.

    Parameters
    ----------
    population : int
    size : int
        At most `population`.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (size,), int64
    """
    if 2 * size > population:
        absent = sample_distinct(population, population - size, rng)
        present = np.ones(population, dtype=bool)
        present[absent] = False
        return np.flatnonzero(present)
    if size == 0:
        return np.empty(0, dtype=np.int64)
    chosen = sort_distinct(rng.integers(0, population, size), population)
    if chosen.size == size:
        return chosen
    rest = sample_distinct(population - chosen.size, size - chosen.size, rng)
    return insert_absent(chosen, rest)
