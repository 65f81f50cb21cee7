"""scikit-learn's estimator checks: its whole suite, and the checks outside it."""

import pytest
from sklearn.base import clone
from sklearn.utils import estimator_checks as checks

from tests.estimators import (
    ALL_NETWORKS,
    CHECKED_MASKERS,
    META_VARIANTS,
    NETWORK_VARIANTS,
    TABULAR_VARIANTS,
    public_estimators,
)

# scikit-learn's reason for its own estimators trained by stochastic gradients.
STOCHASTIC = "sample_weight is not equivalent to removing/repeating samples."
OUTSIDE_THE_SUITE = [
    checks.check_param_validation,
    checks.check_dataframe_column_names_consistency,
    checks.check_all_zero_sample_weights_error,
]


def test_every_public_estimator_is_put_through_the_suite():
    # The maskers are in tests/missingness/test_masker_contract.py.
    variants = NETWORK_VARIANTS + META_VARIANTS + CHECKED_MASKERS + TABULAR_VARIANTS
    checked = {type(each) for each in variants}
    assert [each for each in public_estimators() if each not in checked] == []


def expected_failures(estimator):
    expected = {
        "check_sample_weight_equivalence_on_dense_data": STOCHASTIC,
        "check_sample_weight_equivalence_on_sparse_data": STOCHASTIC,
    }
    if estimator.__sklearn_tags__().target_tags.positive_only:
        expected["check_regressor_multioutput"] = "its targets are below 0, too"
    return expected


def identify(value):
    return getattr(value, "__name__", repr(value))


# The suite's own tables are smaller than a batch of 20 rows, and it trains networks for
# a few epochs.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore:batch_size=20 is larger:UserWarning")
@checks.parametrize_with_checks(
    NETWORK_VARIANTS + META_VARIANTS + TABULAR_VARIANTS,
    expected_failed_checks=expected_failures,
)
def test_passes_the_estimator_checks(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("check", OUTSIDE_THE_SUITE, ids=identify)
@pytest.mark.parametrize("network", ALL_NETWORKS, ids=identify)
def test_passes_the_checks_outside_the_suite(network, check):
    check(network.__name__, network())


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("check", OUTSIDE_THE_SUITE[:2], ids=identify)
@pytest.mark.parametrize("estimator", META_VARIANTS + TABULAR_VARIANTS, ids=identify)
def test_meta_estimators_pass_the_checks_outside_the_suite(estimator, check):
    check(type(estimator).__name__, clone(estimator))
