"""Ranks of models over several tables, and the tests that belong to them."""

import numpy as np
from scipy.stats import chi2, rankdata, studentized_range
from scipy.stats import f as fisher_f

from sparsekit.study.rows._conditions import condition_columns, with_when
from sparsekit.study.rows._models_at_sparsity import choose_models
from sparsekit.study.rows._rows import check_rows
from sparsekit.study.statistics._corrected_ttest import check_confidence

# Scores and mean ranks that differ by rounding only are ties.
DECIMALS = 12
N_PERMUTATIONS = 9999
# Ranks that are permuted at a time, which bounds the memory.
CHUNK = 1_000_000


class ModelRanks:
    """Average ranks of models over tables, with tests of their differences.

    Made by `StudyResult.ranks`, which says how.

    Parameters
    ----------
    by_dataset : DataFrame of shape (n_datasets, n_models)
        Rank of each model on each dataset, 1 the best, ties at the mean of their ranks.
    confidence : float in (0, 1), default=0.95
        One minus the level of `critical_difference`.

    Attributes
    ----------
    table : DataFrame
        One row per model, the best first: ``model`` (its label), ``rank``, the mean
        over the datasets, and ``wins``, the number of datasets on which no other model
        has a better rank.
    n_datasets : int
        Number of datasets.
    friedman_statistic, friedman_p_value : float
        Friedman's chi squared, corrected for ties.
    iman_davenport_statistic, iman_davenport_p_value : float
        The same as an F test, which is less conservative.
    permutation_p_value : float
        P value of the same by permutations of the ranks of each dataset, which holds
        for any number of datasets; at least 0.0001.
    critical_difference : float
        By how much two average ranks must differ for Nemenyi's test to call the models
        different. NaN, as all tests are, where there is one dataset or one model.
    groups : list of list of str
        Labels of the models that the test cannot tell apart: the largest sets within
        one critical difference, of at least two models each.

    Examples
    --------
    >>> import pandas as pd
    >>> from sparsekit.study import ModelRanks
    >>> ranks = pd.DataFrame({"set": [1.0, 1.0, 2.0], "static": [2.0, 2.0, 1.0]})
    >>> ModelRanks(ranks).table
        model      rank  wins
    0     set  1.333333     2
    1  static  1.666667     1
    """

    def __init__(self, by_dataset, confidence=0.95) -> None:
        import pandas as pd

        self.by_dataset = by_dataset
        self.confidence = confidence
        self.n_datasets = len(by_dataset)
        ranks = by_dataset.to_numpy()
        best = ranks == ranks.min(axis=1, keepdims=True)
        table = pd.DataFrame(
            {
                "model": by_dataset.columns,
                "rank": ranks.mean(axis=0),
                "wins": best.sum(axis=0),
            }
        )
        self.table = table.sort_values("rank", kind="stable", ignore_index=True)
        self.friedman_statistic, self.friedman_p_value = friedman(ranks)
        self.iman_davenport_statistic, self.iman_davenport_p_value = iman_davenport(
            self.friedman_statistic, *ranks.shape
        )
        self.permutation_p_value = permutation_p_value(ranks)
        n_datasets, n_models = ranks.shape
        self.critical_difference = nemenyi(n_datasets, n_models, confidence)
        self.groups = _groups(self.table, self.critical_difference)

    def __repr__(self):
        n = self.n_datasets
        head = f"Average ranks over {n} dataset{'s' if n > 1 else ''}"
        table = self.table.to_string(index=False, float_format="{:.2f}".format)
        return f"{head}\n{table}\n{self._tests()}"

    def _repr_html_(self):
        table = self.table.to_html(index=False, float_format="{:.2f}".format)
        return f"{table}\n<p>{self._tests()}</p>"

    def _tests(self):
        if np.isnan(self.critical_difference):
            return "No test: one needs several datasets, and several models."
        return (
            f"p = {self.friedman_p_value:.2g} (Friedman), "
            f"{self.iman_davenport_p_value:.2g} (Iman and Davenport), "
            f"{self.permutation_p_value:.2g} (permutations); critical difference "
            f"{self.critical_difference:.2f} ({100 * (1 - self.confidence):.3g} %)"
        )


