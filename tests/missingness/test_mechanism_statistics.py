"""Statistical proof that masks follow their probabilities, and nothing else.

Seeds are fixed, and thresholds belong to false-alarm probabilities of 1e-6 or less per
test. Each kind of test is shown to reject a generator that is deliberately wrong.
"""

import numpy as np
import pytest
from scipy import special, stats
from sklearn.base import clone

from sparsekit.missingness import LabelMasker, MARMasker, MCARMasker, MNARMasker
from tests.missingness.mechanism_cases import correlated_normal, residuals

FALSE_ALARM = 1e-6
RATE = 0.3

MAR = [
    MARMasker(drivers=[0, 1], strength=2),
    MARMasker(drivers=[0, 1], strength=2, link="rank", shape="left"),
    MARMasker(drivers=[0, 1], strength=2, link="groups"),
    MARMasker(strength=2, n_patterns=3),
]
MNAR = [
    MNARMasker(strength=2),
    MNARMasker(strength=2, shape="left"),
    MNARMasker(kind="quantile"),
    MNARMasker(strength=2, kind="logistic"),
]
NOT_MONOTONE = [
    MARMasker(strength=2, shape="tail"),
    MNARMasker(strength=2, shape="mid"),
    MNARMasker(kind="latent", shape="tail", strength=3),
]
CELLWISE = [MCARMasker(), *MAR, *MNAR, *NOT_MONOTONE]


def rows():
    return correlated_normal(4000)


def fitted(masker, X):
    return clone(masker).set_params(missing_rate=RATE, random_state=0).fit(X)


def largest_allowed(n_tests):
    return stats.norm.isf(FALSE_ALARM / (2 * n_tests))


def two_sided_chi2(statistic, df):
    """Return a p-value that is small for too much and for too little variation."""
    return 2 * min(stats.chi2.sf(statistic, df), stats.chi2.cdf(statistic, df))


def residual_scores(mask, P, features):
    """Return score statistics of the mask given its probabilities, each N(0, 1).

    D*_jk = sum_i (R_ij - P_ij) x_ik / sqrt(sum_i P_ij (1 - P_ij) x_ik^2)
    """
    variance = (P * (1 - P)).T @ features**2
    scores = (mask - P).T @ features / np.sqrt(np.maximum(variance, 1e-300))
    return scores[variance > 0]


def dependence_on_what_is_its_own(mask, X):
    """Return the score of each mask column on what only that column knows.

    Under MAR with linear-Gaussian columns a column's mask is independent of its
    residual on all other columns, each is N(0, 1); under MNAR it is not.
    """
    own = residuals(X)
    p = mask.mean(axis=0)
    scores = ((mask - p) * own).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return scores / np.sqrt(len(X) * p * (1 - p))


def count_p_values(mask, P):
    """Return p-values of the counts in all, by column and by row."""
    variance = P * (1 - P)
    total = (mask.sum() - P.sum()) / np.sqrt(variance.sum())
    result = {"all": 2 * stats.norm.sf(abs(total))}
    for name, axis in (("columns", 0), ("rows", 1)):
        spread = variance.sum(axis=axis)
        kept = spread > 0.05
        squares = (mask - P).sum(axis=axis)[kept] ** 2 / spread[kept]
        result[name] = two_sided_chi2(squares.sum(), kept.sum())
    return result


def pair_scores(mask, P):
    """Return the scores of co-missingness of all pairs of columns, each N(0, 1)."""
    rest, variance = mask - P, P * (1 - P)
    upper = np.triu_indices(P.shape[1], k=1)
    norms = (variance.T @ variance)[upper]
    return (rest.T @ rest)[upper][norms > 0] / np.sqrt(norms[norms > 0])


# Generators that are wrong on purpose: each has the claimed rate.


def mcar_posing_as(masker, X):
    P = masker.propensity(X)
    return np.random.default_rng(0).random(X.shape) < P.mean(axis=0)


def mar_posing_as_mnar(X):
    score = np.roll(X, 1, axis=1)
    P = special.expit(2 * score / score.std() - 1.3)
    return np.random.default_rng(0).random(X.shape) < P


def mnar_posing_as_mar(X):
    P = special.expit(2 * X / X.std() - 1.3)
    return np.random.default_rng(0).random(X.shape) < P


def whole_rows(P):
    """Use one random number for all cells of a row."""
    return np.random.default_rng(0).random((len(P), 1)) < P


@pytest.mark.parametrize("masker", CELLWISE, ids=repr)
def test_counts_hold_in_all_by_column_and_by_row(masker):
    X = rows()
    masker = fitted(masker, X)
    p_values = count_p_values(masker.mask(X), masker.propensity(X))
    assert min(p_values.values()) > FALSE_ALARM


@pytest.mark.parametrize("masker", CELLWISE, ids=repr)
def test_the_count_test_rejects_whole_rows(masker):
    X = rows()
    P = fitted(masker, X).propensity(X)
    assert count_p_values(whole_rows(P), P)["rows"] < FALSE_ALARM


@pytest.mark.parametrize("masker", CELLWISE, ids=repr)
def test_columns_go_missing_independently_given_their_probabilities(masker):
    X = rows()
    masker = fitted(masker, X)
    scores = pair_scores(masker.mask(X), masker.propensity(X))
    assert np.abs(scores).max() < largest_allowed(scores.size)
    wrong = pair_scores(whole_rows(masker.propensity(X)), masker.propensity(X))
    assert np.abs(wrong).max() > largest_allowed(scores.size)


