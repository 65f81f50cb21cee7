"""The rate is what was asked for: to 1e-8 in probability, exactly where wanted."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone

from sparsekit.missingness import (
    LabelMasker,
    MARMasker,
    MCARMasker,
    MissingnessTransformer,
    MNARMasker,
    MonotoneMasker,
)
from tests.missingness.mechanism_cases import (
    KINDS,
    LINKS,
    SETTINGS,
    SHAPES,
    case_name,
    correlated_normal,
    holed,
)

all_maskers = pytest.mark.parametrize("case", SETTINGS, ids=case_name)
MAR_AND_MNAR = [
    *[MARMasker(link=link, shape=s) for link in LINKS for s in SHAPES],
    *[MNARMasker(kind=kind, shape=s) for kind in KINDS for s in SHAPES],
]


def make(case, rate=0.3, **parameters):
    masker, given = case
    return masker(**{**given, "missing_rate": rate, "random_state": 0, **parameters})


def mean_probabilities(masker, X):
    """Return the mean probability over the observed cells of each column."""
    P = np.where(np.isnan(X), np.nan, masker.propensity(X))
    return np.nanmean(P, axis=0)


@pytest.mark.parametrize("rate", [0.001, 0.3, 0.45])
@pytest.mark.parametrize("masker", MAR_AND_MNAR, ids=repr)
@pytest.mark.parametrize(
    "data", [correlated_normal, lambda: holed(correlated_normal())]
)
def test_mean_probabilities_are_the_rate_to_1e_8(masker, rate, data):
    X = data()
    masker = clone(masker).set_params(missing_rate=rate, random_state=0).fit(X)
    np.testing.assert_allclose(mean_probabilities(masker, X), rate, atol=1e-10, rtol=0)
    assert abs(mean_probabilities(masker, X).mean() - rate) < 1e-8


@pytest.mark.parametrize("strength", [0.01, 10, 1e3, 1e6])
@pytest.mark.parametrize("shape", SHAPES)
def test_calibration_holds_for_any_strength(strength, shape):
    X = np.random.default_rng(0).standard_cauchy((500, 3))
    for masker in (MARMasker(n_patterns=3), MNARMasker(), MNARMasker(kind="logistic")):
        masker.set_params(missing_rate=0.3, strength=strength, shape=shape)
        masker.set_params(random_state=0).fit(X)
        np.testing.assert_allclose(mean_probabilities(masker, X), 0.3, atol=1e-8)


@pytest.mark.parametrize("masker", [MARMasker(drivers=[0]), MNARMasker()], ids=repr)
def test_each_column_has_its_own_rate(masker):
    X, rates = holed(correlated_normal()), np.array([0, 0.1, 0.1, 0.5, 0.9, 1])
    masker = clone(masker).set_params(missing_rate=rates, random_state=0).fit(X)
    np.testing.assert_allclose(mean_probabilities(masker, X), rates, atol=1e-10)
    np.testing.assert_allclose(masker.target_rates_, rates)
    assert masker.mask(X)[~np.isnan(X[:, 5]), 5].all()


def test_a_rate_of_all_cells_is_reached_by_the_columns_that_are_no_drivers():
    X = correlated_normal()
    masker = MARMasker(0.4, drivers=[0, 1], random_state=0).fit(X)
    assert masker.propensity(X).mean() == pytest.approx(0.4, abs=1e-10)
    np.testing.assert_allclose(masker.target_rates_, [0, 0, 0.6, 0.6, 0.6, 0.6])
    by_column = masker.set_params(rate_unit="columns").fit(X)
    np.testing.assert_allclose(by_column.target_rates_, [0, 0, 0.4, 0.4, 0.4, 0.4])


@all_maskers
def test_realized_rates_are_the_shares_of_the_mask(case):
    X = holed(correlated_normal())
    masker = make(case).fit(X)
    np.testing.assert_allclose(masker.realized_rates_, masker.mask(X).mean(axis=0))
    assert masker.realized_rate_ == masker.mask(X).mean()


@all_maskers
def test_the_realized_rate_lies_near_the_rate(case):
    X = correlated_normal()
    masker = make(case).fit(X)
    P = masker.propensity(X)
    # Cells that share a random number are not independent: at most 6 of them.
    z = (masker.mask(X).sum() - P.sum()) / np.sqrt(6 * (P * (1 - P)).sum())
    assert abs(z) < 5


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.4, 0.8])
@pytest.mark.parametrize(
    "data", [correlated_normal, lambda: holed(correlated_normal())]
)
@pytest.mark.parametrize("case", SETTINGS[:-1], ids=case_name)  # not for lists
def test_a_rate_of_rows_is_the_share_of_rows_that_lose_a_value(case, rate, data):
    X = data()
    masker = make(case, rate, rate_unit="rows").fit(X)
    incomplete = masker.mask(X).any(axis=1).mean()
    assert abs(incomplete - rate) < 5 * np.sqrt(0.25 / len(X))
    if rate == 0:
        assert incomplete == 0


def test_a_rate_of_rows_is_exact_in_probability():
    X = holed(correlated_normal())
    masker = MNARMasker(0.7, rate_unit="rows", random_state=0).fit(X)
    P = np.where(np.isnan(X), 0, masker.propensity(X))
    assert (1 - (1 - P).prod(axis=1)).mean() == pytest.approx(0.7, abs=1e-8)


def test_a_rate_of_rows_out_of_reach_is_refused():
    X = correlated_normal()
    X[:600] = np.nan
    with pytest.raises(ValueError, match=r"0.8 of the rows .* at most 0.7 is possible"):
        MCARMasker(0.8, rate_unit="rows", row_key="position").fit(X)
    with pytest.raises(ValueError, match="cannot be combined with rate_unit='rows'"):
        MCARMasker(0.8, rate_unit="rows", exact=True).fit(X)


@pytest.mark.parametrize(
    "data", [correlated_normal, lambda: holed(correlated_normal())]
)
@pytest.mark.parametrize("storage", [np.asarray, sparse.csr_array])
@all_maskers
def test_exact_counts_are_the_rounded_expectations(case, data, storage):
    X = data()
    masker = make(case, 0.3, exact=True).fit(storage(X))
    mask = sparse.csr_array(masker.mask(storage(X))).toarray()
    assert not mask[np.isnan(X)].any()
    n_observed = (~np.isnan(X)).sum(axis=0)
    expected = np.floor(masker.target_rates_ * n_observed + 0.5 + 1e-6)
    np.testing.assert_array_equal(mask.sum(axis=0), expected)


@all_maskers
def test_exact_masks_are_nested_in_the_rate(case):
    X = holed(correlated_normal())
    masks = [make(case, r, exact=True).fit(X).mask(X) for r in (0.05, 0.06, 0.2, 0.4)]
    for low, high in itertools.pairwise(masks):
        assert (low <= high).all()
        assert low.sum() < high.sum()


@all_maskers
def test_exact_masks_are_nearly_those_of_independent_cells(case):
    X = correlated_normal()
    exact, free = (make(case, exact=e).fit(X).mask(X) for e in (True, False))
    assert (exact != free).mean() < 0.03


@pytest.mark.filterwarnings("ignore:X has 100 distinct rows:UserWarning")
def test_equal_rows_are_counted_exactly_and_nested():
    X = np.repeat(correlated_normal(100), 10, axis=0)
    low, high = (
        MNARMasker(rate, exact=True, random_state=0).fit(X).mask(X)
        for rate in (0.123, 0.127)
    )
    assert low.sum(axis=0).tolist() == [123] * 6
    assert high.sum(axis=0).tolist() == [127] * 6
    assert (low <= high).all()


def test_exact_masks_follow_the_rows_in_any_order():
    X = correlated_normal()
    masker = MNARMasker(0.3, exact=True, random_state=0).fit(X)
    order = np.random.default_rng(1).permutation(len(X))
    np.testing.assert_array_equal(masker.mask(X[order]), masker.mask(X)[order])


def test_exact_inclusion_frequencies_are_the_probabilities():
    X = correlated_normal(40, 2)
    n_seeds = 1500
    masker = MNARMasker(0.3, strength=2, exact=True)
    counts = sum(
        clone(masker).set_params(random_state=seed).fit(X).mask(X).astype(int)
        for seed in range(n_seeds)
    )
    P = masker.fit(X).propensity(X)
    # Pareto sampling deviates from P by less than 0.005 for 40 rows; the greatest of
    # 80 standard normal numbers is below 4.5 but once in 2,000 times.
    allowed = 0.005 + 4.5 * np.sqrt(P * (1 - P) / n_seeds)
    assert (np.abs(counts / n_seeds - P) < allowed).all()


def awkward_columns():
    """Return a table of types: numbers, counts, classes, truth values, constants."""
    rng = np.random.default_rng(0)
    n = 1500
    return pd.DataFrame(
        {
            "real": rng.normal(size=n),
            "integer": rng.integers(0, 5, n),
            "category": pd.Categorical(rng.integers(0, 3, n)),
            "boolean": rng.random(n) < 0.2,
            "binary": rng.integers(0, 2, n).astype(np.int8),
            "constant": np.full(n, 7),
            "tiny": rng.normal(size=n) * 1e-200,
            "huge": rng.normal(size=n) * 1e300,
            "large_mean": 1e9 + rng.normal(size=n),
            "one_outlier": np.r_[np.zeros(n - 1), 1e8],
        }
    )


@pytest.mark.parametrize("masker", MAR_AND_MNAR, ids=repr)
def test_columns_of_any_kind_reach_their_rate(masker):
    table = awkward_columns()
    masker = clone(masker).set_params(missing_rate=0.2, random_state=0).fit(table)
    P = masker.propensity(table)
    np.testing.assert_allclose(P.mean(axis=0), 0.2, atol=1e-8)
    masked = masker.transform(table)
    assert masked.dtype == np.float64
    hidden = masker.mask(table)
    np.testing.assert_array_equal(masked[~hidden], table.to_numpy(float)[~hidden])


@pytest.mark.parametrize("masker", MAR_AND_MNAR, ids=repr)
def test_a_column_that_is_missing_altogether_stays_so(masker):
    X = correlated_normal()
    X[:, 2] = np.nan
    masker = clone(masker).set_params(missing_rate=0.2, random_state=0).fit(X)
    assert not masker.mask(X)[:, 2].any()
    present = [0, 1, 3, 4, 5]
    np.testing.assert_allclose(
        masker.propensity(X)[:, present].mean(axis=0), 0.2, atol=1e-8
    )


def test_new_rows_have_the_probabilities_that_were_learned():
    # The rate drifts where the data do.
    X = correlated_normal()
    masker = MNARMasker(0.3, strength=2, random_state=0).fit(X)
    assert masker.propensity(X + 1).mean() > 0.5
    assert masker.propensity(X - 1).mean() < 0.15
    np.testing.assert_array_equal(masker.propensity(X[5:9]), masker.propensity(X)[5:9])


def test_monotone_rates_have_the_mean_that_was_asked_for():
    X = correlated_normal()
    for rate in (0.0, 0.001, 0.3, 0.999, 1.0):
        rates = MonotoneMasker(rate, random_state=0).fit(X).target_rates_
        assert rates.mean() == pytest.approx(rate, abs=1e-10)
        assert (np.diff(rates) >= 0).all()


def test_a_label_masker_is_calibrated_too():
    X = holed(correlated_normal())
    y = np.arange(len(X)) % 4
    masker = LabelMasker(0.35, random_state=0).fit(X, y)
    P = np.where(np.isnan(X), np.nan, masker.propensity(X, y))
    np.testing.assert_allclose(np.nanmean(P, axis=0), 0.35, atol=1e-10)


def test_several_mechanisms_have_shares_of_their_own_columns():
    X = correlated_normal()
    masker = MissingnessTransformer(
        [("a", MARMasker(0.5, drivers=[0]), [1, 2]), ("b", MNARMasker(0.1), [3])],
        random_state=0,
    ).fit(X)
    np.testing.assert_allclose(
        masker.propensity(X).mean(axis=0), [0, 0.5, 0.5, 0.1, 0, 0], atol=1e-10
    )
