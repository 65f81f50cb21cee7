"""Maskers and the diagnosis on very large and very small numbers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal
from scipy import sparse
from sklearn.base import clone

from sparsekit.missingness import LabelMasker, MARMasker, MNARMasker, diagnose

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 4)) + 1.0
STORE = {"dense": np.asarray, "csr": sparse.csr_array}
MOST = np.finfo(np.float64).max
SIZES = [2.0**1020, 2.0**600, 2.0**-600, 2.0**-1000]

# Masks depend on the content of rows; probabilities on standardised values only.
MASKERS = [
    MNARMasker(0.3, kind="self", strength=3.0),
    MNARMasker(0.3, kind="quantile"),
    MNARMasker(0.3, kind="latent", strength=3.0),
    MNARMasker(0.3, kind="logistic", shape="tail"),
    MARMasker(0.3, drivers=[0, 1], strength=3.0),
    MARMasker(0.3, drivers=[0, 1], link="rank"),
]


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("masker", MASKERS, ids=repr)
def test_probabilities_do_not_depend_on_the_size_of_numbers(masker, size, store):
    masker = clone(masker).set_params(random_state=0)
    plain = masker.fit(store(X)).propensity(store(X))
    huge = masker.fit(store(X * size)).propensity(store(X * size))
    assert plain.std(axis=0).max() > 0.05
    assert_array_equal(huge, plain)


def test_a_stream_of_drivers_weighted_by_any_size_is_that_of_their_ratios():
    plain = MARMasker(0.3, drivers={0: 1.0, 1: -2.0}, random_state=0)
    huge = clone(plain).set_params(drivers={0: 2.0**1020, 1: -(2.0**1021)})
    assert_array_equal(huge.fit(X).propensity(X), plain.fit(X).propensity(X))


@pytest.mark.parametrize("size", SIZES)
def test_targets_of_any_size_mask_alike(size):
    target = X[:, 0]
    plain = LabelMasker(0.3, strength=3.0, random_state=0).fit(X, target)
    huge = LabelMasker(0.3, strength=3.0, random_state=0).fit(X, target * size)
    assert_array_equal(huge.propensity(X, target * size), plain.propensity(X, target))


@pytest.mark.parametrize("masker", [m for m in MASKERS if m.get_params().get("kind")])
def test_rows_far_from_those_of_fit_are_masked_by_numbers_or_refused(masker):
    masker = clone(masker).set_params(random_state=0).fit(X * 1e-300)
    far = X.copy()
    far[3] = [MOST, -MOST, MOST, -MOST]
    found, message = np.zeros(1), "in column"
    try:
        found = masker.propensity(far)
    except ValueError as error:
        message = str(error)
    assert ((found >= 0) & (found <= 1)).all()
    assert "row 3 of X" in message or "in column" in message


def test_the_row_whose_score_is_beyond_all_numbers_is_named():
    masker = MNARMasker(0.3, kind="latent", random_state=0).fit(X * 1e-300)
    far = X * 1e-300
    far[3] = 1e300
    with pytest.raises(ValueError, match="The score of the values of row 3 of X"):
        masker.transform(far)


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
@pytest.mark.parametrize("size", SIZES)
def test_a_diagnosis_does_not_depend_on_the_size_of_numbers(size, store):
    holey = np.where(X > 2, np.nan, X)
    plain, huge = diagnose(store(holey)), diagnose(store(holey * size))
    for name in ("columns", "co_missing", "dependence", "mcar_test"):
        assert_frame_equal(getattr(huge, name), getattr(plain, name))


def test_a_diagnosis_of_the_ends_of_double_precision_is_one_of_their_signs():
    ends = np.where(X > 1, MOST, -MOST)
    holes = RNG.random(X.shape) < 0.2
    ends[holes] = np.nan
    signs = np.sign(ends)
    found, expected = diagnose(ends).dependence, diagnose(signs).dependence
    assert_allclose(found["z"], expected["z"])
