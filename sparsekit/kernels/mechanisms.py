"""Probabilities of missing cells: scores, their shapes, and calibrated intercepts.

All probabilities are logistic: P = expit(strength * shape(score) + intercept). Scores
are sums over standardised values, ``(x - location) * weight``; a missing value adds
nothing, as if it were the mean.
"""

import numpy as np

from sparsekit.kernels._jit import allocating_kernel, inner_kernel, kernel
from sparsekit.kernels.hashing import mix64, uniform

RIGHT, LEFT, MID, TAIL = 0, 1, 2, 3

PATTERN_SALT = np.uint64(0xD1B54A32D192ED03)  # sets patterns apart from cells

# Beyond this range of scores, exp(-score) would leave the range of doubles.
WIDEST_RANGE = 600.0
PRECISION = 1e-13  # of a mean probability
MAX_STEPS = 200


@kernel
def assign_patterns(keys, n_patterns):
    """Return the pattern of each row, drawn with equal chances, shape (n_rows,)."""
    patterns = np.empty(keys.size, np.int64)
    for i in range(keys.size):
        patterns[i] = int(uniform(mix64(keys[i] ^ PATTERN_SALT), 0) * n_patterns)
    return patterns


@kernel
def update_moments(X, patterns, origin, counts, location, squares):
    """Add a chunk of rows to the moments of the observed values of each column.

    Parameters
    ----------
    X, patterns : the rows, and the pattern of each
    origin : one observed value of each column, NaN before there is one; sums are taken
        from there, so that a constant column has a variance of exactly 0
    counts : observed cells by pattern and column
    location, squares : means, and sums of squared deviations from them
    """
    n_rows, n_columns = X.shape
    before = counts.sum(axis=0)
    for j in range(n_columns):
        i = 0
        while i < n_rows and np.isnan(origin[j]):
            origin[j] = X[i, j]
            i += 1
    sums = np.zeros(n_columns)
    for i in range(n_rows):
        count = counts[patterns[i]]
        for j in range(n_columns):
            observed = X[i, j] == X[i, j]
            count[j] += 1 if observed else 0
            sums[j] += X[i, j] - origin[j] if observed else 0.0
    added = counts.sum(axis=0) - before
    means = origin + sums / np.maximum(added, 1)
    new_squares = np.zeros(n_columns)
    for i in range(n_rows):
        for j in range(n_columns):
            deviation = X[i, j] - means[j]
            new_squares[j] += deviation * deviation if X[i, j] == X[i, j] else 0.0
    for j in range(n_columns):
        if added[j] > 0:
            total = before[j] + added[j]
            gap = means[j] - location[j] if before[j] > 0 else 0.0
            start = location[j] if before[j] > 0 else means[j]
            location[j] = start + gap * (added[j] / total)
            squares[j] += new_squares[j] + gap * gap * (before[j] * (added[j] / total))


@kernel
def pattern_scores(X, patterns, location, weights, scales):
    """Return the score of each row under its pattern, shape (n_rows,).

    The score of pattern k is the sum of the standardised values, weighted by
    ``weights[k]``, divided by ``scales[k]``. Eight sums at once, since one would wait
    for its own last addition.
    """
    n_columns = X.shape[1]
    n_whole = n_columns - n_columns % 8
    scores, sums = np.empty(X.shape[0]), np.empty(8)
    for i in range(X.shape[0]):
        row_weights = weights[patterns[i]]
        sums[:] = 0.0
        for start in range(0, n_whole, 8):
            for lane in range(8):
                j = start + lane
                term = (X[i, j] - location[j]) * row_weights[j]
                sums[lane] += term if X[i, j] == X[i, j] else 0.0
        for j in range(n_whole, n_columns):
            term = (X[i, j] - location[j]) * row_weights[j]
            sums[j - n_whole] += term if X[i, j] == X[i, j] else 0.0
        scores[i] = sums.sum() / scales[patterns[i]]
    return scores


@inner_kernel
def shaped(score, shape):
    """Return what a score counts for: itself, mirrored, or by distance from 0."""
    if shape == RIGHT:
        return score
    if shape == LEFT:
        return -score
    if shape == MID:
        return -abs(score)
    return abs(score)


