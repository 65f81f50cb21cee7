"""CSR in, CSR out: stored NaN is missing, an implicit zero is the value zero."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit.missingness import MCARMasker


def sparse_data(seed=0, shape=(80, 12)):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=shape)
    X[rng.random(shape) < 0.7] = 0.0
    X[rng.random(shape) < 0.05] = np.nan
    return X


@pytest.mark.parametrize(
    ("given", "returned"),
    [
        (sparse.csr_array, sparse.csr_array),
        (sparse.csr_matrix, sparse.csr_matrix),
        (sparse.csc_array, sparse.csr_array),
        (sparse.csc_matrix, sparse.csr_matrix),
        (sparse.coo_array, sparse.csr_array),
        (sparse.coo_matrix, sparse.csr_matrix),
    ],
)
@pytest.mark.parametrize("when", ["both", "fit", "transform"])
def test_output_is_canonical_csr_of_the_same_family(given, returned, when):
    X = given(sparse_data())
    masker = MCARMasker(0.3, when=when, random_state=0)
    for result in (masker.fit_transform(X), masker.transform(X), masker.mask(X)):
        assert type(result) is returned
        result.check_format(full_check=True)
        fresh = returned((result.data, result.indices, result.indptr), result.shape)
        assert fresh.has_canonical_format


@pytest.mark.parametrize("index_dtype", [np.int32, np.int64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_index_and_value_types_are_kept(index_dtype, dtype):
    X = sparse.csr_array(sparse_data().astype(dtype))
    X.indices = X.indices.astype(index_dtype)
    X.indptr = X.indptr.astype(index_dtype)
    masker = MCARMasker(0.3, random_state=0).fit(X)
    result, mask = masker.transform(X), masker.mask(X)
    assert result.dtype == dtype
    assert mask.dtype == bool
    for matrix in (result, mask):
        assert matrix.indices.dtype == matrix.indptr.dtype == index_dtype


def test_masked_implicit_zeros_become_stored_nan():
    X = sparse.csr_array((4, 3), dtype=np.float64)
    masker = MCARMasker([0.0, 1.0, 0.0], random_state=0, row_key="position")
    masked = masker.fit_transform(X)
    assert masked.nnz == 4
    np.testing.assert_array_equal(masked.toarray(), [[0, np.nan, 0]] * 4)


def test_explicit_zeros_are_kept_and_change_no_mask():
    X = sparse.csr_array(sparse_data())
    with_zeros = X.copy()
    with_zeros.data[::3] = 0.0
    without = with_zeros.copy()
    without.eliminate_zeros()
    masker = MCARMasker(0.3, random_state=0).fit(with_zeros)
    masked = masker.transform(with_zeros)
    np.testing.assert_array_equal(masked.toarray(), masker.transform(without).toarray())
    hidden = masker.mask(with_zeros).toarray()
    rows = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
    kept = ~hidden[rows[::3], X.indices[::3]]
    assert np.count_nonzero(masked.data == 0) == np.count_nonzero(kept) > 0


def test_unsorted_rows_and_duplicate_entries_are_summed_in_a_copy():
    data = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    indices = np.array([2, 0, 2, 1, 0])
    indptr = np.array([0, 3, 5])
    X = sparse.csr_array((data.copy(), indices.copy(), indptr.copy()), shape=(2, 3))
    masker = MCARMasker(0.5, random_state=1).fit(X)
    np.testing.assert_array_equal(
        masker.transform(X).toarray(), masker.transform(X.toarray())
    )
    np.testing.assert_array_equal(X.data, data)
    np.testing.assert_array_equal(X.indices, indices)
    np.testing.assert_array_equal(X.indptr, indptr)


@pytest.mark.parametrize("when", ["both", "fit", "transform"])
def test_the_input_is_not_modified_nor_handed_out(when):
    X = sparse.csr_array(sparse_data())
    before = X.copy()
    masker = MCARMasker(0.3, when=when, random_state=0)
    for result in (masker.fit_transform(X), masker.transform(X)):
        for part in ("data", "indices", "indptr"):
            given, kept = getattr(X, part), getattr(before, part)
            np.testing.assert_array_equal(given, kept)
            assert not np.shares_memory(given, getattr(result, part))


def test_read_only_input_is_accepted():
    X = sparse.csr_array(sparse_data())
    expected = MCARMasker(random_state=0).fit_transform(X).toarray()
    for part in (X.data, X.indices, X.indptr):
        part.flags.writeable = False
    masked = MCARMasker(random_state=0).fit_transform(X)
    np.testing.assert_array_equal(masked.toarray(), expected)


def test_empty_rows_and_columns_are_masked_like_zeros():
    X = sparse_data()
    X[3], X[:, 5] = 0.0, 0.0
    stored = sparse.csr_array(X)
    masker = MCARMasker(0.4, random_state=0).fit(stored)
    np.testing.assert_array_equal(masker.mask(stored).toarray(), masker.mask(X))
    assert masker.mask(X)[3].any()
    assert masker.mask(X)[:, 5].any()


def test_a_matrix_too_large_to_be_dense_is_masked():
    # 10**11 cells: 100 GB as booleans. The stored cells lie off the masked columns.
    shape = (100_000, 1_000_000)
    rows = np.arange(shape[0])
    X = sparse.csr_array((rows + 1.0, (rows, rows)), shape=shape)
    masker = MCARMasker(
        0.5, features=[500_000, 999_999], rate_unit="columns", random_state=0
    )
    masked = masker.fit_transform(X)
    hidden = np.isnan(masked.data)
    n_expected = shape[0]
    assert abs(hidden.sum() - n_expected) < 5 * np.sqrt(n_expected / 2)
    assert masked.nnz == X.nnz + hidden.sum()
    assert set(masked.indices[hidden]) == {500_000, 999_999}
    assert masker.propensity(X).shape == shape
