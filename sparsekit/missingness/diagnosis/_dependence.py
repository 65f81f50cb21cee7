"""Score tests of what goes missing together, and of what it depends on.

For two columns j and k of a table, take the rows in which the value of k is known. The
score test of a logistic regression of "j is missing" on that value, with an intercept
under the null hypothesis, is

    z = sum_i (R_ij - p) x_ik / sqrt(n p (1 - p)),

with x standardised and p the fraction of rows with j missing, both over those n rows.
As x sums to zero, the numerators of all pairs are one matrix product, R' x.
"""

import numpy as np
from scipy import sparse, special, stats
from sklearn.preprocessing import StandardScaler

# Fewer rows on either side say too little about a tail.
MIN_GROUP = 5
# Rows per block: counts in float32 stay exact, and temporary arrays small.
BLOCK = 4096


def p_values(z, skewness):
    """Return two-sided p-values of score statistics with a given skewness.

    Multiple testing looks far into the tail, where a statistic made of few missing
    cells and skewed values is not normal: normal p-values would be too small there by
    orders of magnitude. Both the normal distribution and Pearson's type III, a gamma
    distribution with the skewness of the permutation distribution, are evaluated, and
    the larger p-value counts.
    """
    size = np.abs(z)
    tail = special.ndtr(-size)
    skewness = skewness * np.sign(z)
    skewed = skewness > 1e-3
    shape = 4 / skewness[skewed] ** 2
    gamma_tail = special.gammaincc(shape, shape + size[skewed] * np.sqrt(shape))
    tail[skewed] = np.maximum(tail[skewed], gamma_tail)
    return np.minimum(2 * tail, 1)


def adjusted(p):
    """Return p-values adjusted by Benjamini and Hochberg's method."""
    return stats.false_discovery_control(p) if p.size else p


def binary_skewness(share):
    """Return the skewness of a variable that is 1 with probability `share`, else 0."""
    return (1 - 2 * share) / np.sqrt(share * (1 - share))


def cross_counts(left, right):
    """Return in how many rows both of two boolean columns are true, for all pairs."""
    if sparse.issparse(left):
        return (left.astype(float).T @ right.astype(float)).toarray()
    total = np.zeros((left.shape[1], right.shape[1]))
    for start in range(0, left.shape[0], BLOCK):
        a = left[start : start + BLOCK].astype(np.float32)
        # With one array on both sides numpy does half of the work.
        b = a if right is left else right[start : start + BLOCK].astype(np.float32)
        total += a.T @ b
    return total


def co_missing_table(missing, incomplete, names):
    """Return a row per pair of the columns `incomplete`: how often both are missing."""
    import pandas as pd

    n_rows = missing.shape[0]
    n_missing = np.asarray(missing.sum(axis=0), dtype=float)
    first, second = np.triu_indices(incomplete.size, k=1)
    part = missing[:, incomplete]
    n_both = cross_counts(part, part)[first, second]
    first, second = incomplete[first], incomplete[second]
    shares = n_missing / n_rows
    expected = n_rows * shares[first] * shares[second]
    spread = np.sqrt(shares * (1 - shares))
    phi = (n_both - expected) / (n_rows * spread[first] * spread[second])
    enough = np.minimum(n_missing, n_rows - n_missing) >= MIN_GROUP
    tested = enough[first] & enough[second]
    p = np.full(phi.size, np.nan)
    skewness = binary_skewness(shares[first]) * binary_skewness(shares[second])
    p[tested] = p_values(
        np.sqrt(n_rows) * phi[tested], skewness[tested] / np.sqrt(n_rows)
    )
    p_adjusted = p.copy()
    p_adjusted[tested] = adjusted(p[tested])
    order = np.argsort(-np.abs(phi), kind="stable")
    labels = _as_labels(names)
    return pd.DataFrame(
        {
            "first": labels[first[order]],
            "second": labels[second[order]],
            "n_both": n_both[order].astype(np.int64),
            "expected": expected[order],
            "phi": phi[order],
            "p_value": p[order],
            "p_adjusted": p_adjusted[order],
        }
    )