@kernel
def shaped_scores(scores, shape):
    """Return `shaped` of every element of a vector."""
    result = np.empty(scores.size)
    for i in range(scores.size):
        result[i] = shaped(scores[i], shape)
    return result


@inner_kernel
def cell_score(value, location, own_weight, row_score, shape):
    """Return the shaped score of a cell: of its own value and of its row."""
    own = (value - location) * own_weight if value == value else 0.0
    return shaped(own + row_score, shape)


@inner_kernel
def expit(x):
    return 1.0 / (1.0 + np.exp(-x))


@inner_kernel
def _mean_and_slope(scores, intercept):
    """Return the mean of P = expit(scores + intercept), and of P (1 - P)."""
    total, slope = 0.0, 0.0
    for i in range(scores.size):
        p = expit(scores[i] + intercept)
        total += p
        slope += p * (1.0 - p)
    return total / scores.size, slope / scores.size


@allocating_kernel
def _mean_and_slope_of_factors(factors, factor):
    """Return the same as `_mean_and_slope` without any exp.

    `factors` holds exp(-scores) and `factor` is exp(-intercept). Four sums at once,
    since one would wait for its own last addition.
    """
    totals, slopes = np.zeros(4), np.zeros(4)
    n_whole = factors.size - factors.size % 4
    for i in range(0, n_whole, 4):
        for lane in range(4):
            p = 1.0 / (1.0 + factors[i + lane] * factor)
            totals[lane] += p
            slopes[lane] += p * (1.0 - p)
    for i in range(n_whole, factors.size):
        p = 1.0 / (1.0 + factors[i] * factor)
        totals[0] += p
        slopes[0] += p * (1.0 - p)
    return totals.sum() / factors.size, slopes.sum() / factors.size


@kernel
def solve_intercept(scores, rate):
    """Return b with mean(expit(scores + b)) = rate, to `PRECISION`.

    Newton's method inside a bracket that shrinks with every step, and bisection where
    Newton would leave it. Rates of 0 and 1 give an infinite intercept.
    """
    if rate <= 0.0:
        return -np.inf
    if rate >= 1.0:
        return np.inf
    logit = np.log(rate) - np.log1p(-rate)
    if scores.size == 0:
        return logit
    lower, upper = logit - scores.max(), logit - scores.min()
    centre = scores.mean()
    narrow = upper - lower < WIDEST_RANGE
    factors = np.exp(centre - scores) if narrow else scores
    intercept = min(max(logit - centre, lower), upper)
    for _ in range(MAX_STEPS):
        if narrow:
            mean, slope = _mean_and_slope_of_factors(
                factors, np.exp(-(intercept + centre))
            )
        else:
            mean, slope = _mean_and_slope(scores, intercept)
        excess = mean - rate
        if abs(excess) <= PRECISION * rate:
            break
        if excess > 0.0:
            upper = intercept
        else:
            lower = intercept
        new = intercept - excess / slope if slope > 0.0 else lower
        if not lower < new < upper:
            new = 0.5 * (lower + upper)
        if new == intercept:
            break
        intercept = new
    return intercept


@inner_kernel
def _observed_scores(values, location, own_weight, row_scores, shape, scores):
    """Write the scores of the observed cells of a column; return how many there are."""
    n_observed = 0
    for i in range(values.size):
        if values[i] == values[i]:
            scores[n_observed] = cell_score(
                values[i], location, own_weight, row_scores[i], shape
            )
            n_observed += 1
    return n_observed


@kernel
def solve_columns(block, location, own_weights, row_scores, shape, strength, rates):
    """Return the intercept of every column; row j of `block` holds column j.

    The mean is over the observed cells of the column.
    """
    intercepts = np.empty(block.shape[0])
    scores = np.empty(block.shape[1])
    for j in range(block.shape[0]):
        n_observed = _observed_scores(
            block[j], location[j], own_weights[j], row_scores, shape, scores
        )
        observed = scores[:n_observed]
        observed *= strength
        intercepts[j] = solve_intercept(observed, rates[j])
    return intercepts


