"""Tests of paired scores of splits that share rows, and of several of them at once."""

from numbers import Real
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit
from sklearn.utils import check_array, check_consistent_length

# Differences this much closer together than to 0 differ by rounding only.
ROUNDING = 1e-12


class CorrectedTTest(NamedTuple):
    """Result of `corrected_ttest`."""

    difference: float
    low: float
    high: float
    statistic: float
    df: int
    p_value: float


def corrected_ttest(
    scores_a, scores_b, n_train, n_test, *, confidence=0.95
) -> CorrectedTTest:
    """Compare two models on the same splits of the same table.

    The training rows of different splits overlap, so their scores are not independent,
    and an ordinary paired t test finds differences where there are none. The corrected
    resampled t test of Nadeau and Bengio allows for that.

    Parameters
    ----------
    scores_a, scores_b : array-like of shape (n_splits,)
        Scores of the two models on the test rows of each split, in the same order; at
        least two. What `sklearn.model_selection.cross_validate` returns as
        ``test_score``, or the ``split*_test_score`` of two candidates of a grid search.
    n_train, n_test : float
        Numbers of training and test rows of a split, or their shares: only their ratio
        counts. For k folds that is ``k - 1`` to ``1``, repeated or not.
    confidence : float in (0, 1), default=0.95
        Coverage of the interval.

    Returns
    -------
    result : CorrectedTTest
        Named tuple of

        - ``difference``, the mean of `scores_a` minus `scores_b`, and its interval
          ``low``, ``high``;
        - ``statistic``, ``df`` and ``p_value`` of the test that the expected difference
          is 0, two-sided. Where all splits differ by one and the same amount there is
          no spread to judge by: NaN, but a p value of 1 if that amount is 0.

    Raises
    ------
    ValueError
        If the scores are not finite, not of the same splits, or fewer than two; if
        `n_train` or `n_test` is not positive.

    See Also
    --------
    StudyResult.compare : Compares the models of a study.
    holm : Corrects the p values of several comparisons.

    Notes
    -----
    With the mean m and the variance s² (J - 1 degrees of freedom) of the differences
    of J splits,

    .. math:: t = m / \\sqrt{(1 / J + n_{test} / n_{train}) s^2}

    is compared with Student's distribution with J - 1 degrees of freedom [1]_. This is
    exact for normal differences any two of which have the correlation
    n_test / (n_train + n_test), and an approximation otherwise: what the correlation is
    depends on the models and no estimate of it from one table is unbiased. That it
    also serves for repeated folds is an observation of [2]_. More splits make the
    interval no narrower than n_test / n_train allows; more rows do.

    References
    ----------
    .. [1] C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine
       Learning 52 (2003), 239-281.
    .. [2] R. Bouckaert and E. Frank, "Evaluating the replicability of significance
       tests for comparing learning algorithms", PAKDD 2004, 3-12.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from sparsekit.study import corrected_ttest
    >>> X, y = load_wine(return_X_y=True)
    >>> tree = cross_val_score(DecisionTreeClassifier(random_state=0), X, y, cv=5)
    >>> none = cross_val_score(DummyClassifier(), X, y, cv=5)
    >>> result = corrected_ttest(tree, none, n_train=4, n_test=1)
    >>> round(result.difference, 2), result.p_value < 0.01
    (0.49, True)
    """
    check_confidence(confidence)
    for name, n_rows in (("n_train", n_train), ("n_test", n_test)):
        if not isinstance(n_rows, int | float | np.number) or not 0 < n_rows < np.inf:
            raise ValueError(f"{name}={n_rows!r} must be a positive number.")
    scores = [
        check_array(s, ensure_2d=False, dtype=np.float64, input_name=name)
        for s, name in ((scores_a, "scores_a"), (scores_b, "scores_b"))
    ]
    check_consistent_length(*scores)
    if scores[0].ndim != 1 or scores[1].ndim != 1 or len(scores[0]) < 2:
        raise ValueError("One score for each of at least two splits is needed.")
    return judge_differences(scores[0] - scores[1], n_test / n_train, confidence)


def judge_differences(differences, ratio, confidence):
    """Return the `CorrectedTTest` of differences of splits; NaN where one is too few.

    Parameters
    ----------
    differences : ndarray of shape (n_splits,)
    ratio : float
        Test rows for each training row; 0 is the ordinary t test.
    confidence : float
    """
    n, mean = len(differences), float(np.mean(differences))
    df = n - 1
    if n < 2:
        return CorrectedTTest(mean, np.nan, np.nan, np.nan, df, np.nan)
    if not has_spread(differences):
        same = not differences.any()
        p_value = 1.0 if same else np.nan
        return CorrectedTTest(mean, np.nan, np.nan, np.nan, df, p_value)
    error = np.sqrt((1 / n + ratio) * np.var(differences, ddof=1))
    half = float(stdtrit(df, (1 + confidence) / 2) * error)
    statistic = float(mean / error)
    p_value = float(2 * stdtr(df, -abs(statistic)))
    return CorrectedTTest(mean, mean - half, mean + half, statistic, df, p_value)


def check_confidence(confidence):
    """Raise ValueError unless `confidence` can be the coverage of an interval."""
    if not isinstance(confidence, Real) or not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence!r} must be in (0, 1).")


def has_spread(differences):
    """Return whether differences vary by more than rounding."""
    return np.ptp(differences) > ROUNDING * np.abs(differences).max()


def holm(p_values) -> np.ndarray:
    """Correct the p values of several comparisons by the method of Holm.

    If each comparison with a corrected p value of at most 5 % is called a difference,
    the chance that any of these calls is false is at most 5 %, however the comparisons
    depend on each other.

    Parameters
    ----------
    p_values : array-like of shape (n_comparisons,)
        NaN stands for a comparison that was not made, and is not counted.

    Returns
    -------
    corrected : ndarray of shape (n_comparisons,)
        In the order of `p_values`; at least as large as these.

    Raises
    ------
    ValueError
        If a p value is outside [0, 1].

    Notes
    -----
    With the p values in ascending order, the corrected i-th of m is
    :math:`\\max_{j \\le i} \\min(1, (m - j + 1) p_j)`; see [1]_.

    References
    ----------
    .. [1] S. Holm, "A simple sequentially rejective multiple test procedure",
       Scandinavian Journal of Statistics 6 (1979), 65-70.

    Examples
    --------
    >>> from sparsekit.study import holm
    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p_values = np.array(p_values, dtype=np.float64, ndmin=1)
    if p_values.ndim > 1:
        raise ValueError(
            f"p_values must have one dimension, got shape {p_values.shape}."
        )
    if ((p_values < 0) | (p_values > 1)).any():
        raise ValueError("p_values must be in [0, 1].")
    order = np.argsort(p_values)[: np.count_nonzero(~np.isnan(p_values))]
    factors = np.arange(len(order), 0, -1)
    steps = np.minimum(1, factors * p_values[order])
    p_values[order] = np.maximum.accumulate(steps)
    return p_values
