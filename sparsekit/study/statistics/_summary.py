"""Means, intervals over seeds, and paired differences."""

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import t as student_t

from sparsekit.study.rows._conditions import condition_columns, with_when
from sparsekit.study.rows._rows import check_columns
from sparsekit.study.statistics._corrected_ttest import ROUNDING, check_confidence

if TYPE_CHECKING:
    from pandas import DataFrame

# A baseline is compared with every other model on the same table, under the same
# mechanism, in the same rows, at the same missing rate and seed; the static one at the
# same sparsity as well, the dense one has none.
BASELINES = {"static": ["sparsity"], "dense": []}


def summarize(frame, *, pool_rates=False, confidence=0.95) -> "DataFrame":
    """Summarize a study over its seeds.

    Parameters
    ----------
    frame : DataFrame
        What `missingness_study` returns.
    pool_rates : bool, default=False
        Whether to average over the missing rates, within each seed, first. The
        intervals are still over seeds: the rates of a seed share the split and the
        missing cells and are not independent.
    confidence : float in (0, 1), default=0.95
        Coverage of the intervals.

    Returns
    -------
    summary : DataFrame
        One row per dataset (if the frame has such a column), mechanism, when, missing
        rate (unless pooled), model and sparsity:

        - ``n_seeds``; ``score``, the mean over seeds, and its interval ``score_low``,
          ``score_high``; the means ``n_connections`` and ``fit_time`` (seconds);
        - ``minus_static``, ``minus_static_low``, ``minus_static_high``: the score minus
          that of the model "static" of the same sparsity, paired by seed, and its
          interval, corrected for splits that overlap if `frame` has the columns
          ``n_train`` and ``n_test``;
        - ``minus_dense``, ``minus_dense_low``, ``minus_dense_high``: the same for the
          model "dense", which is compared with every sparsity.

        NaN where there is nothing to compare with. Intervals of one seed are NaN, and
        so are those of values that do not vary over the seeds.

    Raises
    ------
    TypeError
        If `frame` is no DataFrame.
    ValueError
        If it lacks a column, or `confidence` is not in (0, 1).

    See Also
    --------
    missingness_study : Makes the frame.
    StudyResult.compare : Differences of any two models, with tests.

    Notes
    -----
    With mean m, standard deviation s (n - 1 degrees of freedom) and n seeds, the
    interval of a score is :math:`m \\pm t_{n-1} s / \\sqrt{n}`, where t is the quantile
    of Student's distribution. It is about other splits of the same rows.

    For a difference, m and s are those of the differences within each seed. Whether one
    model is better than another is a question beyond these rows, and the splits of the
    seeds share most of them. The interval of a difference is therefore that of Nadeau
    and Bengio, see `corrected_ttest`: its half width has the factor
    :math:`\\sqrt{1 / n + n_{test} / n_{train}}` instead of :math:`1 / \\sqrt{n}`.
    Without ``n_train`` and ``n_test`` it stays too narrow.

    All intervals hold for each row by itself; of a table of many rows some miss by
    chance.

    Examples
    --------
    >>> import pandas as pd
    >>> from sparsekit.study import summarize
    >>> frame = pd.DataFrame({
    ...     "mechanism": "mcar", "missing_rate": 0.0, "sparsity": 0.9,
    ...     "model": ["static", "static", "set", "set"], "seed": [0, 1, 0, 1],
    ...     "metric": "accuracy", "score": [0.90, 0.94, 0.92, 0.95],
    ...     "n_connections": 100, "fit_time": 0.1,
    ... })
    >>> summary = summarize(frame)
    >>> summary[["model", "score", "minus_static"]].round(3)
        model  score  minus_static
    0     set  0.935         0.015
    1  static  0.920           NaN
    """
    check_columns(frame)
    check_confidence(confidence)
    frame = with_when(frame)
    where = condition_columns(frame) + ([] if pool_rates else ["missing_rate"])
    groups = [*where, "model", "sparsity"]
    frame = frame.assign(ratio=_split_ratio(frame))
    values = ["score", "n_connections", "fit_time", "ratio"]
    # Without pooling every group holds one row, and the mean leaves it as it is.
    frame = frame.groupby([*groups, "seed", "metric"], as_index=False)[values].mean()
    grouped = frame.groupby([*groups, "metric"])
    summary = grouped["seed"].nunique().rename("n_seeds").to_frame()
    summary = summary.join(_interval(grouped["score"], "score", confidence))
    summary = summary.join(grouped[["n_connections", "fit_time"]].mean())
    for baseline, same in BASELINES.items():
        differences = _differences(frame, baseline, [*where, *same, "seed"])
        by_group = differences.groupby([*groups, "metric"])
        summary = summary.join(
            _interval(
                by_group["difference"],
                f"minus_{baseline}",
                confidence,
                by_group["ratio"].mean(),
            )
        )
    return summary.reset_index()


def _interval(grouped, name, confidence, ratio=0.0):
    """Return mean, low and high of each group; NaN bounds where nothing varies.

    `ratio` is that of `judge_differences`, which does the same for one group.
    """
    import pandas as pd

    count, mean = grouped.count(), grouped.mean()
    lowest, highest = grouped.min(), grouped.max()
    quantile = student_t.ppf((1 + confidence) / 2, np.maximum(count - 1, 1))
    half = quantile * grouped.std() * np.sqrt(1 / count + ratio)
    half = half.where(highest - lowest > ROUNDING * np.maximum(highest, -lowest))
    return pd.DataFrame(
        {name: mean, f"{name}_low": mean - half, f"{name}_high": mean + half}
    )


def _differences(frame, baseline, paired_by):
    """Return the rows of the other models that have a partner, with the difference."""
    is_baseline = frame["model"] == baseline
    partner = frame.loc[is_baseline, [*paired_by, "score"]]
    merged = frame[~is_baseline].merge(partner, on=paired_by, suffixes=("", "_base"))
    return merged.assign(difference=merged["score"] - merged["score_base"])


def _split_ratio(frame):
    """Return the test rows for each training row; 0 where they are not known."""
    if "n_train" not in frame or "n_test" not in frame:
        return 0.0
    return (frame["n_test"] / frame["n_train"]).fillna(0.0)
