"""Two models of a study, compared where all else is the same."""

from numbers import Real

import numpy as np
from scipy.special import gammaln
from scipy.stats import wilcoxon

from sparsekit.study.rows._conditions import condition_columns, with_when
from sparsekit.study.rows._models_at_sparsity import pair_models
from sparsekit.study.rows._rows import check_rows
from sparsekit.study.statistics._corrected_ttest import (
    check_confidence,
    has_spread,
    holm,
    judge_differences,
)

OVER = ("seeds", "datasets")
DECIMALS = 12


def compare_models(frame, a, b, *, over, pool_rates, test_size, confidence):
    """Return the table of `StudyResult.compare`, which documents it."""
    import pandas as pd

    check_confidence(confidence)
    check_rows(frame)
    if not isinstance(over, str) or over not in OVER:
        raise ValueError(f"over={over!r} must be one of {', '.join(OVER)}.")
    if over == "datasets" and "dataset" not in frame:
        raise ValueError("over='datasets' needs a study of several datasets.")
    frame = with_when(frame)
    rows = []
    for first, second in pair_models(frame, a, b):
        differences = paired_differences(frame, first, second)
        groups = [*condition_columns(frame), "metric"]
        groups += [] if pool_rates else ["missing_rate"]
        if over == "datasets":
            groups.remove("dataset")
        for values, group in differences.groupby(groups):
            rows.append(
                {
                    **dict(zip(groups, values, strict=True)),
                    "model_a": first.model,
                    "sparsity_a": first.sparsity,
                    "model_b": second.model,
                    "sparsity_b": second.sparsity,
                    **(
                        _over_datasets(group, confidence)
                        if over == "datasets"
                        else _over_seeds(group, test_size, confidence)
                    ),
                }
            )
    if not rows:
        raise ValueError(f"{a!r} and what it is compared with share no fits.")
    table = pd.DataFrame(rows)
    table.insert(table.columns.get_loc("p_value") + 1, "p_holm", holm(table["p_value"]))
    return table


def paired_differences(frame, first, second):
    """Return the rows that both models have, with the ``difference`` of scores.

    Parameters
    ----------
    frame : DataFrame
        With a column ``when``.
    first, second : ModelAtSparsity

    Returns
    -------
    differences : DataFrame
        One row per dataset, mechanism, when, missing rate and seed, and ``ratio``, the
        number of test rows for each training row, if the frame tells.
    """
    keys = [*condition_columns(frame), "missing_rate", "seed", "metric"]
    sizes = [column for column in ("n_train", "n_test") if column in frame]
    rows_a, rows_b = (
        frame[(frame["model"] == t.model) & (frame["sparsity"] == t.sparsity)]
        for t in (first, second)
    )
    merged = rows_a[[*keys, *sizes, "score"]].merge(
        rows_b[[*keys, "score"]], on=keys, suffixes=("", "_b")
    )
    merged["difference"] = merged["score"] - merged["score_b"]
    if len(sizes) == 2:
        merged["ratio"] = merged["n_test"] / merged["n_train"]
    merged = merged.drop(columns=["score", "score_b", *sizes])
    return merged.dropna(subset="difference")


def ratio_of(differences, test_size):
    """Return the number of test rows for each training row."""
    if test_size is not None:
        if not isinstance(test_size, Real) or not 0 <= test_size < 1:
            raise ValueError(f"test_size={test_size!r} must be a share in [0, 1).")
        return test_size / (1 - test_size)
    if "ratio" not in differences or differences["ratio"].isna().any():
        raise ValueError(
            "The frame has no columns n_train and n_test, so that the share of the "
            "rows that were test rows is not known: pass it as test_size=, such as "
            "test_size=1/3, the default of missingness_study."
        )
    return float(differences["ratio"].mean())


def _over_seeds(group, test_size, confidence):
    differences = means_of_complete(group, "seed")
    ratio = ratio_of(group, test_size)
    test = judge_differences(differences, ratio, confidence)
    return _row(differences, test, test.p_value)


def _over_datasets(group, confidence):
    """Compare over datasets, which do not overlap: the ordinary interval holds."""
    differences = means_of_complete(group, "dataset")
    test = judge_differences(differences, 0.0, confidence)
    return _row(differences, test, signed_rank_p_value(differences))


def means_of_complete(group, unit):
    """Return the mean difference of each unit that has all missing rates.

    An interrupted study leaves seeds that lack some of the rates; their means would be
    of other conditions than those of the rest.
    """
    by_rate = group.groupby([unit, "missing_rate"])["difference"].mean()
    by_unit = by_rate.groupby(unit)
    n_rates = by_unit.size()
    means = by_unit.mean()[n_rates == n_rates.max()]
    # A tie stays one: a mean of differences that cancel out is 0 but for rounding.
    return means.round(DECIMALS).to_numpy()


def _row(differences, test, p_value):
    return {
        "n": len(differences),
        "difference": test.difference,
        "low": test.low,
        "high": test.high,
        "p_value": p_value,
        "effect_size": effect_size(differences),
        "superiority": float(np.mean(np.sign(differences) + 1) / 2),
        "wins": int((differences > 0).sum()),
        "ties": int((differences == 0).sum()),
        "losses": int((differences < 0).sum()),
    }


def effect_size(differences):
    """Return Cohen's d_z without its bias in small samples.

    The mean in units of the standard deviation, times Hedges' factor
    G(m/2) / (sqrt(m/2) G((m-1)/2)) with m = n - 1 degrees of freedom and the gamma
    function G, which makes it unbiased for independent normal differences.
    """
    m = len(differences) - 1
    if m < 2:
        return np.nan
    if not has_spread(differences):
        return np.nan if differences.any() else 0.0
    factor = np.exp(gammaln(m / 2) - gammaln((m - 1) / 2)) / np.sqrt(m / 2)
    return float(factor * np.mean(differences) / np.std(differences, ddof=1))


def signed_rank_p_value(differences):
    """Return the p value of Wilcoxon's test, the ranks of zeros split evenly."""
    if len(differences) < 2:
        return np.nan
    if not differences.any():
        return 1.0
    return float(wilcoxon(differences, zero_method="zsplit").pvalue)