def dependence_table(table, incomplete):
    """Return one row per pair: does the missingness of a column depend on a value?

    The pairs are those of a column of `incomplete` with any column whose values vary.
    """
    import pandas as pd

    missing, values = table.missing, table.values
    given, n_known, mean, spread = _moments(table)
    n_missing = np.asarray(missing.sum(axis=0), dtype=float)[incomplete]
    in_group = n_missing[:, np.newaxis] - _overlaps(table, incomplete, given)
    scores, cubes = _score_sums(
        values, missing, incomplete, given, mean, spread, in_group
    )

    tested = np.minimum(in_group, n_known - in_group) >= MIN_GROUP
    rows, columns = np.nonzero(tested)
    in_group, n_known = in_group[tested], n_known[columns]
    share = in_group / n_known
    z = scores[tested] / np.sqrt(n_known * share * (1 - share))
    value_skewness = cubes[columns] / n_known
    p = p_values(z, binary_skewness(share) * value_skewness / np.sqrt(n_known))
    order = np.lexsort((-np.abs(z), p))
    labels = _as_labels(table.names)
    return (
        pd.DataFrame(
            {
                "missing": labels[incomplete[rows]],
                "depends_on": labels[given[columns]],
                "n_missing": in_group.astype(np.int64),
                "n_observed": (n_known - in_group).astype(np.int64),
                "difference": z / np.sqrt(n_known * share * (1 - share)),
                "z": z,
                "p_value": p,
                "p_adjusted": adjusted(p),
            }
        )
        .iloc[order]
        .reset_index(drop=True)
    )


def incomplete_columns(missing):
    """Return the columns that have both missing and other cells."""
    n_missing = np.asarray(missing.sum(axis=0))
    return np.flatnonzero((n_missing > 0) & (n_missing < missing.shape[0]))


def _moments(table):
    """Return the columns whose known values vary, with their counts and moments."""
    n_known = table.values.shape[0] - np.asarray(table.unknown.sum(axis=0))
    given = np.flatnonzero(n_known)
    if not given.size:
        return given, n_known[given].astype(float), np.zeros(0), np.zeros(0)
    values = table.values if given.size == n_known.size else table.values[:, given]
    scaler = StandardScaler(with_mean=not sparse.issparse(values)).fit(values)
    spread = np.sqrt(scaler.var_)
    # Rounding leaves a constant column a spread that is not quite zero.
    varied = spread > 1e-12 * np.abs(scaler.mean_)
    given = given[varied]
    n_known = n_known[given].astype(float)
    return given, n_known, scaler.mean_[varied], spread[varied]


def _overlaps(table, incomplete, given):
    """Return in how many rows j is missing and k not known, for j, k in the columns."""
    if not incomplete.size:
        return np.zeros((0, given.size))
    partly = incomplete_columns(table.unknown)
    part = table.missing[:, incomplete]
    # Without a mask the two matrices are one, and its product half the work.
    same = table.unknown is table.missing
    counts = np.zeros((incomplete.size, table.missing.shape[1]))
    counts[:, partly] = cross_counts(part, part if same else table.unknown[:, partly])
    return counts[:, given]


def _score_sums(values, missing, incomplete, given, mean, spread, in_group):
    """Return the numerators of the scores, and the sums of cubes of x."""
    if sparse.issparse(values):
        return _sparse_score_sums(
            values, missing, incomplete, given, mean, spread, in_group
        )
    scores = np.zeros((incomplete.size, given.size))
    cubes = np.zeros(given.size)
    for start in range(0, values.shape[0], BLOCK):
        rows = slice(start, start + BLOCK)
        x = (values[rows][:, given] - mean) / spread
        np.nan_to_num(x, copy=False)
        scores += missing[rows][:, incomplete].T.astype(x.dtype) @ x
        cubes += np.einsum("ik,ik,ik->k", x, x, x)
    return scores, cubes


def _sparse_score_sums(values, missing, incomplete, given, mean, spread, in_group):
    part = values[:, given].astype(np.float64)
    known = ~np.isnan(part.data)
    part.data[~known] = 0
    scores = (missing[:, incomplete].astype(float).T @ part).toarray()
    # Zeros that are not stored lie at -mean after centring.
    shift = mean / spread
    scores = scores / spread - in_group * shift
    columns = part.indices
    cubes = np.bincount(
        columns,
        weights=np.where(known, part.data / spread[columns] - shift[columns], 0) ** 3,
        minlength=given.size,
    )
    n_implicit = part.shape[0] - np.bincount(columns, minlength=given.size)
    return scores, cubes - n_implicit * shift**3


def _as_labels(names):
    labels = np.empty(len(names), dtype=object)
    labels[:] = names
    return labels
