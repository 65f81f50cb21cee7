"""Statistical proof that the masks are missing completely at random.

Seeds are fixed, and thresholds belong to false-alarm probabilities of 1e-6 or less per
test. Every kind of test is also shown to reject a generator that is deliberately wrong.
"""

import numpy as np
import pytest
from scipy import special, stats

from sparsekit.missingness import MCARMasker

FALSE_ALARM = 1e-6
RATE = 0.3


def normal_rows(n_samples=3000, n_features=12):
    return np.random.default_rng(0).normal(size=(n_samples, n_features))


def correlated_rows():
    rng = np.random.default_rng(1)
    return rng.normal(size=(3000, 12)) + 2 * rng.normal(size=(3000, 1))


def count_rows():
    """Small counts with many zeros, as in text."""
    return np.random.default_rng(2).poisson(0.7, size=(3000, 12)).astype(float)


def rows_one_bit_apart():
    """All rows equal but for the last bits of their first value."""
    X = np.ones((3000, 12))
    X[:, 0] += np.arange(3000) * np.finfo(float).eps
    return X


def one_hot_rows():
    """Rows with one non-zero value each, which counts up."""
    X = np.zeros((3000, 12))
    X[np.arange(3000), np.arange(3000) % 12] = 1 + np.arange(3000) // 12
    return X


ROWS = [
    normal_rows,
    correlated_rows,
    count_rows,
    rows_one_bit_apart,
    one_hot_rows,
]


def standardised(features):
    centred = features - features.mean(axis=0)
    return centred / centred.std(axis=0)


def dependence(mask, features, probability):
    """Return the score statistics of mask column j on feature k, each N(0, 1).

    D_jk = sum_i (R_ij - p) z_ik / sqrt(n p (1 - p)), with z the standardised features.
    """
    n_samples = len(mask)
    scores = (mask - probability).T @ standardised(features)
    return scores / np.sqrt(n_samples * probability * (1 - probability))


def dependence_p_values(mask, features, probability):
    """Return one chi-squared p-value per mask column against all features at once."""
    centred = features - features.mean(axis=0)
    whitened = np.linalg.qr(centred)[0] * np.sqrt(len(mask))
    scores = (mask - probability).T @ whitened
    scores /= np.sqrt(len(mask) * probability * (1 - probability))
    return stats.chi2.sf((scores**2).sum(axis=1), df=features.shape[1])


def largest_allowed(n_tests):
    return stats.norm.isf(FALSE_ALARM / (2 * n_tests))


def two_sided_chi2(statistic, df):
    """Return a p-value that is small for too much and for too little variation."""
    return 2 * min(stats.chi2.sf(statistic, df), stats.chi2.cdf(statistic, df))


def equal_index_z(first, second, probability):
    """Return the z score of the correlation of two masks cell by cell."""
    product = (first - probability) * (second - probability)
    return product.sum() / (probability * (1 - probability) * np.sqrt(product.size))


def mcar_mask(X, seed=0, rate=RATE, **parameters):
    with np.errstate(all="raise"):
        return MCARMasker(rate, random_state=seed, **parameters).fit(X).mask(X)


def wrong_mar_mask(X, seed=0):
    """Mask by a logistic function of the first column, at the same overall rate."""
    rng = np.random.default_rng(seed)
    score = standardised(X)[:, :1]
    probability = special.expit(0.5 * score + special.logit(RATE))
    return rng.random(X.shape) < probability


def wrong_self_mask(X, seed=0):
    """Mask by a hash of the cell's own value only: equal values share their fate."""
    offsets = np.random.default_rng(seed).random(1000)
    return offsets[np.rint(np.abs(X) * 7).astype(int) % 1000] < RATE


def wrong_patterned_mask(X, seed=0):
    """Mask whole rows: the rate is right and the cells of a row are not independent."""
    rng = np.random.default_rng(seed)
    return np.broadcast_to(rng.random((len(X), 1)) < RATE, X.shape)


def rate_p_values(mask):
    """Return p-values for the count of masked cells in all, by column and by row."""
    n_samples, n_features = mask.shape
    variance = RATE * (1 - RATE)
    total = (mask.sum() - mask.size * RATE) / np.sqrt(mask.size * variance)
    columns = (
        (mask.sum(axis=0) - n_samples * RATE) ** 2 / (n_samples * variance)
    ).sum()
    rows = ((mask.sum(axis=1) - n_features * RATE) ** 2 / (n_features * variance)).sum()
    return {
        "all": 2 * stats.norm.sf(abs(total)),
        "columns": two_sided_chi2(columns, n_features),
        "rows": two_sided_chi2(rows, n_samples),
    }


def pair_p_values(mask):
    """Return one p-value per pair of columns: n phi**2 is chi-squared with 1 df."""
    phi = np.corrcoef(mask, rowvar=False)[np.triu_indices(mask.shape[1], k=1)]
    return stats.chi2.sf(len(mask) * phi**2, df=1)


