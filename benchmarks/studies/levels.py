"""How often tests call equally good models different.

``python -m benchmarks.studies.levels`` prints two tables in half a minute. All tests
are at the level of 5 %, so that 5 % would be right.
"""

import numpy as np
from scipy import stats

from sparsekit.study import corrected_ttest
from sparsekit.study.statistics._ranks import friedman, iman_davenport, nemenyi

N_ROWS, N_TEST, LEVEL = 90, 30, 0.05
N_TABLES = 4000


def scores_of_equal_models(rng, n_splits):
    """Return the scores, of shape (n_splits, 2), of equally good models on one table.

    The target is the sum of two inputs and noise. One model regresses it on the first
    input, the other on the second: by symmetry none is better. The table is split
    several times, as a study splits it.
    """
    X = rng.normal(size=(N_ROWS, 2))
    y = X.sum(axis=1) + rng.normal(size=N_ROWS)
    scores = np.empty((n_splits, 2))
    for j in range(n_splits):
        order = rng.permutation(N_ROWS)
        test, train = order[:N_TEST], order[N_TEST:]
        slope = X[train].T @ y[train] / (X[train] ** 2).sum(axis=0)
        scores[j] = -((y[test, None] - slope * X[test]) ** 2).mean(axis=0)
    return scores


def p_values_of_equal_models(seed, n_tables, n_splits):
    """Return p values, corrected and not, of two models that are equally good."""
    rng = np.random.default_rng(seed)
    corrected, ordinary = np.empty((2, n_tables))
    for i in range(n_tables):
        a, b = scores_of_equal_models(rng, n_splits).T
        corrected[i] = corrected_ttest(a, b, N_ROWS - N_TEST, N_TEST).p_value
        ordinary[i] = stats.ttest_rel(a, b).pvalue
    return corrected, ordinary


def levels_of_rank_tests(n_datasets, n_models, seed=0):
    """Return the levels of Friedman's, Iman and Davenport's and Nemenyi's test."""
    rng = np.random.default_rng(seed)
    ranks = np.tile(np.arange(1.0, n_models + 1), (N_TABLES, n_datasets, 1))
    ranks = rng.permuted(ranks, axis=2)
    critical_difference = nemenyi(n_datasets, n_models, 1 - LEVEL)
    by_chi2, by_F = np.empty((2, N_TABLES))
    for i, of_study in enumerate(ranks):
        statistic, by_chi2[i] = friedman(of_study)
        by_F[i] = iman_davenport(statistic, n_datasets, n_models)[1]
    widest = np.ptp(ranks.mean(axis=1), axis=1)
    rejected = by_chi2 <= LEVEL, by_F <= LEVEL, widest > critical_difference
    return [of_test.mean() for of_test in rejected]


def main():
    """Print the share of studies in which each test finds a difference."""
    print("splits  ordinary  corrected")
    for n_splits in (3, 5, 10, 30):
        p_values = p_values_of_equal_models(0, N_TABLES, n_splits)
        corrected, ordinary = ((p <= LEVEL).mean() for p in p_values)
        print(f"{n_splits:6}  {ordinary:8.1%}  {corrected:9.1%}", flush=True)
    print("\ntables  models  Friedman  Iman-Davenport  Nemenyi")
    for n_datasets in (3, 4, 6, 12):
        for n_models in (3, 5, 10):
            chi2, F, nemenyis = levels_of_rank_tests(n_datasets, n_models)
            line = (
                f"{n_datasets:6}  {n_models:6}  {chi2:8.1%}  {F:14.1%}  {nemenyis:7.1%}"
            )
            print(line, flush=True)


if __name__ == "__main__":
    main()
