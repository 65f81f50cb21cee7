"""What holds for the masks of every mechanism, without any chance."""

import itertools
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from sklearn.base import clone

from sparsekit.missingness import (
    BlockMasker,
    MARMasker,
    MissingnessTransformer,
    MNARMasker,
    MonotoneMasker,
)
from tests.missingness.mechanism_cases import (
    SETTINGS,
    case_name,
    correlated_normal,
    holed,
)

all_maskers = pytest.mark.parametrize("case", SETTINGS, ids=case_name)
row_keys = pytest.mark.parametrize("row_key", ["content", "position"])


def data():
    return holed(correlated_normal(600))


def make(case, rate=0.3, **parameters):
    masker, given = case
    return masker(**{**given, "missing_rate": rate, "random_state": 0, **parameters})


@row_keys
@all_maskers
def test_masks_are_nested_in_the_rate(case, row_key):
    X = data()
    rates = (0.0, 0.01, 0.2, 0.21, 0.4)
    masks = [make(case, r, row_key=row_key).fit(X).mask(X) for r in rates]
    assert not masks[0].any()
    for low, high in itertools.pairwise(masks):
        assert (low <= high).all()
    assert masks[-1].sum() > masks[1].sum()


@all_maskers
def test_probabilities_rise_with_the_rate(case):
    X = data()
    rates = (0.0, 1e-6, 0.2, 0.2000001, 0.4)
    for low, high in itertools.pairwise(make(case, r).fit(X) for r in rates):
        assert (low.propensity(X) <= high.propensity(X)).all()


@all_maskers
def test_masks_and_probabilities_follow_rows_in_any_order_and_subset(case):
    X = data()
    masker = make(case).fit(X)
    rows = np.random.default_rng(1).permutation(len(X))[:250]
    np.testing.assert_array_equal(masker.mask(X[rows]), masker.mask(X)[rows])
    np.testing.assert_array_equal(
        masker.propensity(X[rows]), masker.propensity(X)[rows]
    )
    for i in rows[:9]:
        np.testing.assert_array_equal(masker.mask(X[[i]])[0], masker.mask(X)[i])


@all_maskers
def test_the_order_of_the_rows_of_the_fit_moves_no_mask(case):
    X = data()
    shuffled = X[np.random.default_rng(1).permutation(len(X))]
    mask = make(case).fit(X).mask(X)
    np.testing.assert_array_equal(make(case).fit(shuffled).mask(X), mask)


@row_keys
@pytest.mark.parametrize("storage", [sparse.csr_array, sparse.csc_matrix])
@all_maskers
def test_dense_and_sparse_copies_agree(case, row_key, storage):
    X = data()
    by_dense = make(case, row_key=row_key).fit(X)
    by_sparse = make(case, row_key=row_key).fit(storage(X))
    assert by_sparse.realized_rate_ == by_dense.realized_rate_
    for stored in (storage(X), storage(X.astype(np.float64))):
        mask = by_sparse.mask(stored)
        mask.check_format(full_check=True)
        np.testing.assert_array_equal(mask.toarray(), by_dense.mask(X))
        np.testing.assert_array_equal(
            by_sparse.transform(stored).toarray(), by_dense.transform(X)
        )
        np.testing.assert_array_equal(
            by_sparse.propensity(stored), by_dense.propensity(X)
        )


@all_maskers
def test_float32_and_float64_copies_agree(case):
    X = data().astype(np.float32)
    masker = make(case).fit(X)
    other = make(case).fit(X.astype(np.float64))
    np.testing.assert_array_equal(masker.mask(X), other.mask(X.astype(np.float64)))
    assert masker.transform(X).dtype == np.float32


@all_maskers
def test_tables_larger_than_a_chunk_are_masked_chunk_by_chunk(case, monkeypatch):
    X = data()
    expected = make(case, 0.3).fit(X)
    monkeypatch.setattr("sparsekit.missingness.maskers._cells.CHUNK_CELLS", 50)
    monkeypatch.setattr("sparsekit.missingness.maskers._cells.BLOCK_CELLS", 1300)
    for storage in (np.asarray, sparse.csr_array):
        masker = make(case, 0.3).fit(storage(X))
        mask = sparse.csr_array(masker.mask(storage(X))).toarray()
        np.testing.assert_array_equal(mask, expected.mask(X))
        np.testing.assert_allclose(
            masker.propensity(storage(X)), expected.propensity(X), rtol=1e-12
        )


