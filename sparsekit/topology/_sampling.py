"""Uniform samples without replacement, in memory that follows the sample's size."""

import numpy as np

# Populations that may be allocated.
_SMALL = 10_000


def sample_distinct(population: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `size` distinct integers from ``range(population)``, sorted.

    Every subset has the same probability: integers are drawn until `size` different
    ones have come, and no draw prefers one integer to another. Above half of the
    population the complement is drawn. Time is O(size log size) and memory O(size),
    whatever the population; ``Generator.choice`` may allocate all of it, and draws from
    small populations only.

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
    if population <= _SMALL:
        return np.sort(rng.choice(population, size, replace=False, shuffle=False))
    chosen = _sorted_distinct(rng.integers(0, population, size))
    while chosen.size < size:
        drawn = _sorted_distinct(rng.integers(0, population, size - chosen.size))
        places = np.searchsorted(chosen, drawn)
        new = chosen[np.minimum(places, chosen.size - 1)] != drawn
        chosen = np.insert(chosen, places[new], drawn[new])
    return chosen


def _sorted_distinct(values):
    # numpy's own unique hashes, which takes several times as long as the sort.
    values = np.sort(values)
    return values[np.append(True, values[1:] != values[:-1])]
