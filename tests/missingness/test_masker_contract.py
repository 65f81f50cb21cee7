"""scikit-learn's contract: its check suite, and the checks that are not in it."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks as checks
from sklearn.utils import get_tags

from sparsekit.missingness import (
    LabelMasker,
    MCARMasker,
    MissingnessTransformer,
)
from tests.estimators import CHECKED_MASKERS, MASKER_VARIANTS, MASKERS

OUTSIDE_THE_SUITE = [
    checks.check_param_validation,
    checks.check_dataframe_column_names_consistency,
    checks.check_transformer_get_feature_names_out,
    checks.check_transformer_get_feature_names_out_pandas,
    checks.check_get_feature_names_out_error,
    checks.check_set_output_transform,
    checks.check_set_output_transform_pandas,
    checks.check_set_output_transform_polars,
    checks.check_global_output_transform_pandas,
    checks.check_global_set_output_transform_polars,
]


def identify(value):
    return getattr(value, "__name__", repr(value))


@checks.parametrize_with_checks(CHECKED_MASKERS)
def test_passes_the_estimator_checks(estimator, check):
    check(estimator)


# Some checks fit on a table and transform an array, or the reverse, on purpose.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("check", OUTSIDE_THE_SUITE, ids=identify)
@pytest.mark.parametrize("masker", MASKER_VARIANTS, ids=identify)
def test_passes_the_checks_outside_the_suite(masker, check):
    check(type(masker).__name__, clone(masker))


@pytest.mark.parametrize("masker", MASKERS, ids=identify)
def test_defaults_are_deterministic_for_scikit_learn(masker):
    assert not get_tags(masker).non_deterministic


@pytest.mark.parametrize(
    "masker",
    [
        MCARMasker(when="fit"),
        MCARMasker(when="transform"),
        MCARMasker(row_key="position"),
        MCARMasker(exact=True),
        LabelMasker(),
        MissingnessTransformer([("a", LabelMasker(), [0])]),
    ],
    ids=repr,
)
def test_settings_that_break_the_transformer_rules_are_tagged(masker):
    assert get_tags(masker).non_deterministic


@pytest.mark.parametrize("masker", MASKER_VARIANTS, ids=identify)
def test_tags_tell_what_is_accepted_and_kept(masker):
    tags = get_tags(masker)
    assert tags.input_tags.sparse
    assert tags.input_tags.allow_nan
    assert tags.transformer_tags.preserves_dtype == ["float64", "float32"]
    assert tags.target_tags.required == masker._needs_target


# scikit-learn does not run its own version of these three where the tag says
# "non-deterministic" or "allows NaN".
@pytest.mark.parametrize("masker", MASKER_VARIANTS, ids=identify)
@pytest.mark.parametrize("method", ["transform", "mask", "propensity"])
def test_other_number_of_features_is_refused(masker, method):
    X = np.random.default_rng(0).normal(size=(40, 4))
    fitted = clone(masker).fit(X, X[:, 0])
    with pytest.raises(ValueError, match="4 features"):
        getattr(fitted, method)(np.ones((3, 5)))


@pytest.mark.parametrize("masker", MASKER_VARIANTS, ids=identify)
@pytest.mark.parametrize("storage", [np.asarray, sparse.csr_array])
def test_infinity_is_refused_in_fit_and_transform(masker, storage):
    X = np.random.default_rng(0).normal(size=(40, 4))
    y = X[:, 0].copy()
    fitted = clone(masker).fit(storage(X), y)
    X[3, 1] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        clone(masker).fit(storage(X), y)
    with pytest.raises(ValueError, match="infinity"):
        fitted.transform(storage(X))


@pytest.mark.parametrize("masker", MASKER_VARIANTS, ids=identify)
def test_two_calls_give_the_same_result(masker):
    X = np.random.default_rng(0).normal(size=(50, 4))
    fitted = clone(masker).fit(X, X[:, 0])
    np.testing.assert_array_equal(fitted.transform(X), fitted.transform(X))


@pytest.mark.parametrize("masker", MASKERS, ids=identify)
def test_the_target_is_ignored(masker):
    X = np.random.default_rng(0).normal(size=(50, 4))
    with_target = clone(masker).set_params(random_state=0).fit_transform(X, X[:, 0])
    without = clone(masker).set_params(random_state=0).fit_transform(X)
    np.testing.assert_array_equal(with_target, without)


@pytest.mark.parametrize("method", ["transform", "mask", "propensity"])
def test_an_unfitted_masker_says_so(method):
    with pytest.raises(NotFittedError, match="not fitted"):
        getattr(MCARMasker(), method)(np.ones((2, 2)))


def test_an_unknown_mechanism_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'mechanism'.*'mcar'.*'nonsense'"):
        MissingnessTransformer("nonsense").fit(np.ones((2, 2)))


def test_the_transformer_with_mcar_is_the_mcar_masker():
    X = np.random.default_rng(0).normal(size=(50, 4))
    parameters = {"missing_rate": 0.4, "row_key": "position", "random_state": 3}
    named = MissingnessTransformer("mcar", **parameters).fit_transform(X)
    np.testing.assert_array_equal(named, MCARMasker(**parameters).fit_transform(X))
