"""Little's test of missingness completely at random, with moments from EM."""

from typing import NamedTuple

import numpy as np
from scipy import sparse, stats

from sparsekit.missingness.diagnosis._patterns import find_patterns

# Largest number of patterns times columns cubed, the work of a step of EM.
MAX_WORK = 30_000_000
# With a larger share of distinct patterns, next to no variation within patterns is
# left to compare the variation between them with.
MAX_PATTERN_SHARE = 0.9
# In units of standard deviations.
TOLERANCE = 1e-5
MAX_STEPS = 2000
# Keeps the inverses finite while EM closes in on a singular covariance.
RIDGE = 1e-9
# Fraction of a column's variance that other columns leave; below it the column is
# theirs.
MIN_RESIDUAL = 1e-4


class PatternSums(NamedTuple):
    """What the likelihood needs to know of a table, by pattern."""

    observed: np.ndarray
    """Booleans of shape (n_patterns, n_columns)."""
    counts: np.ndarray
    """Number of rows, shape (n_patterns,)."""
    sums: np.ndarray
    """Sums of observed values, zero elsewhere, shape (n_patterns, n_columns)."""
    products: np.ndarray
    """Sums of products, shape (n_patterns, n_columns, n_columns)."""


class LittleTest(NamedTuple):
    """The outcome of Little's test."""

    statistic: float = np.nan
    df: float = np.nan
    p_value: float = np.nan
    p_value_chi2: float = np.nan
    note: str = ""
    """Why there is no outcome, or what was left out."""


def little_test(table, n_patterns):
    """Test whether means differ between patterns by more than chance.

    Parameters
    ----------
    table : IncompleteTable
        Its hidden values are not used.
    n_patterns : int
        Number of distinct patterns in the table.

    Returns
    -------
    LittleTest

    Notes
    -----
    With :math:`\\hat\\mu, \\hat\\Sigma` the maximum likelihood estimates of a normal
    distribution, Little's statistic [1]_ sums over the patterns p

    .. math:: d^2 = \\sum_p n_p (\\bar y_p - \\hat\\mu_p)^\\top
       \\tilde\\Sigma_p^{-1} (\\bar y_p - \\hat\\mu_p), \\qquad
       \\tilde\\Sigma = \\tfrac{n}{n - 1} \\hat\\Sigma,

    and is asymptotically chi-squared with :math:`f = \\sum_p q_p - q` degrees of
    freedom, where pattern p has :math:`q_p` of the q columns. With many small patterns
    that is far too conservative: at the maximum the squared Mahalanobis lengths of all
    rows sum to N, the number of observed values, so :math:`d^2` is bounded by it and
    varies less than chi-squared. Its share of N is what Pillai's trace is in the
    analysis of variance, and the same approximation [2]_ fits, with
    :math:`D = \\tfrac{n}{n - 1} d^2` and :math:`g = N - \\sum_p q_p`:

    .. math:: F = \\frac{D / f}{(N - D) / g} \\sim F(f, g).

    References
    ----------
    .. [1] R. J. A. Little, "A test of missing completely at random for multivariate
       data with missing values", JASA 83(404), 1988.
    .. [2] K. C. S. Pillai, "Some new test criteria in multivariate analysis", Annals of
       Mathematical Statistics 26(1), 1955.
    """
    # First the table as it is: a large one is refused before it is copied.
    refusal = _reason_against(*table.missing.shape, n_patterns)
    if refusal:
        return LittleTest(note=refusal)
    values, kept, note = _usable(table.visible, table.names)
    if not kept.size:
        return LittleTest(note="no column varies")
    while True:
        patterns = find_patterns(np.isnan(values))
        refusal = _reason_against(*values.shape, patterns.counts.size)
        if refusal:
            return LittleTest(note=refusal)
        data = pattern_sums(values, patterns)
        if data.observed.sum() == data.observed.shape[1]:
            return LittleTest(note="no two patterns have a column in common")
        mean, covariance, converged = em_moments(data)
        if not converged:
            return LittleTest(note=f"EM did not converge in {MAX_STEPS} steps")
        redundant = _redundant(covariance)
        if not redundant.any():
            break
        note = _joined_notes(note, "given by the others", kept[redundant])
        values, kept = values[:, ~redundant], kept[~redundant]
        values = values[~np.isnan(values).all(axis=1)]
    return _test_from_moments(data, mean, covariance)._replace(note=note)


