"""Comparisons of models, number by number from their formulas."""

import itertools
import math

from scipy.integrate import quad


def student_density(t, df):
    """Return the density of Student's distribution."""
    constant = math.gamma((df + 1) / 2) / (math.sqrt(df * math.pi) * math.gamma(df / 2))
    return constant * (1 + t * t / df) ** (-(df + 1) / 2)


def corrected_ttest(a, b, n_train, n_test):
    """Return (difference, statistic, p value), Nadeau and Bengio (2003)."""
    J = len(a)
    differences = [x - y for x, y in zip(a, b, strict=True)]
    mean = sum(differences) / J
    variance = sum((d - mean) ** 2 for d in differences) / (J - 1)
    statistic = mean / math.sqrt((1 / J + n_test / n_train) * variance)
    inside, _ = quad(student_density, -abs(statistic), abs(statistic), args=(J - 1,))
    return mean, statistic, 1 - inside


def holm(p_values):
    """Return Holm's corrected p values: the least level at which each is rejected."""
    m = len(p_values)
    corrected = [None] * m
    largest = 0.0
    for step in range(m):
        left = [i for i in range(m) if corrected[i] is None]
        i = min(left, key=lambda i: p_values[i])
        largest = max(largest, min(1.0, (m - step) * p_values[i]))
        corrected[i] = largest
    return corrected


def paired_scores(rows, a, b):
    """Return {(dataset, mechanism, when): {seed: [(score of a, score of b), ...]}}.

    Parameters
    ----------
    rows : list of dict
    a, b : tuple of (model, sparsity)
    """
    pairs = {}
    for x in rows:
        for y in rows:
            same = all(
                x[key] == y[key]
                for key in ("dataset", "mechanism", "when", "missing_rate", "seed")
            )
            models = (x["model"], x["sparsity"]), (y["model"], y["sparsity"])
            if same and models == (a, b):
                condition = x["dataset"], x["mechanism"], x["when"]
                by_seed = pairs.setdefault(condition, {})
                by_seed.setdefault(x["seed"], []).append((x["score"], y["score"]))
    return pairs


def effect_size(differences):
    """Return Cohen's d_z times Hedges' factor, from gamma functions."""
    n = len(differences)
    mean = sum(differences) / n
    deviation = math.sqrt(sum((d - mean) ** 2 for d in differences) / (n - 1))
    m = n - 1
    factor = math.gamma(m / 2) / (math.sqrt(m / 2) * math.gamma((m - 1) / 2))
    return factor * mean / deviation


def friedman(ranks):
    """Return (chi squared corrected for ties, F of Iman and Davenport).

    The formulas of Demsar (2006), section 3.2.2, with the usual divisor
    1 - sum (t^3 - t) / (N k (k^2 - 1)) for groups of t ties; `ranks` has a list for
    each dataset.
    """
    N, k = len(ranks), len(ranks[0])
    means = [sum(row[j] for row in ranks) / N for j in range(k)]
    chi2 = 12 * N / (k * (k + 1))
    chi2 *= sum(R**2 for R in means) - k * (k + 1) ** 2 / 4
    ties = [row.count(rank) for row in ranks for rank in set(row)]
    chi2 /= 1 - sum(t**3 - t for t in ties) / (N * k * (k**2 - 1))
    return chi2, (N - 1) * chi2 / (N * (k - 1) - chi2)


def ranks_of(scores):
    """Return the rank of each score, 1 the highest, ties at the mean of their ranks."""
    return [
        1 + sum(t > s for t in scores) + (sum(t == s for t in scores) - 1) / 2
        for s in scores
    ]


def dataset_ranks(rows, treatments):
    """Return {dataset: ranks of the treatments}.

    In each condition, missing rate and seed the treatments are ranked; the means of
    these ranks are ranked again, so that each dataset has the ranks 1, ..., k.
    """
    keys = ("dataset", "mechanism", "when", "missing_rate", "seed")
    cells = {}
    for row in rows:
        scores = cells.setdefault(tuple(row[key] for key in keys), {})
        scores[row["model"], row["sparsity"]] = row["score"]
    by_dataset = {}
    for cell, scores in cells.items():
        ranks = ranks_of([scores[t] for t in treatments])
        by_dataset.setdefault(cell[0], []).append(ranks)
    return {
        dataset: ranks_of([-sum(column) for column in zip(*ranks, strict=True)])
        for dataset, ranks in by_dataset.items()
    }


def friedman_exact(ranks):
    """Return the p value of Friedman's test over all orders of all datasets' ranks."""

    def spread(rows):
        return sum(sum(column) ** 2 for column in zip(*rows, strict=True))

    found = spread(ranks)
    orders = [list(itertools.permutations(row)) for row in ranks]
    spreads = [spread(rows) for rows in itertools.product(*orders)]
    return sum(s >= found for s in spreads) / len(spreads)
