"""Diagnosis of missing values: how many, which together, and what they depend on."""

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from sparsekit.missingness.diagnosis._dependence import (
    co_missing_table,
    dependence_table,
    incomplete_columns,
)
from sparsekit.missingness.diagnosis._input import incomplete_table
from sparsekit.missingness.diagnosis._little import little_test
from sparsekit.missingness.diagnosis._patterns import find_patterns, pattern_table
from sparsekit.missingness.diagnosis._text import as_html, as_text

if TYPE_CHECKING:
    from pandas import DataFrame

# Tables of pairs beyond this would take gigabytes.
MAX_PAIRS = 1_000_000


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis:
    """What `diagnose` finds out; all tables are pandas DataFrames.

    Attributes
    ----------
    columns : DataFrame of shape (n_columns, 3)
        One row per column of X: `n_missing`, `n_observed`, `missing_rate`.
    rows : DataFrame of shape (n_rows, 3)
        One row per row of X, with its index: `n_missing`, `missing_rate`, and
        `pattern`, the place of its pattern among all, 0 for the most frequent.
    patterns : DataFrame of bool, shape (min(n_patterns, max_patterns), n_columns)
        The most frequent patterns, True where a column is missing. The levels of the
        index are `n_rows`, how often there is such a row, and `n_missing`.
    co_missing : DataFrame
        One row per pair of columns with missing values, the strongest first: `first`,
        `second`, `n_both` (rows in which both are missing), `expected` (their number if
        the two were independent), `phi` (correlation of the two masks), `p_value` and
        `p_adjusted`.
    dependence : DataFrame
        One row per score test, the smallest p-value first. `missing` is the column
        whose missingness is explained, `depends_on` the one whose values explain it,
        `n_missing` and `n_observed` the rows with the former missing and not missing,
        among those in which the value of the latter is known. `difference` is the mean
        of the value in the first group minus that in the second, in standard
        deviations; `z` is the score statistic, with `p_value` and `p_adjusted`.
    mcar_test : DataFrame of shape (2, 5)
        Tests of the hypothesis that all is missing completely at random, "little" and
        "max_score": `statistic`, `df`, `p_value`, `p_value_chi2` and `note`, which says
        why there is no p-value, or what was left out.
    n_patterns : int
        Number of distinct patterns.
    missing_rate : float
        Fraction of the cells that are missing.
    notes : tuple of str
        What was not done, and why.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.missingness import diagnose
    >>> X = np.random.default_rng(0).normal(size=(100, 3))
    >>> X[X[:, 0] > 0.5, 1:] = np.nan
    >>> diagnosis = diagnose(X)
    >>> diagnosis.columns["n_missing"].tolist()
    [0, 29, 29]
    """

    columns: "DataFrame"
    rows: "DataFrame"
    patterns: "DataFrame"
    co_missing: "DataFrame"
    dependence: "DataFrame"
    mcar_test: "DataFrame"
    n_patterns: int
    missing_rate: float
    notes: tuple[str, ...] = ()

    def __repr__(self):
        return as_text(self)

    def _repr_html_(self):
        return as_html(self)