@pytest.mark.parametrize("row_key", ["content", "position"])
@pytest.mark.parametrize("make_rows", ROWS)
def test_rates_hold_in_all_by_column_and_by_row(make_rows, row_key):
    p_values = rate_p_values(mcar_mask(make_rows(), row_key=row_key))
    assert min(p_values.values()) > FALSE_ALARM


def test_the_rate_test_rejects_masks_of_whole_rows():
    assert rate_p_values(wrong_patterned_mask(normal_rows()))["rows"] < FALSE_ALARM


@pytest.mark.parametrize("make_rows", ROWS)
def test_columns_go_missing_independently(make_rows):
    p_values = pair_p_values(mcar_mask(make_rows()))
    assert p_values.min() > FALSE_ALARM / p_values.size
    assert stats.kstest(p_values, "uniform").pvalue > FALSE_ALARM


def test_the_pair_test_rejects_masks_of_whole_rows():
    assert pair_p_values(wrong_patterned_mask(normal_rows())).max() < FALSE_ALARM


@pytest.mark.parametrize("row_key", ["content", "position"])
@pytest.mark.parametrize("make_rows", [normal_rows, correlated_rows, count_rows])
def test_masks_do_not_depend_on_values_squares_or_target(make_rows, row_key):
    X = make_rows()
    target = X[:, :3].sum(axis=1, keepdims=True) > 0
    features = np.hstack([X, X**2, np.arange(len(X))[:, np.newaxis], target])
    statistics = dependence(mcar_mask(X, row_key=row_key), features, RATE)
    assert np.abs(statistics).max() < largest_allowed(statistics.size)


@pytest.mark.parametrize("wrong_mask", [wrong_mar_mask, wrong_self_mask])
def test_the_dependence_test_rejects_wrong_generators(wrong_mask):
    X = normal_rows()
    features = np.hstack([X, X**2])
    statistics = dependence(wrong_mask(X), features, RATE)
    assert np.abs(statistics).max() > largest_allowed(statistics.size)


def test_p_values_of_the_dependence_are_uniform_over_seeds():
    X = normal_rows(n_samples=400, n_features=6)
    p_values = [dependence_p_values(mcar_mask(X, seed), X, RATE) for seed in range(200)]
    assert stats.kstest(np.ravel(p_values), "uniform").pvalue > FALSE_ALARM


def test_the_uniformity_test_rejects_a_wrong_generator():
    X = normal_rows(n_samples=400, n_features=6)
    p_values = [
        dependence_p_values(wrong_mar_mask(X, seed), X, RATE) for seed in range(200)
    ]
    assert stats.kstest(np.ravel(p_values), "uniform").pvalue < FALSE_ALARM


def test_every_cell_is_masked_equally_often_over_seeds():
    X = count_rows()[:40, :5]
    n_seeds = 2000
    counts = sum(mcar_mask(X, seed).astype(int) for seed in range(n_seeds))
    distinct = np.unique(X, axis=0, return_index=True)[1]
    deviation = counts[distinct] - n_seeds * RATE
    statistic = (deviation**2).sum() / (n_seeds * RATE * (1 - RATE))
    assert two_sided_chi2(statistic, deviation.size) > FALSE_ALARM


@pytest.mark.parametrize("rate", [0.01, 0.5, 0.99])
def test_extreme_rates_hold(rate):
    X = normal_rows()
    z = (mcar_mask(X, rate=rate).sum() - X.size * rate) / np.sqrt(
        X.size * rate * (1 - rate)
    )
    assert abs(z) < 5


@pytest.mark.parametrize("row_key", ["content", "position"])
def test_train_and_test_rows_at_equal_positions_are_masked_independently(row_key):
    X = normal_rows(6000)
    masker = MCARMasker(RATE, row_key=row_key, random_state=0).fit(X[:3000])
    train, test = masker.mask(X[:3000]), masker.mask(X[3000:])
    assert abs(equal_index_z(train, test, RATE)) < 5


def test_the_train_and_test_comparison_rejects_reseeding_by_position():
    def reseeded(X):
        return np.random.default_rng(0).random(X.shape) < RATE

    X = normal_rows(6000)
    z = equal_index_z(reseeded(X[:3000]), reseeded(X[3000:]), RATE)
    assert abs(z) > 5


def test_neighbouring_seeds_give_independent_masks():
    X = normal_rows()
    masks = [mcar_mask(X, seed) for seed in range(6)]
    scores = [equal_index_z(a, b, RATE) for a in masks for b in masks if a is not b]
    assert np.abs(scores).max() < largest_allowed(len(scores))


def test_two_maskers_in_a_row_with_one_seed_are_independent():
    X = normal_rows()
    first = MCARMasker(RATE, random_state=0).fit(X)
    masked = first.transform(X)
    second = MCARMasker(RATE, random_state=0).fit(masked)
    observed = ~np.isnan(masked)
    n_masked_again = second.mask(masked)[observed].sum()
    z = (n_masked_again - observed.sum() * RATE) / np.sqrt(
        observed.sum() * RATE * (1 - RATE)
    )
    assert abs(z) < 5
