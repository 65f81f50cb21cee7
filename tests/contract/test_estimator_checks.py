"""scikit-learn's estimator checks: its whole suite, and the checks outside it."""

import inspect

import pytest
from sklearn.utils import estimator_checks as checks

import sparsekit
from sparsekit.neural_network import QuickSelector

NETWORKS = [
    sparsekit.DSTMLPClassifier,
    sparsekit.DSTMLPRegressor,
    sparsekit.SETMLPClassifier,
    sparsekit.StaticSparseMLPClassifier,
    sparsekit.DenseMLPClassifier,
    sparsekit.SETMLPRegressor,
    sparsekit.StaticSparseMLPRegressor,
    sparsekit.DenseMLPRegressor,
]
SETTINGS = [
    {},
    {"batch_size": 20},
    {"out_activation": "softmax"},
    {"missing": "raise"},
    {"sparsity": 0.5},
]
VARIANTS = [
    network(**settings)
    for network in NETWORKS
    for settings in SETTINGS
    if settings.keys() <= inspect.signature(network).parameters.keys()
] + [
    sparsekit.SETMLPClassifier(missing="indicator", missing_scaling="neuron"),
    sparsekit.SETMLPRegressor(missing="expected"),
    sparsekit.DSTMLPClassifier(method="rigl"),
    sparsekit.DSTMLPClassifier(method="chtss"),
    sparsekit.DSTMLPRegressor(method="granet"),
    sparsekit.DSTMLPRegressor(method="deepr"),
    sparsekit.DSTMLPRegressor(method="snfs"),
    sparsekit.StaticSparseMLPClassifier(missing_scaling="sample", input_dropout=0.2),
    sparsekit.SETMLPClassifier(sample_selection="removal"),
    sparsekit.DenseMLPRegressor(sample_selection="infobatch"),
    QuickSelector(sparsekit.SETMLPClassifier(max_iter=20, random_state=0)),
]
# scikit-learn's reason for its own estimators trained by stochastic gradients.
STOCHASTIC = "sample_weight is not equivalent to removing/repeating samples."
OUTSIDE_THE_SUITE = [
    checks.check_param_validation,
    checks.check_dataframe_column_names_consistency,
    checks.check_all_zero_sample_weights_error,
]


def expected_failures(estimator):
    return {
        "check_sample_weight_equivalence_on_dense_data": STOCHASTIC,
        "check_sample_weight_equivalence_on_sparse_data": STOCHASTIC,
    }


def identify(value):
    return getattr(value, "__name__", repr(value))


# The suite's own tables are smaller than a batch of 20 rows, and it trains networks for
# a few epochs.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore:batch_size=20 is larger:UserWarning")
@checks.parametrize_with_checks(VARIANTS, expected_failed_checks=expected_failures)
def test_passes_the_estimator_checks(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("check", OUTSIDE_THE_SUITE, ids=identify)
@pytest.mark.parametrize("network", NETWORKS, ids=identify)
def test_passes_the_checks_outside_the_suite(network, check):
    check(network.__name__, network())
