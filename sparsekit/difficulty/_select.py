"""Which rows are selected, given how hard each of them is."""

import numpy as np

SELECTION_STRATEGIES = ("stratified", "hardest", "easiest")
N_STRATA = 50


def select(scores, keep_fraction, strategy, drop_hardest, rng):
    """Return the selected rows, in ascending order.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Large for hard rows; rows of NaN are not selected.
    keep_fraction : float
        Fraction of all rows.
    strategy : str
    drop_hardest : float
        Fraction of all rows.
    rng : RandomState
        Breaks ties, and draws from the strata.
    """
    known = np.flatnonzero(~np.isnan(scores))
    if not known.size:
        raise ValueError("no row has a score; did training diverge?")
    # Equal scores stand in a random order.
    known = known[rng.permutation(known.size)]
    ranked = known[np.argsort(scores[known], kind="stable")]
    n_dropped = min(round(drop_hardest * scores.size), ranked.size - 1)
    ranked = ranked[: ranked.size - n_dropped]
    n_kept = min(max(1, round(keep_fraction * scores.size)), ranked.size)
    if strategy == "hardest":
        chosen = ranked[ranked.size - n_kept :]
    elif strategy == "easiest":
        chosen = ranked[:n_kept]
    else:
        chosen = _stratified(ranked, scores[ranked], n_kept, rng)
    return np.sort(chosen)


def _stratified(rows, scores, n_kept, rng):
    """Draw evenly from ranges of the score; small ranges give what they have."""
    edges = np.linspace(scores[0], scores[-1], N_STRATA + 1)
    stratum = np.searchsorted(edges[1:-1], scores, side="right")
    strata = [rows[stratum == number] for number in np.unique(stratum)]
    chosen = []
    for number, members in enumerate(sorted(strata, key=len)):
        n_here = min(members.size, n_kept // (len(strata) - number))
        chosen.append(members[rng.permutation(members.size)[:n_here]])
        n_kept -= n_here
    return np.concatenate(chosen)
