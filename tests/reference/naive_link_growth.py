"""Growth where paths of length three lead, in dense masks."""

import numpy as np

from sparsekit.kernels.linking import Links, path_scores, walk_ends, weigh_walks
from sparsekit.topology._positions import sample_distinct
from tests.reference import naive_growers


def free_positions(mask):
    return np.flatnonzero(~mask.ravel())


def best(positions, scores, count, rng):
    """Return the positions with the largest scores; the generator decides on ties."""
    if count == 0:
        return positions[:0]
    margin = np.sort(scores)[-count]
    above = positions[scores > margin]
    equal = positions[scores == margin]
    return np.sort(
        np.append(above, equal[sample_distinct(equal.size, count - above.size, rng)])
    )


def links_of(mask):
    """Return the connections of a dense mask by row and by column."""
    rows, columns = np.nonzero(mask)
    by_column = np.nonzero(mask.T)
    return Links(
        np.searchsorted(rows, np.arange(mask.shape[0] + 1)),
        columns.astype(np.int32),
        np.searchsorted(by_column[0], np.arange(mask.shape[1] + 1)),
        by_column[1].astype(np.int32),
    )


def neighbours(mask):
    return naive_growers.neighbours(np.argwhere(mask).tolist())


def by_paths(state, layer, mask, count):
    """Grow where CH3-L3p predicts a connection most."""
    rng, free, links = state.rng, free_positions(mask), links_of(mask)
    n_drawn = min(2 * count, free.size)
    if n_drawn == free.size:
        drawn = free[sample_distinct(free.size, n_drawn, rng)]
    else:
        found = walk_ends(rng.integers(2**64, dtype=np.uint64), links, n_drawn)
        rest = np.setdiff1d(free, found)
        more = sample_distinct(rest.size, n_drawn - np.unique(found).size, rng)
        drawn = np.union1d(found, rest[more])
    linked = neighbours(mask)
    expected = [
        naive_growers.path_score(linked, *divmod(int(p), mask.shape[1]), True)
        for p in drawn
    ]
    seed = rng.integers(2**64, dtype=np.uint64)
    scores = path_scores(seed, links, drawn, True, 128)
    np.testing.assert_allclose(scores, expected, rtol=1e-12)
    # Many are equal but for rounding, so that the last bits decide.
    return best(drawn, scores, count, rng)


def by_luck_of_paths(state, layer, mask, count):
    """Grow where paths lead that are accepted by their part of CH2-L3n."""
    rng, free, links = state.rng, free_positions(mask), links_of(mask)
    linked = neighbours(mask)
    pairs = np.argwhere(mask).tolist()
    chances = []
    for row, column in pairs:
        others = len(linked["row", row]) - 1, len(linked["column", column]) - 1
        chances.append(sum(others) if min(others) else 0)
    ends = np.cumsum(np.array(chances, dtype=np.float64))
    walks, goal, n_met = [], max(512, 4 * min(count, len(pairs))), 0
    grown = []
    while count and sum(chances):
        rows = np.array([row for row, _ in pairs], dtype=np.int32)
        seed, n_round = rng.integers(2**64, dtype=np.uint64), goal - len(walks)
        drawn = zip(
            *weigh_walks(seed, links, rows, ends, goal - len(walks), False, 128),
            strict=True,
        )
        met = [(int(p), np.log(ratio)) for p, ratio in drawn if p >= 0]
        luck = rng.standard_exponential(len(met))
        walks += [
            (p, ratio, ratio + e) for (p, ratio), e in zip(met, luck, strict=True)
        ]
        walks += [(-1, -np.inf, -np.inf)] * (goal - len(walks))
        bound = max(ratio for _, ratio, _ in walks)
        accepted = [p for p, _, key in walks if p >= 0 and key >= bound]
        grown = list(dict.fromkeys(accepted))[:count]
        if len(grown) == count:
            break
        n_before, n_met = n_met, len({p for p, _, _ in walks if p >= 0})
        if n_met - n_before < n_round / 8 or goal >= 8 * count:
            ranked = sorted(
                (walk for walk in walks if walk[0] >= 0), key=lambda w: -w[2]
            )
            grown = list(dict.fromkeys(p for p, _, _ in ranked))[:count]
            break
        goal *= 2
    rest = np.setdiff1d(free, grown)
    more = sample_distinct(rest.size, count - len(grown), rng)
    return np.union1d(np.array(grown, dtype=np.int64), rest[more])