def em_moments(data, tolerance=TOLERANCE, max_steps=MAX_STEPS):
    """Return maximum likelihood mean and covariance of a normal distribution.

    EM [1]_ over patterns instead of rows. With :math:`W_p` the inverse of the observed
    block of :math:`\\Sigma`, padded with zeros, :math:`r_p` the sum of the centred
    observed values of the pattern and :math:`D_p` that of their products, a step is

    .. math:: \\mu \\leftarrow \\mu + \\delta, \\quad
       \\delta = \\tfrac1n \\Sigma \\textstyle\\sum_p W_p r_p, \\qquad
       \\Sigma \\leftarrow \\Sigma + \\tfrac1n \\Sigma \\bigl[\\textstyle\\sum_p
       W_p D_p W_p - n_p W_p\\bigr] \\Sigma - \\delta \\delta^\\top .

    After every two steps comes an extrapolation [2]_.

    Parameters
    ----------
    data : PatternSums
        Of columns with a mean of about 0 and a variance of about 1.
    tolerance : float
        Largest change of a moment in the last step of EM.
    max_steps : int

    Returns
    -------
    mean : ndarray of shape (n_columns,)
    covariance : ndarray of shape (n_columns, n_columns)
    converged : bool

    References
    ----------
    .. [1] A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum likelihood from
       incomplete data via the EM algorithm", JRSS B 39(1), 1977.
    .. [2] R. Varadhan and C. Roland, "Simple and globally convergent methods for
       accelerating the convergence of any EM algorithm", Scandinavian Journal of
       Statistics 35(2), 2008 (scheme S3).
    """
    n_columns = data.observed.shape[1]
    # Mean and covariance as the rows of one array, so that a step is one array, too.
    moments = np.vstack([np.zeros(n_columns), np.eye(n_columns)])
    for _ in range(0, max_steps, 2):
        first = _em_step(data, moments)
        second = _em_step(data, moments + first)
        if np.abs(second).max() < tolerance:
            moments = moments + first + second
            return moments[0], moments[1:], True
        moments = _extrapolated(moments, first, second)
    return moments[0], moments[1:], False


def _em_step(data, moments):
    """Return what one step of EM adds to the moments."""
    mean, covariance = moments[0], moments[1:]
    n_rows = data.counts.sum()
    inverses = _padded_inverses(covariance, data.observed)
    sums, products = _centred(data, mean)
    shift = covariance @ np.einsum("pij,pj->i", inverses, sums) / n_rows
    inner = (inverses @ products @ inverses).sum(axis=0)
    inner -= np.tensordot(data.counts, inverses, axes=1)
    change = covariance @ inner @ covariance / n_rows - np.outer(shift, shift)
    return np.vstack([shift, (change + change.T) / 2])


def _extrapolated(moments, first, second):
    """Return moments further on the way that two steps of EM have taken."""
    bend = second - first
    plain = moments + first + second
    # The variance in any direction may shrink to a half at a time, but not to nothing.
    floor = np.linalg.eigvalsh(plain[1:])[0] / 2
    length = np.linalg.norm(first) / max(np.linalg.norm(bend), np.finfo(float).tiny)
    while length > 1.01:
        candidate = moments + 2 * length * first + length**2 * bend
        if np.linalg.eigvalsh(candidate[1:])[0] > floor:
            return candidate
        length = (length + 1) / 2
    return plain


def pattern_sums(values, patterns):
    """Return the `PatternSums` of values, NaN where missing, with such patterns."""
    observed = ~np.isnan(values[patterns.first_rows])
    filled = np.where(np.isnan(values), 0, values)
    filled = filled[np.argsort(patterns.codes, kind="stable")]
    groups = np.split(filled, np.cumsum(patterns.counts)[:-1])
    sums = np.array([group.sum(axis=0) for group in groups])
    products = np.array([group.T @ group for group in groups])
    return PatternSums(observed, patterns.counts, sums, products)


