"""Diagnosis of missing values, row by row and pair by pair, from the formulas."""

from collections import Counter

import numpy as np
from scipy import stats


def em_moments(X, n_steps):
    """Return mean and covariance of a normal distribution after steps of EM.

    The textbook's algorithm: expected values and products of every row given its
    observed part, then the moments of these.
    """
    n_rows, n_columns = X.shape
    mean = np.nanmean(X, axis=0)
    covariance = np.diag(np.nanvar(X, axis=0))
    for _ in range(n_steps):
        total = np.zeros(n_columns)
        products = np.zeros((n_columns, n_columns))
        for row in X:
            value, spread = expected_row(row, mean, covariance)
            total += value
            products += np.outer(value, value) + spread
        mean = total / n_rows
        covariance = products / n_rows - np.outer(mean, mean)
    return mean, covariance


def expected_row(row, mean, covariance):
    """Return mean and covariance of a row given its observed part."""
    missing = np.isnan(row)
    seen = ~missing
    value, spread = row.copy(), np.zeros((row.size, row.size))
    if missing.any():
        slopes = covariance[np.ix_(missing, seen)] @ np.linalg.inv(
            covariance[np.ix_(seen, seen)]
        )
        value[missing] = mean[missing] + slopes @ (row[seen] - mean[seen])
        spread[np.ix_(missing, missing)] = (
            covariance[np.ix_(missing, missing)]
            - slopes @ covariance[np.ix_(seen, missing)]
        )
    return value, spread


def patterns(X):
    """Return the number of rows of each pattern, a tuple of booleans."""
    return Counter(tuple(bool(b) for b in np.isnan(row)) for row in X)


def little_statistic(X, mean, covariance):
    """Return Little's statistic with given moments, and its degrees of freedom."""
    statistic, df = 0.0, -X.shape[1]
    for pattern in patterns(X):
        seen = ~np.array(pattern)
        rows = X[(np.isnan(X) == pattern).all(axis=1)][:, seen]
        gap = rows.mean(axis=0) - mean[seen]
        inverse = np.linalg.inv(covariance[np.ix_(seen, seen)])
        statistic += len(rows) * gap @ inverse @ gap
        df += seen.sum()
    return statistic, df


def pairwise_moments(X):
    """Return means over observed values, covariances over pairs of observed values."""
    n_columns = X.shape[1]
    covariance = np.empty((n_columns, n_columns))
    for j in range(n_columns):
        for k in range(n_columns):
            both = ~np.isnan(X[:, j]) & ~np.isnan(X[:, k])
            covariance[j, k] = np.cov(X[both, j], X[both, k])[0, 1]
    return np.nanmean(X, axis=0), covariance


def pairwise_little_p_value(X):
    """Return the p-value of the test that public packages call Little's.

    Its moments are not those of maximum likelihood, which the theory asks for.
    """
    statistic, df = little_statistic(X, *pairwise_moments(X))
    return stats.chi2.sf(statistic, df)


def score_statistic(missing, values):
    """Return Rao's score statistic of a logistic regression of `missing` on `values`.

    It is the score over the root of the information, at a slope of zero.
    """
    known = ~np.isnan(values)
    missing, values = missing[known].astype(float), values[known]
    share = missing.mean()
    score = ((missing - share) * values).sum()
    information = share * (1 - share) * ((values - values.mean()) ** 2).sum()
    return score / np.sqrt(information)