def diagnose(X: Any, mask: Any = None, *, max_patterns: int = 100) -> Diagnosis:
    """Describe the missing values of a table, and test what they depend on.

    Parameters
    ----------
    X : array-like, DataFrame or sparse matrix of shape (n_rows, n_columns)
        Numbers, NaN where a value is missing. In a sparse matrix a stored NaN is
        missing and an implicit zero is the value zero.
    mask : array-like, DataFrame or sparse matrix of bool, shape (n_rows, n_columns), \
            default=None
        True where a value is missing although `X` holds it, as after an experiment with
        a masker. The score tests then use the hidden values as well, and so see what no
        analyst of the incomplete table could: missingness that depends on the missing
        value itself. Little's test does not use them.
    max_patterns : int, default=100
        Number of patterns to list. All are counted.

    Returns
    -------
    diagnosis : Diagnosis
        Tables by name; printed, it is a summary of them.

    Raises
    ------
    ValueError
        If `X` or `mask` does not fit the description.

    See Also
    --------
    MissingnessDisplay : Draws the patterns.
    MCARMasker : Makes values missing, by a known mechanism.

    Notes
    -----
    **Score tests.** For each column with missing values and each with observed ones,
    the Rao score test [1]_ of a logistic regression of the first one's missingness on
    the other one's values: with :math:`R_{ij} = 1` where cell (i, j) is missing,

    .. math:: z_{jk} = \\frac{\\sum_i (R_{ij} - p_j) x_{ik}}{\\sqrt{n p_j (1 - p_j)}}

    over the n rows in which column k is known, where x is standardised and :math:`p_j`
    is the fraction of missing cells. Its p-value is that of the normal distribution or
    of Pearson's type III distribution with the skewness of the permutation
    distribution, whichever is larger. Pairs with fewer than five rows on either side
    are not tested. Adjusted p-values control the false discovery rate [2]_. One matrix
    product computes all statistics: O(n_rows * n_columns**2).

    **Tests of MCAR.** "little" is Little's test [3]_ with moments from EM [4]_. It is
    for numeric columns without heavy tails, few enough that rows share their patterns.
    `p_value` comes from an F distribution, as for Pillai's trace in the analysis of
    variance. Little's own reference, `p_value_chi2`, agrees for long tables and is far
    too large where there are many patterns. "max_score" is the smallest p-value of the
    score tests times their number, whatever the number of columns. With a mask it is
    about the hidden values too, and so may reject data in which the observed values
    alone show nothing.

    Above 1,000,000 pairs of columns the two tables of pairs stay empty, and `notes`
    says so.

    References
    ----------
    .. [1] C. R. Rao, "Large sample tests of statistical hypotheses concerning several
       parameters with applications to problems of estimation", Mathematical Proceedings
       of the Cambridge Philosophical Society 44(1), 1948.
    .. [2] Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B
       57(1), 1995.
    .. [3] R. J. A. Little, "A test of missing completely at random for multivariate
       data with missing values", JASA 83(404), 1988.
    .. [4] A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum likelihood from
       incomplete data via the EM algorithm", JRSS B 39(1), 1977.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.missingness import diagnose
    >>> X = np.random.default_rng(0).normal(size=(500, 3))
    >>> X[X[:, 0] > 0.5, 1] = np.nan
    >>> diagnosis = diagnose(X)
    >>> diagnosis.columns["n_missing"].tolist()
    [0, 128, 0]
    >>> diagnosis.dependence.loc[0, ["missing", "depends_on"]].tolist()
    ['x1', 'x0']
    >>> bool(diagnosis.mcar_test.loc["little", "p_value"] < 0.001)
    True
    """
    if not isinstance(max_patterns, Integral) or max_patterns < 1:
        raise ValueError(
            f"max_patterns must be a positive integer; got {max_patterns!r}."
        )
    table = incomplete_table(X, mask)
    patterns = find_patterns(table.missing)
    incomplete = incomplete_columns(table.missing)
    notes = []
    n_pairs = incomplete.size * len(table.names)
    if n_pairs > MAX_PAIRS:
        notes.append(
            f"dependence and co-missingness are left out: {n_pairs:,} pairs of columns "
            f"are more than {MAX_PAIRS:,}"
        )
        incomplete = incomplete[:0]
    dependence = dependence_table(table, incomplete)
    columns, rows = _rate_tables(table, patterns)
    little = little_test(table, patterns.counts.size)
    return Diagnosis(
        columns=columns,
        rows=rows,
        patterns=pattern_table(table.missing, patterns, table.names, max_patterns),
        co_missing=co_missing_table(table.missing, incomplete, table.names),
        dependence=dependence,
        mcar_test=_mcar_table(little, dependence),
        n_patterns=patterns.counts.size,
        missing_rate=float(columns["n_missing"].sum() / np.prod(table.missing.shape)),
        notes=tuple(notes),
    )


def _rate_tables(table, patterns):
    """Return how many values are missing, by column and by row."""
    import pandas as pd

    n_rows, n_columns = table.missing.shape
    by_column = np.asarray(table.missing.sum(axis=0)).astype(np.int64)
    by_row = np.asarray(table.missing.sum(axis=1)).astype(np.int64)
    columns = pd.DataFrame(
        {
            "n_missing": by_column,
            "n_observed": n_rows - by_column,
            "missing_rate": by_column / n_rows,
        },
        index=pd.Index(table.names, dtype=object, name="column"),
    )
    rows = pd.DataFrame(
        {
            "n_missing": by_row,
            "missing_rate": by_row / n_columns,
            "pattern": patterns.codes,
        },
        index=table.row_labels,
    )
    return columns, rows


def _mcar_table(little, dependence):
    """Return the outcomes of both tests of MCAR."""
    import pandas as pd

    scores = {"statistic": np.nan, "p_value": np.nan, "note": "no pair can be tested"}
    if len(dependence):
        best = dependence.iloc[0]
        scores = {
            "statistic": abs(best["z"]),
            # Bonferroni's inequality holds however the tests depend on each other.
            "p_value": min(1.0, len(dependence) * best["p_value"]),
            "note": "",
        }
    return pd.DataFrame([little._asdict(), scores], index=["little", "max_score"])
