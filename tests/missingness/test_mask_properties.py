"""Relations that must hold for any small matrix at all."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from sparsekit.missingness import MCARMasker

CELLS = st.one_of(
    st.sampled_from([0.0, -0.0, np.nan, 1.0, -1.0]),
    st.floats(allow_infinity=False, width=32),
)
MATRICES = hnp.arrays(
    dtype=st.sampled_from([np.float32, np.float64]),
    shape=hnp.array_shapes(min_dims=2, max_dims=2, max_side=8),
    elements=CELLS,
)
RATES = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))
SEEDS = st.integers(0, 2**32 - 1)
ROW_KEYS = st.sampled_from(["content", "position"])


def fitted_masker(X, rate, row_key, seed):
    # Few distinct rows are wanted here, and their warning is not: it needs a mask that
    # follows content.
    masker = MCARMasker(rate, row_key="position", random_state=seed).fit(X)
    return masker.set_params(row_key=row_key)


@given(X=MATRICES, rate=RATES, row_key=ROW_KEYS, seed=SEEDS)
def test_only_masked_cells_change_and_all_of_them(X, rate, row_key, seed):
    before = X.copy()
    masker = fitted_masker(X, rate, row_key, seed)
    masked, mask = masker.transform(X), masker.mask(X)
    np.testing.assert_array_equal(X, before)
    assert masked.dtype == X.dtype
    assert not (mask & np.isnan(X)).any()
    assert np.isnan(masked[mask]).all()
    assert masked[~mask].tobytes() == X[~mask].tobytes()


@given(X=MATRICES, rate=RATES, row_key=ROW_KEYS, seed=SEEDS)
def test_csr_and_dense_agree(X, rate, row_key, seed):
    masker = fitted_masker(X, rate, row_key, seed)
    stored = sparse.csr_array(X)
    masked = masker.transform(stored)
    masked.check_format(full_check=True)
    np.testing.assert_array_equal(masker.mask(stored).toarray(), masker.mask(X))
    np.testing.assert_array_equal(masked.toarray(), masker.transform(X))


@given(X=MATRICES, rates=st.tuples(RATES, RATES), row_key=ROW_KEYS, seed=SEEDS)
def test_a_higher_rate_masks_a_superset(X, rates, row_key, seed):
    low, high = (fitted_masker(X, r, row_key, seed).mask(X) for r in sorted(rates))
    assert (low <= high).all()


@given(X=MATRICES, rate=RATES, seed=SEEDS, data=st.data())
def test_masks_follow_rows_in_any_choice_and_order(X, rate, seed, data):
    rows = data.draw(st.lists(st.integers(0, len(X) - 1), min_size=1, max_size=12))
    masker = fitted_masker(X, rate, "content", seed)
    np.testing.assert_array_equal(masker.mask(X[rows]), masker.mask(X)[rows])


@given(X=MATRICES, rate=RATES, row_key=ROW_KEYS, seed=SEEDS)
def test_precision_and_sign_of_zero_do_not_matter(X, rate, row_key, seed):
    single = X.astype(np.float32)
    masker = fitted_masker(single, rate, row_key, seed)
    double = np.where(single == 0, -0.0, single.astype(np.float64))
    np.testing.assert_array_equal(masker.mask(single), masker.mask(double))


@given(X=MATRICES, row_key=ROW_KEYS, seed=SEEDS)
def test_rates_zero_and_one_are_exact(X, row_key, seed):
    assert not fitted_masker(X, 0.0, row_key, seed).mask(X).any()
    everything = fitted_masker(X, 1.0, row_key, seed)
    np.testing.assert_array_equal(everything.mask(X), ~np.isnan(X))
