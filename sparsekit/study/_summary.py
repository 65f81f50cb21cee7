"""Means, intervals over seeds, and paired differences."""

import numpy as np
from scipy.stats import t as student_t

from sparsekit.study._conditions import condition_columns, with_when
from sparsekit.study._frame import check_confidence, check_frame

# A baseline is compared with every other model on the same table, under the same
# mechanism, in the same rows, at the same missing rate and seed; the static one at the
# same sparsity as well, the dense one has none.
BASELINES = {"static": ["sparsity"], "dense": []}


def summarize(frame, *, pool_rates=False, confidence=0.95):
    """Summarize a study over its seeds.

    Parameters
    ----------
    frame : DataFrame
        What `missingness_study` returns.
    pool_rates : bool, default=False
        Whether to average over the missing rates, within each seed, first. The
        intervals are still over seeds: the rates of a seed share split and holes and
        are not independent.
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
          that of the model "static" of the same sparsity, paired by seed;
        - ``minus_dense``, ``minus_dense_low``, ``minus_dense_high``: the same for the
          model "dense", which is compared with every sparsity.

        NaN where there is nothing to compare with; intervals of one seed are NaN.

    Raises
    ------
    ValueError
        If `confidence` is not in (0, 1), or the rows are not those of a study.

    See Also
    --------
    missingness_study : Makes the frame.
    StudyResult.compare : Differences of any two models, with tests.

    Notes
    -----
    With mean m, standard deviation s (n - 1 degrees of freedom) and n seeds, an
    interval is :math:`m \\pm t_{n-1} s / \\sqrt{n}`, where t is the quantile of
    Student's distribution. For differences, m and s are those of the differences within
    each seed. The intervals hold for each row by itself; over a table of many rows
    some will miss by chance. They are about other splits of the same table: for
    conclusions beyond it, `StudyResult.compare` allows for the overlap of the splits.

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
    check_frame(frame)
    check_confidence(confidence)
    frame = with_when(frame)
    where = condition_columns(frame) + ([] if pool_rates else ["missing_rate"])
    groups = [*where, "model", "sparsity"]
    values = ["score", "n_connections", "fit_time"]
    # Without pooling every group holds one row, and the mean leaves it as it is.
    frame = frame.groupby([*groups, "seed", "metric"], as_index=False)[values].mean()
    grouped = frame.groupby([*groups, "metric"])
    summary = grouped["seed"].nunique().rename("n_seeds").to_frame()
    summary = summary.join(_interval(grouped["score"], "score", confidence))
    summary = summary.join(grouped[["n_connections", "fit_time"]].mean())
    for baseline, same in BASELINES.items():
        differences = _differences(frame, baseline, [*where, *same, "seed"])
        name = f"minus_{baseline}"
        by_group = differences.groupby([*groups, "metric"])[name]
        summary = summary.join(_interval(by_group, name, confidence))
    return summary.reset_index()


def _interval(grouped, name, confidence):
    """Return mean, low and high of each group, NaN bounds for groups of one."""
    import pandas as pd

    count, mean = grouped.count(), grouped.mean()
    quantile = student_t.ppf((1 + confidence) / 2, np.maximum(count - 1, 1))
    half = quantile * grouped.std() / np.sqrt(count)
    return pd.DataFrame(
        {name: mean, f"{name}_low": mean - half, f"{name}_high": mean + half}
    )


def _differences(frame, baseline, paired_by):
    """Return the rows of the other models that have a partner, with the difference."""
    is_baseline = frame["model"] == baseline
    partner = frame.loc[is_baseline, [*paired_by, "score"]]
    merged = frame[~is_baseline].merge(partner, on=paired_by, suffixes=("", "_base"))
    merged[f"minus_{baseline}"] = merged["score"] - merged["score_base"]
    return merged
