"""How often tests call two equally good models different.

``python -m tests.benchmarks.levels`` prints a table in half a minute. Both tests are at
the level of 5 %, so that 5 % would be right.
"""

import numpy as np
from scipy import stats

from sparsekit.study import corrected_ttest

N_ROWS, N_TEST, LEVEL = 90, 30, 0.05
N_TABLES = 4000


def p_values_of_equal_models(seed, n_tables, n_splits):
    """Return p values, corrected and not, of two models that are equally good.

    The target is the sum of two inputs and noise. One model regresses it on the first
    input, the other on the second: by symmetry none is better. Each table is split
    several times, as a study splits it.
    """
    rng = np.random.default_rng(seed)
    corrected, ordinary = np.empty((2, n_tables))
    for i in range(n_tables):
        X = rng.normal(size=(N_ROWS, 2))
        y = X.sum(axis=1) + rng.normal(size=N_ROWS)
        scores = np.empty((n_splits, 2))
        for j in range(n_splits):
            order = rng.permutation(N_ROWS)
            test, train = order[:N_TEST], order[N_TEST:]
            slope = X[train].T @ y[train] / (X[train] ** 2).sum(axis=0)
            scores[j] = -((y[test, None] - slope * X[test]) ** 2).mean(axis=0)
        a, b = scores.T
        corrected[i] = corrected_ttest(a, b, N_ROWS - N_TEST, N_TEST).p_value
        ordinary[i] = stats.ttest_rel(a, b).pvalue
    return corrected, ordinary


def main():
    """Print the share of tables in which each test finds a difference."""
    print("splits  ordinary  corrected")
    for n_splits in (3, 5, 10, 30):
        p_values = p_values_of_equal_models(0, N_TABLES, n_splits)
        corrected, ordinary = ((p <= LEVEL).mean() for p in p_values)
        print(f"{n_splits:6}  {ordinary:8.1%}  {corrected:9.1%}", flush=True)


if __name__ == "__main__":
    main()