def _usable(values, names):
    """Leave out what says nothing: return standardised values, columns, and a note."""
    values = values.toarray() if sparse.issparse(values) else values
    values = values.astype(np.float64)
    known = ~np.isnan(values)
    n_known = known.sum(axis=0)
    mean = np.where(known, values, 0).sum(axis=0) / np.maximum(n_known, 1)
    centred = np.where(known, values - mean, 0)
    spread = np.sqrt((centred**2).sum(axis=0) / np.maximum(n_known, 1))
    varied = spread > 1e-12 * np.abs(mean)
    names = np.array([str(name) for name in names], dtype=object)
    note = _joined_notes("", "constant", names[~varied])
    values = (values[:, varied] - mean[varied]) / spread[varied]
    return values[known[:, varied].any(axis=1)], names[varied], note


def _joined_notes(note, what, names):
    if not names.size:
        return note
    shown = ", ".join(names[:5]) + (", ..." if names.size > 5 else "")
    return f"{note}; " * bool(note) + f"left out as {what}: {shown}"


def _reason_against(n_rows, n_columns, n_patterns):
    """Return why the test should not be used on such a table, or an empty string."""
    if n_patterns < 2:
        return "there is one pattern only, so there is nothing to compare"
    if n_columns >= n_rows:
        return f"{n_columns} columns are too many for {n_rows} rows"
    if n_patterns > MAX_PATTERN_SHARE * n_rows:
        return (
            f"nearly every row has a pattern of its own: {n_patterns:,} patterns in "
            f"{n_rows:,} rows"
        )
    if n_patterns * n_columns**3 > MAX_WORK:
        return f"{n_patterns:,} patterns of {n_columns} columns would take too long"
    return ""


def _padded_inverses(covariance, observed):
    """Return the inverse of each pattern's block, with zeros for the other columns."""
    n_columns = len(covariance)
    block = observed[:, :, np.newaxis] & observed[:, np.newaxis, :]
    padded = np.where(block, covariance, 0.0)
    diagonal = np.arange(n_columns)
    padded[:, diagonal, diagonal] += np.where(observed, RIDGE, 1.0)
    return np.where(block, np.linalg.inv(padded), 0.0)


def _centred(data, mean):
    """Return sums and sums of products of the observed values minus the mean."""
    means = np.where(data.observed, mean, 0.0)
    cross = data.sums[:, :, np.newaxis] * means[:, np.newaxis, :]
    squares = means[:, :, np.newaxis] * means[:, np.newaxis, :]
    products = data.products - cross - cross.transpose(0, 2, 1)
    products += data.counts[:, np.newaxis, np.newaxis] * squares
    return data.sums - data.counts[:, np.newaxis] * means, products


def _redundant(covariance):
    """Return which columns the columns before them determine, or nearly so."""
    lower = np.linalg.cholesky(covariance + RIDGE * np.eye(len(covariance)))
    return lower.diagonal() ** 2 < MIN_RESIDUAL


def _test_from_moments(data, mean, covariance):
    sums, _ = _centred(data, mean)
    inverses = _padded_inverses(covariance, data.observed)
    lengths = np.einsum("pi,pij,pj->p", sums, inverses, sums)
    n_rows, n_observed = data.counts.sum(), data.counts @ data.observed.sum(axis=1)
    between = (lengths / data.counts).sum()
    within = max(n_observed - between, 0.0)
    df = data.observed.sum() - data.observed.shape[1]
    df_within = n_observed - data.observed.sum()
    statistic = between * (n_rows - 1) / n_rows
    with np.errstate(divide="ignore"):
        ratio = np.divide(between / df, within / df_within)
    return LittleTest(
        statistic=float(statistic),
        df=float(df),
        p_value=float(stats.f.sf(ratio, df, df_within)),
        p_value_chi2=float(stats.chi2.sf(statistic, df)),
    )