@kernel
def row_probabilities(scores, patterns, groups, values, which):
    """Return probabilities that depend on the score of the row, (n_rows, n_columns).

    Column j has the intercept ``values[which[j]]``; few are distinct, so few calls of
    exp are needed. A cell has probability 0 where the group of its column is the
    pattern of its row.
    """
    n_columns = groups.size
    probabilities = np.empty((scores.size, n_columns))
    distinct = np.empty(values.size)
    for i in range(scores.size):
        for k in range(values.size):
            distinct[k] = expit(scores[i] + values[k])
        own = patterns[i]
        if values.size <= 2:  # a choice of two is much faster than a look-up
            first, last = distinct[0], distinct[-1]
            for j in range(n_columns):
                p = last if which[j] else first
                probabilities[i, j] = 0.0 if groups[j] == own else p
        else:
            for j in range(n_columns):
                p = distinct[which[j]]
                probabilities[i, j] = 0.0 if groups[j] == own else p
    return probabilities


@kernel
def cell_probabilities(
    X, location, own_weights, row_scores, shape, strength, intercepts
):
    """Return probabilities that depend on each cell's own value, shape of `X`."""
    probabilities = np.empty(X.shape)
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            score = cell_score(
                X[i, j], location[j], own_weights[j], row_scores[i], shape
            )
            probabilities[i, j] = expit(strength * score + intercepts[j])
    return probabilities


@kernel
def tail_thresholds(block, location, own_weights, shape, at_risk):
    """Return the smallest score at risk in each column, and the share at risk.

    At risk are the `at_risk` highest shaped scores of the observed values of row j of
    `block`, and all that equal the lowest of these.
    """
    thresholds, shares = np.zeros(block.shape[0]), np.ones(block.shape[0])
    scores, of_rows = np.empty(block.shape[1]), np.zeros(block.shape[1])
    for j in range(block.shape[0]):
        n_observed = _observed_scores(
            block[j], location[j], own_weights[j], of_rows, shape, scores
        )
        if n_observed == 0:
            continue
        n_risk = max(1, int(np.ceil(at_risk * n_observed - 1e-9)))
        place = n_observed - n_risk
        thresholds[j] = np.partition(scores[:n_observed], place)[place]
        shares[j] = np.mean(scores[:n_observed] >= thresholds[j])
    return thresholds, shares


@kernel
def tail_probabilities(X, location, own_weights, shape, thresholds, levels):
    """Return ``levels[j]`` for the cells of column j at risk and 0 for the others."""
    probabilities = np.empty(X.shape)
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            score = cell_score(X[i, j], location[j], own_weights[j], 0.0, shape)
            probabilities[i, j] = levels[j] if score >= thresholds[j] else 0.0
    return probabilities


@kernel
def incomplete_rows(X, probabilities, units):
    """Return the probability that each row loses at least one value, shape (n_rows,).

    Columns of one unit share their random number: the unit loses a value if its most
    probable observed cell does.
    """
    n_rows, n_columns = X.shape
    step = 1 if probabilities.shape[0] > 1 else 0
    result = np.empty(n_rows)
    highest = np.empty(n_columns)
    for i in range(n_rows):
        highest[:] = 0.0
        for j in range(n_columns):
            p = probabilities[i * step, j]
            if X[i, j] == X[i, j] and p > highest[units[j]]:
                highest[units[j]] = p
        complete = 1.0
        for unit in range(n_columns):
            complete *= 1.0 - highest[unit]
        result[i] = 1.0 - complete
    return result


@kernel
def order_statistics(X, keys, probabilities, units):
    """Return odds(u) / odds(P) of each cell, shape of `X`.

    It is below 1 exactly where the cell is masked (u < P), but for rounding. Ranking a
    column by it is Pareto sampling. Cells that are missing or have probability 0 get
    infinity.
    """
    step = 1 if probabilities.shape[0] > 1 else 0
    statistics = np.empty(X.shape)
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            p = probabilities[i * step, j]
            if np.isnan(X[i, j]) or p <= 0.0:
                statistics[i, j] = np.inf
            else:
                u = uniform(keys[i], units[j])
                statistics[i, j] = u / (1.0 - u) * ((1.0 - p) / p)
    return statistics
