"""Uniform samples without replacement, in memory that follows the sample's size."""

import numpy as np


def sample_distinct(population: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `size` distinct integers from ``range(population)``, sorted.

    Every subset has the same probability: integers are drawn until `size` different
    ones have come, and no draw prefers one integer to another. Above half of the
    population the complement is drawn. Time is O(size log size) and memory O(size),
    whatever the population; ``Generator.choice`` may allocate all of it.

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
    chosen = np.empty(0, dtype=np.int64)
    while chosen.size < size:
        drawn = rng.integers(0, population, size - chosen.size)
        chosen = np.sort(np.concatenate([chosen, drawn]))
        # numpy's own unique hashes, which takes several times as long as the sort.
        chosen = chosen[np.append(True, chosen[1:] != chosen[:-1])]
    return chosen