@all_maskers
def test_folds_share_random_numbers_groups_and_weights(case):
    # What is learned from the rows differs a little from fold to fold.
    X = data()
    first, second = make(case).fit(X[:400]), make(case).fit(X[200:])
    assert first.seed_ == second.seed_
    assert (first.mask(X) != second.mask(X)).mean() < 0.03


@all_maskers
@pytest.mark.parametrize("when", ["both", "fit", "transform"])
def test_when_says_which_calls_mask(case, when):
    X = data()
    masker = make(case, when=when)
    in_fit = masker.fit_transform(X)
    expected = np.where(masker.mask(X), np.nan, X)
    np.testing.assert_array_equal(in_fit, X if when == "transform" else expected)
    np.testing.assert_array_equal(masker.transform(X), X if when == "fit" else expected)


@all_maskers
def test_values_that_stay_keep_their_bits_and_missing_ones_stay_missing(case):
    X = data()
    X[X == 0] = -0.0
    before = X.tobytes()
    masker = make(case)
    masked, mask = masker.fit_transform(X), masker.mask(X)
    assert X.tobytes() == before
    assert not mask[np.isnan(X)].any()
    assert masked[~mask].tobytes() == X[~mask].tobytes()
    assert np.isnan(masked[mask]).all()


@all_maskers
def test_a_restored_masker_goes_on(case):
    X = data()
    masker = make(case).fit(X)
    restored = pickle.loads(pickle.dumps(masker))
    np.testing.assert_array_equal(restored.mask(X), masker.mask(X))


@all_maskers
def test_a_clone_masks_the_same(case):
    X = data()
    np.testing.assert_array_equal(
        clone(make(case).fit(X)).fit(X).mask(X), make(case).fit(X).mask(X)
    )


@all_maskers
def test_the_table_of_columns_describes_the_fit(case):
    X = pd.DataFrame(data(), columns=list("abcdef"))
    masker = make(case).fit(X)
    table = masker.describe()
    assert table.index.tolist() == list("abcdef")
    np.testing.assert_array_equal(table["target_rate"], masker.target_rates_)
    np.testing.assert_array_equal(table["realized_rate"], masker.mask(X).mean(axis=0))
    masked = table["target_rate"] > 0
    assert (table["mechanism"] != "").tolist() == masked.tolist()
    assert (table["depends_on"] != "").tolist() == masked.tolist()


MATRICES = hnp.arrays(
    dtype=st.sampled_from([np.float32, np.float64]),
    shape=st.tuples(st.integers(8, 20), st.integers(2, 6)),
    elements=st.one_of(
        st.sampled_from([0.0, -0.0, np.nan, 1.0, -1.0, 3e38]),
        st.floats(allow_infinity=False, width=32),
    ),
)
MASKERS = st.one_of(
    st.builds(
        MARMasker,
        drivers=st.just([0]),
        link=st.sampled_from(["logistic", "rank", "groups"]),
        shape=st.sampled_from(["right", "left", "mid", "tail"]),
        strength=st.floats(0, 1e3),
    ),
    st.builds(
        MNARMasker,
        kind=st.sampled_from(["self", "quantile", "latent", "logistic"]),
        shape=st.sampled_from(["right", "left", "mid", "tail"]),
        strength=st.floats(0, 1e3),
        at_risk=st.just(0.5),
    ),
    st.builds(BlockMasker, blocks=st.integers(1, 3)),
    st.builds(MonotoneMasker),
    st.just(MissingnessTransformer([("a", MNARMasker(), [0]), ("b", "mcar", [1])])),
)


@given(
    X=MATRICES, masker=MASKERS, rates=st.tuples(st.floats(0, 0.5), st.floats(0, 0.5))
)
def test_any_small_matrix_is_masked_as_it_should_be(X, masker, rates):
    masks = []
    for rate in sorted(rates):
        masker = clone(masker).set_params(random_state=0, row_key="position")
        masker.set_params(missing_rate=rate)
        if isinstance(masker, MARMasker):
            masker.set_params(rate_unit="columns")
        masked, mask = masker.fit_transform(X), masker.mask(X)
        P = masker.propensity(X)
        assert ((P >= 0) & (P <= 1)).all()
        assert not (mask & np.isnan(X)).any()
        assert masked[~mask].tobytes() == X[~mask].tobytes()
        stored = sparse.csr_array(X)
        np.testing.assert_array_equal(masker.mask(stored).toarray(), mask)
        masks.append(mask)
    assert (masks[0] <= masks[1]).all()