def rank_models(frame, models, confidence):
    """Return the `ModelRanks` of `StudyResult.ranks`, which documents it."""
    import pandas as pd

    check_confidence(confidence)
    check_rows(frame)
    frame = with_when(frame)
    if "dataset" not in frame:
        frame = frame.assign(dataset="")
    compared = choose_models(frame, models)
    cells = [*condition_columns(frame), "missing_rate", "seed"]
    scores = frame.pivot(index=cells, columns=["model", "sparsity"], values="score")
    # A cell that lacks a model, in a study that was interrupted, ranks nothing.
    scores = scores[compared].dropna()
    if scores.empty:
        raise ValueError(
            "No dataset has a missing rate and a seed for which all of the models were "
            "fitted; choose some of them with models=."
        )
    in_cells = pd.DataFrame(
        rankdata(-scores.round(DECIMALS), axis=1), index=scores.index
    )
    means = in_cells.groupby("dataset", sort=False).mean().round(DECIMALS)
    ranks = rankdata(means, axis=1)
    labels = [t.label for t in compared]
    return ModelRanks(pd.DataFrame(ranks, means.index, labels), confidence)


def friedman(ranks):
    """Return Friedman's chi squared with its p value.

    With the ranks r of N datasets (rows) and k models (columns) and their column sums
    R, this is (k - 1) sum_j (R_j - N (k + 1) / 2)^2 / (sum r^2 - N k (k + 1)^2 / 4),
    which without ties is the formula in Demsar's section 3.2.2.
    """
    n, k = ranks.shape
    if n < 2 or k < 2:
        return np.nan, np.nan
    between = ((ranks.sum(axis=0) - n * (k + 1) / 2) ** 2).sum()
    total = (ranks**2).sum() - n * k * (k + 1) ** 2 / 4
    # Where all models tie on every dataset nothing speaks for a difference.
    statistic = (k - 1) * between / total if total > 0 else 0.0
    return float(statistic), float(chi2.sf(statistic, k - 1))


def iman_davenport(statistic, n, k):
    """Return the F statistic made of Friedman's, with its p value."""
    if np.isnan(statistic):
        return np.nan, np.nan
    rest = round(n * (k - 1) - statistic, DECIMALS)
    if rest <= 0:  # every dataset ranks the models in the same way
        return np.inf, 0.0
    statistic = (n - 1) * statistic / rest
    return float(statistic), float(fisher_f.sf(statistic, k - 1, (k - 1) * (n - 1)))


def permutation_p_value(ranks):
    """Return the p value of Friedman's statistic among permuted ranks.

    If no model differs from another, all orders of the ranks of a dataset are equally
    likely, and the statistic of the data is one among those of permuted ranks. Which
    are drawn is always the same.
    """
    n, k = ranks.shape
    if n < 2 or k < 2:
        return np.nan
    rng = np.random.default_rng(0)
    # All else in the statistic is the same for all permutations.
    found = (ranks.sum(axis=0) ** 2).sum()
    n_at_least = 0
    n_left = N_PERMUTATIONS
    while n_left > 0:
        n_drawn = min(n_left, max(CHUNK // ranks.size, 1))
        permuted = rng.permuted(np.broadcast_to(ranks, (n_drawn, n, k)), axis=2)
        sums = permuted.sum(axis=1)
        n_at_least += np.count_nonzero((sums**2).sum(axis=1) >= found)
        n_left -= n_drawn
    return (1 + n_at_least) / (1 + N_PERMUTATIONS)


def nemenyi(n, k, confidence):
    """Return the critical difference of the average ranks of k models on n datasets."""
    if n < 2 or k < 2:
        return np.nan
    q = studentized_range.ppf(confidence, k, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(k * (k + 1) / (6 * n)))


def _groups(table, critical_difference):
    """Return the largest runs of models within one critical difference."""
    ranks, labels = table["rank"].to_numpy(), list(table["model"])
    if np.isnan(critical_difference):
        return []
    groups, last_end = [], 0
    for start in range(len(ranks)):
        within = ranks <= ranks[start] + critical_difference
        end = int(within.sum())
        if end > last_end and end - start > 1:
            groups.append(labels[start:end])
            last_end = end
    return groups
