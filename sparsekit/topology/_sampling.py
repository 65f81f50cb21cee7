"""Uniform samples without replacement, in memory that follows the sample's size."""

import numpy as np

from sparsekit.kernels.sampling import draw_distinct


def sample_distinct(population: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `size` distinct integers from ``range(population)``, sorted.

    Every subset has the same probability. Above half of the population the complement
    is drawn. Time and memory are O(size), whatever the population;
    ``Generator.choice`` may allocate all of it.

    Parameters
    ----------
    population : int
    size : int
        At most `population`.
    rng : numpy.random.Generator
        Gives the seed of the compiled loop that draws.

    Returns
    -------
    ndarray of shape (size,), int64
    """
    if 2 * size > population:
        absent = sample_distinct(population, population - size, rng)
        present = np.ones(population, dtype=bool)
        present[absent] = False
        return np.flatnonzero(present)
    seed = rng.integers(2**64, dtype=np.uint64)
    return draw_distinct(seed, population, size)
