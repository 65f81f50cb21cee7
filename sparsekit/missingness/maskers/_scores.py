"""Standardised scores of rows, and the intercepts that give each column its rate."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sparsekit._utils._arrays import read_only
from sparsekit._utils._magnitudes import (
    LARGEST,
    TINIEST,
    in_units,
    refuse_not_finite,
    units_of,
)
from sparsekit.kernels import mechanisms
from sparsekit.missingness.maskers._cells import column_blocks, row_chunks

SHAPES = {
    "right": mechanisms.RIGHT,
    "left": mechanisms.LEFT,
    "mid": mechanisms.MID,
    "tail": mechanisms.TAIL,
}

# A column whose standard deviation is below this share of its mean is constant.
CONSTANT = 1e-13

N_KNOTS = 1001  # of the distribution of a score


class Moments(NamedTuple):
    """What is known of the observed values of each column."""

    counts: np.ndarray  # (n_patterns, n_features), observed cells by pattern of the row
    location: np.ndarray  # mean, 0 where nothing is observed
    inverse_scale: np.ndarray  # 0 where the column is constant or not observed


def column_moments(X, patterns, n_patterns):
    """Return the `Moments` of a canonical matrix."""
    counts = np.zeros((n_patterns, X.shape[1]), dtype=np.int64)
    location, squares = np.zeros(X.shape[1]), np.zeros(X.shape[1])
    origin = np.full(X.shape[1], np.nan)
    units = units_of(X)
    for rows, values in row_chunks(X):
        values = read_only(in_units(values, units))
        mechanisms.update_moments(
            values, patterns[rows], origin, counts, location, squares
        )
    scale = np.sqrt(squares / np.maximum(counts.sum(axis=0), 1))
    varies = scale > CONSTANT * np.abs(location)
    with np.errstate(over="ignore"):
        scale = np.minimum(scale * units, LARGEST)
    usable = varies & (scale >= TINIEST)
    location = np.where(usable, location * units, 0.0)
    inverse_scale = np.where(usable, 1 / np.where(usable, scale, 1), 0.0)
    return Moments(counts, location, inverse_scale)


class RowScores(NamedTuple):
    """Weighted sums of standardised columns, one sum for each pattern of rows."""

    location: np.ndarray  # (n_features,)
    weights: np.ndarray  # (n_patterns, n_features)
    scales: np.ndarray  # (n_patterns,), what the sums are divided by

    @classmethod
    def of_groups(cls, groups, location, weights, scales):
        """Return the sums over groups of columns; group -1 takes no part."""
        by_pattern = np.zeros((scales.size, groups.size))
        columns = np.flatnonzero(groups >= 0)
        by_pattern[groups[columns], columns] = weights[columns]
        return cls(*map(read_only, (location, by_pattern, scales)))

    def of_rows(self, values, patterns):
        """Return the score of each of the dense rows `values` under its pattern.

        Raises
        ------
        ValueError
            If a score is beyond all numbers; it says in which row.
        """
        scores = mechanisms.pattern_scores(values, patterns, *self)
        refuse_not_finite(scores[:, np.newaxis], "The score of the values")
        return scores


def learn_row_scores(X, patterns, groups, location, weights):
    """Learn scales that give the scores unit variance over the rows of each pattern.

    Parameters
    ----------
    X : canonical ndarray or CSR matrix of shape (n_samples, n_features)
        Rows, NaN where a value is missing.
    patterns : ndarray of int, shape (n_samples,)
    groups : ndarray of int, shape (n_features,)
        Pattern in which each column belongs to the score; -1 for none.
    location : ndarray of shape (n_features,)
    weights : ndarray of shape (n_features,)

    Returns
    -------
    scales : ndarray of shape (n_patterns,)
    scores : ndarray of shape (n_samples,)
        Score of each row under its pattern.
    """
    scales = np.ones(groups.max() + 1)
    raw = RowScores.of_groups(groups, location, weights, scales)
    sums = np.empty(X.shape[0])
    for rows, values in row_chunks(X):
        sums[rows] = raw.of_rows(values, patterns[rows])
    for k in range(scales.size):
        spread = sums[patterns == k].std() if (patterns == k).any() else 0.0
        scales[k] = spread if spread > CONSTANT else 1.0
    return scales, sums / scales[patterns]


def score_knots(scores, patterns, n_patterns):
    """Return quantiles of the scores of each pattern, (n_patterns, N_KNOTS), sorted."""
    knots = np.zeros((n_patterns, N_KNOTS))
    for k in np.unique(patterns):
        knots[k] = np.quantile(scores[patterns == k], np.linspace(0, 1, N_KNOTS))
    return knots


def shaped_scores(scores, shape):
    """Return what scores count for with a shape, by its name."""
    return mechanisms.shaped_scores(read_only(scores), SHAPES[shape])


def linked_scores(scores, patterns, link, knots):
    """Return the shaped scores as they enter the logistic function.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Shaped scores.
    patterns : ndarray of int, shape (n_samples,)
    link : {"logistic", "rank", "groups"}
        The scores themselves; the normal scores of their ranks in the fit data; or 1
        above the median of the fit data and 0 elsewhere.
    knots : ndarray of shape (n_patterns, N_KNOTS)
        Quantiles of the shaped scores of the fit data.
    """
    if link == "logistic":
        return scores
    if link == "groups":
        median, highest = knots[patterns, N_KNOTS // 2], knots[patterns, -1]
        # A median that nothing exceeds, as of mostly true truth values, is above.
        above = np.where(median < highest, scores > median, scores >= median)
        return above.astype(np.float64)
    ranks = np.empty_like(scores)
    grid = (np.arange(N_KNOTS) + 0.5) / N_KNOTS
    for k in range(len(knots)):
        chosen = patterns == k
        # The middle of the knots that equal a score: tied scores share their rank.
        low = np.searchsorted(knots[k], scores[chosen], side="left")
        high = np.searchsorted(knots[k], scores[chosen], side="right")
        middle = np.clip((low + high - 1) / 2, 0, N_KNOTS - 1)
        ranks[chosen] = ndtri(np.interp(middle, np.arange(N_KNOTS), grid))
    return ranks


def solve_row_intercepts(X, scores, patterns, groups, moments, rates):
    """Return the intercept of each column whose probabilities follow row scores.

    Parameters
    ----------
    X : canonical ndarray or CSR matrix of shape (n_samples, n_features)
        Rows, NaN where a value is missing.
    scores : ndarray of shape (n_samples,)
    patterns : ndarray of int, shape (n_samples,)
    groups : ndarray of int, shape (n_features,)
        Columns are never masked in rows whose pattern is their group.
    moments : Moments
    rates : ndarray of shape (n_features,)
        Mean probability over the observed cells of each column.

    Returns
    -------
    intercepts : ndarray of shape (n_features,)
    """
    n_observed = moments.counts.sum(axis=0)
    share = maskable_share(moments.counts, groups)
    rates = np.divide(rates, share, out=np.zeros_like(rates), where=share > 0)
    intercepts = np.full(X.shape[1], -np.inf)
    whole = np.flatnonzero((n_observed == X.shape[0]) & (rates > 0))
    alike = np.unique(np.column_stack([groups[whole], rates[whole]]), axis=0)
    for group, rate in alike:
        eligible = read_only(scores[patterns != group])
        chosen = whole[(groups[whole] == group) & (rates[whole] == rate)]
        intercepts[chosen] = mechanisms.solve_intercept(eligible, rate)
    incomplete = np.flatnonzero((n_observed < X.shape[0]) & (rates > 0))
    for chosen, values in column_blocks(X, incomplete):
        for j, column in zip(chosen, values, strict=True):
            eligible = (patterns != groups[j]) & ~np.isnan(column)
            intercepts[j] = mechanisms.solve_intercept(
                read_only(scores[eligible]), rates[j]
            )
    return intercepts


def maskable_share(counts, groups):
    """Return the fraction of the observed cells of each column that may be masked."""
    n_observed = counts.sum(axis=0)
    columns = np.arange(groups.size)
    own = np.where(groups >= 0, counts[groups, columns], 0)
    return np.where(n_observed > 0, (n_observed - own) / np.maximum(n_observed, 1), 1.0)


def row_probabilities(groups, intercepts):
    """Return a function of the linked scores and the patterns of rows.

    It gives the probabilities of their cells, of shape (n_rows, n_features).
    """
    values, which = np.unique(intercepts, return_inverse=True)
    groups = read_only(groups)

    def probabilities(scores, patterns):
        return mechanisms.row_probabilities(
            read_only(scores), patterns, groups, values, which
        )

    return probabilities