@pytest.mark.parametrize("masker", CELLWISE, ids=repr)
def test_given_its_probability_a_mask_depends_on_nothing(masker):
    X = rows()
    target = X[:, :2].sum(axis=1, keepdims=True) > 0
    features = np.hstack([np.ones((len(X), 1)), X, X**2, target, X[:, :1] * X[:, 1:]])
    masker = fitted(masker, X)
    scores = residual_scores(masker.mask(X), masker.propensity(X), features)
    assert np.abs(scores).max() < largest_allowed(scores.size)


@pytest.mark.parametrize("masker", [*MAR, *MNAR, *NOT_MONOTONE], ids=repr)
def test_the_score_test_rejects_mcar_posing_as_the_mechanism(masker):
    X = rows()
    features = np.hstack([X, X**2])
    masker = fitted(masker, X)
    scores = residual_scores(mcar_posing_as(masker, X), masker.propensity(X), features)
    assert np.abs(scores).max() > largest_allowed(scores.size)


@pytest.mark.parametrize("masker", MAR[:3], ids=repr)
def test_mar_depends_on_its_drivers(masker):
    X = rows()
    drivers = X[:, :2].sum(axis=1)
    masker = fitted(masker, X)
    sign = -1 if masker.shape == "left" else 1
    rank_sums = [
        stats.mannwhitneyu(sign * drivers[hidden], sign * drivers[~hidden])
        for hidden in masker.mask(X).T[2:]
    ]
    areas = [
        r.statistic / (h.sum() * (~h).sum())
        for r, h in zip(rank_sums, masker.mask(X).T[2:], strict=True)
    ]
    assert min(areas) > 0.65
    placebo = mcar_posing_as(masker, X).T[2:]
    assert (
        max(
            stats.mannwhitneyu(drivers[h], drivers[~h]).statistic
            / (h.sum() * (~h).sum())
            for h in placebo
        )
        < 0.55
    )


@pytest.mark.parametrize("masker", MAR[:3], ids=repr)
def test_under_mar_a_mask_knows_nothing_of_the_value_itself(masker):
    X = rows()
    scores = dependence_on_what_is_its_own(fitted(masker, X).mask(X), X)[2:]
    assert np.abs(scores).max() < largest_allowed(scores.size)


def test_under_rotating_mar_the_same_holds_in_the_rows_of_each_group():
    X = rows()
    masker = fitted(MARMasker(strength=2, n_patterns=3), X)
    mask, groups = masker.mask(X), masker.row_groups(X)
    for k in range(3):
        free = masker.driver_groups_ != k
        chosen = groups == k
        scores = dependence_on_what_is_its_own(mask[chosen], X[chosen])[free]
        assert np.abs(scores).max() < largest_allowed(3 * scores.size)


def test_the_own_value_test_rejects_mnar_posing_as_mar():
    X = rows()
    scores = dependence_on_what_is_its_own(mnar_posing_as_mar(X), X)
    assert np.abs(scores).min() > largest_allowed(scores.size)


@pytest.mark.parametrize("masker", MNAR, ids=repr)
def test_under_mnar_a_mask_knows_of_the_value_itself(masker):
    X = rows()
    scores = dependence_on_what_is_its_own(fitted(masker, X).mask(X), X)
    sign = -1 if getattr(masker, "shape", "") == "left" else 1
    assert (sign * scores).min() > largest_allowed(scores.size)


def test_the_own_value_test_sees_that_mar_is_not_mnar():
    X = rows()
    scores = dependence_on_what_is_its_own(mar_posing_as_mnar(X), X)
    assert np.abs(scores).max() < largest_allowed(scores.size)


@pytest.mark.parametrize(
    "masker", [MARMasker(drivers=[0]), MNARMasker(strength=2)], ids=repr
)
def test_each_cell_is_masked_as_often_as_its_probability_says(masker):
    X = correlated_normal(40, 3)
    n_seeds = 1000
    counts = sum(
        clone(masker).set_params(random_state=seed).fit(X).mask(X).astype(int)
        for seed in range(n_seeds)
    )
    P = clone(masker).fit(X).propensity(X)
    free = P > 0
    squares = (counts - n_seeds * P)[free] ** 2 / (n_seeds * P * (1 - P))[free]
    assert two_sided_chi2(squares.sum(), free.sum()) > FALSE_ALARM
    placebo = np.random.default_rng(0).binomial(n_seeds, P.mean(axis=0), P.shape)
    squares = (placebo - n_seeds * P)[free] ** 2 / (n_seeds * P * (1 - P))[free]
    assert two_sided_chi2(squares.sum(), free.sum()) < FALSE_ALARM


@pytest.mark.parametrize("masker", [MARMasker(strength=2), MNARMasker()], ids=repr)
@pytest.mark.parametrize("row_key", ["content", "position"])
def test_training_and_test_rows_at_equal_positions_are_independent(masker, row_key):
    X = correlated_normal(8000)
    masker = clone(masker).set_params(row_key=row_key)
    masker = fitted(masker, X[:4000])
    parts = [
        masker.mask(half) - masker.propensity(half) for half in (X[:4000], X[4000:])
    ]
    z = (parts[0] * parts[1]).sum() / np.sqrt((parts[0] ** 2 * parts[1] ** 2).sum())
    assert abs(z) < 5


def test_masks_by_label_depend_on_the_label_and_else_on_nothing():
    X = rows()
    y = (X[:, 0] > 0) * 1.0
    masker = LabelMasker(RATE, strength=1, random_state=0).fit(X, y)
    mask, P = masker.mask(X, y), masker.propensity(X, y)
    features = np.hstack([np.ones((len(X), 1)), X, X**2, y[:, np.newaxis]])
    scores = residual_scores(mask, P, features)
    assert np.abs(scores).max() < largest_allowed(scores.size)
    assert mask[y == 1].mean() > mask[y == 0].mean() + 0.2
    wrong = np.random.default_rng(0).random(X.shape) < RATE
    assert np.abs(residual_scores(wrong, P, features)).max() > 5
