"""Exact relations between masks: no chance is involved in any of these tests."""

import itertools

import numpy as np
import pytest
from scipy import sparse

from sparsekit.missingness import MCARMasker


def holed_normal_data(n_samples=300, n_features=6, seed=0):
    """Return normal data with some zeros and some values missing."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features))
    X[rng.random(X.shape) < 0.3] = 0.0
    X[rng.random(X.shape) < 0.1] = np.nan
    return X


def test_propensity_is_the_same_for_any_content():
    masker = MCARMasker([0.1, 0.5, 0.9], random_state=0).fit(np.eye(3))
    arbitrary = np.array([[1e300, -0.0, np.nan], [np.nan, np.nan, np.nan], [0, 0, 0]])
    for X in (np.eye(3), arbitrary, sparse.csr_array(arbitrary)):
        np.testing.assert_array_equal(masker.propensity(X), [[0.1, 0.5, 0.9]] * 3)


@pytest.mark.parametrize("row_key", ["content", "position"])
def test_fit_transform_is_fit_then_transform(row_key):
    X = holed_normal_data()
    masker = MCARMasker(row_key=row_key, random_state=0)
    masked = masker.fit_transform(X)
    np.testing.assert_array_equal(masked, masker.transform(X))
    np.testing.assert_array_equal(masked, masker.fit(X).transform(X))


def test_masks_follow_rows_in_any_order():
    X = holed_normal_data()
    masker = MCARMasker(random_state=0).fit(X)
    order = np.random.default_rng(1).permutation(len(X))
    np.testing.assert_array_equal(masker.mask(X[order]), masker.mask(X)[order])


def test_masks_follow_rows_into_any_subset():
    X = holed_normal_data()
    masker = MCARMasker(random_state=0).fit(X)
    mask = masker.mask(X)
    np.testing.assert_array_equal(masker.mask(X[1::7]), mask[1::7])
    np.testing.assert_array_equal(masker.mask(X[[42]]), mask[[42]])


def test_masks_do_not_depend_on_the_rows_of_the_fit():
    X = holed_normal_data()
    first = MCARMasker(random_state=0).fit(X[:100])
    second = MCARMasker(random_state=0).fit(X[100:])
    np.testing.assert_array_equal(first.mask(X), second.mask(X))


@pytest.mark.parametrize("row_key", ["content", "position"])
def test_masks_are_nested_in_the_rate(row_key):
    X = holed_normal_data()
    masks = [
        MCARMasker(rate, row_key=row_key, random_state=0).fit(X).mask(X)
        for rate in (0.0, 0.1, 0.2, 0.5, 0.9, 1.0)
    ]
    for lower, higher in itertools.pairwise(masks):
        assert (lower <= higher).all()
        assert lower.sum() < higher.sum()


@pytest.mark.parametrize("row_key", ["content", "position"])
def test_float32_and_float64_copies_share_a_mask(row_key):
    single = holed_normal_data().astype(np.float32)
    masker = MCARMasker(row_key=row_key, random_state=0).fit(single)
    mask = masker.mask(single)
    np.testing.assert_array_equal(masker.mask(single.astype(np.float64)), mask)
    assert masker.transform(single).dtype == np.float32


@pytest.mark.parametrize("row_key", ["content", "position"])
@pytest.mark.parametrize("storage", [sparse.csr_array, sparse.csc_matrix])
def test_dense_and_sparse_copies_share_a_mask(row_key, storage):
    X = holed_normal_data()
    masker = MCARMasker(row_key=row_key, random_state=0).fit(X)
    stored = storage(X)
    np.testing.assert_array_equal(masker.mask(stored).toarray(), masker.mask(X))
    np.testing.assert_array_equal(
        masker.transform(stored).toarray(), masker.transform(X)
    )


@pytest.mark.parametrize(
    "copied", [np.asfortranarray, lambda X: np.repeat(X, 2, axis=1)[:, ::2], np.copy]
)
def test_memory_layout_does_not_matter(copied):
    X = holed_normal_data()
    masker = MCARMasker(random_state=0).fit(X)
    np.testing.assert_array_equal(masker.mask(copied(X)), masker.mask(X))


def test_minus_zero_and_zero_are_the_same_content():
    X = holed_normal_data()
    negative = np.where(X == 0, -0.0, X)
    masker = MCARMasker(random_state=0).fit(X)
    np.testing.assert_array_equal(masker.mask(negative), masker.mask(X))


def test_all_bit_patterns_of_nan_are_the_same_content():
    X = holed_normal_data()
    other_nan = np.array([0xFFF8DEADBEEF0001], dtype=np.uint64).view(np.float64)
    other = np.where(np.isnan(X), other_nan, X)
    masker = MCARMasker(random_state=0).fit(X)
    np.testing.assert_array_equal(masker.mask(other), masker.mask(X))


@pytest.mark.parametrize("dtype", [np.int32, np.uint8, bool])
def test_integers_and_booleans_are_masked_as_their_float_copies(dtype):
    X = np.random.default_rng(0).integers(0, 200, size=(50, 6)).astype(dtype)
    X[:, 0] = 1
    masker = MCARMasker(random_state=0, row_key="position").fit(X)
    masked = masker.transform(X)
    assert masked.dtype == np.float64
    np.testing.assert_array_equal(masked, masker.transform(X.astype(np.float64)))


def test_observed_values_keep_their_bits():
    X = holed_normal_data()
    X[X == 0] = -0.0
    masked = MCARMasker(0.4, random_state=0).fit_transform(X)
    observed = ~np.isnan(masked)
    np.testing.assert_array_equal(
        masked[observed].view(np.uint64), X[observed].view(np.uint64)
    )


def test_values_missing_before_stay_missing_and_out_of_the_mask():
    X = holed_normal_data()
    masker = MCARMasker(0.4, random_state=0).fit(X)
    mask = masker.mask(X)
    assert not mask[np.isnan(X)].any()
    np.testing.assert_array_equal(np.isnan(masker.transform(X)), np.isnan(X) | mask)


@pytest.mark.parametrize("when", ["both", "fit", "transform"])
def test_the_input_is_not_modified_nor_handed_out(when):
    X = holed_normal_data()
    before = X.copy()
    masker = MCARMasker(0.5, when=when, random_state=0)
    results = [masker.fit_transform(X), masker.transform(X)]
    np.testing.assert_array_equal(X, before)
    assert not any(np.shares_memory(X, result) for result in results)


def test_read_only_input_is_accepted():
    X = holed_normal_data()
    X.flags.writeable = False
    masked = MCARMasker(random_state=0).fit_transform(X)
    assert masked.flags.writeable


def test_equal_rows_share_a_mask_by_content_and_not_by_position():
    X = np.repeat(holed_normal_data(150), 2, axis=0)
    by_content = MCARMasker(random_state=0).fit(X).mask(X)
    by_position = MCARMasker(random_state=0, row_key="position").fit(X).mask(X)
    np.testing.assert_array_equal(by_content[::2], by_content[1::2])
    assert (by_position[::2] != by_position[1::2]).any()


def test_realized_rate_is_the_share_of_masked_cells_of_the_fit_data():
    X = holed_normal_data()
    for storage in (np.asarray, sparse.csr_array):
        masker = MCARMasker(0.4, random_state=0).fit(storage(X))
        assert masker.realized_rate_ == masker.mask(X).mean()


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_rates_zero_and_one_are_exact(rate):
    X = np.random.default_rng(0).normal(size=(200, 10))
    masker = MCARMasker(rate, random_state=0).fit(X)
    assert masker.realized_rate_ == rate
    assert np.isnan(masker.transform(X)).mean() == rate


def test_mostly_equal_rows_are_reported():
    X = np.random.default_rng(0).integers(0, 3, size=(100, 1)).astype(float)
    with pytest.warns(UserWarning, match="3 distinct rows among 100.*position"):
        MCARMasker(random_state=0).fit(X)
    MCARMasker(random_state=0, row_key="position").fit(X)
    MCARMasker(missing_rate=0.0, random_state=0).fit(X)
