"""Learning-rate schedules, as `history_` shows them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris

from sparsekit import DenseMLPClassifier, SETMLPClassifier, SETMLPRegressor
from sparsekit.neural_network import CosineDecay, LinearDecay, StepDecay

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def rates(network=SETMLPClassifier, **settings):
    X, y = load_iris(return_X_y=True)
    settings = {"max_iter": 6, "learning_rate_init": 0.1, "random_state": 0} | settings
    net = network((10,), **settings).fit(X, y)
    return np.array([row["learning_rate"] for row in net.history_])


@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
@pytest.mark.parametrize("solver", ["sgd", "sgdw", "adam", "adamw"])
def test_constant_is_constant(network, solver):
    found = rates(network, solver=solver, learning_rate="constant")
    assert_allclose(found, np.full(6, 0.1))


@pytest.mark.parametrize("power", [0.0, 0.25, 0.5])
def test_invscaling_falls_with_the_samples_seen(power):
    found = rates(solver="sgd", learning_rate="invscaling", power_t=power)
    assert_allclose(found, 0.1 / (150 * np.arange(6) + 1.0) ** power)


@pytest.mark.parametrize("solver", ["sgd", "sgdw", "adam", "adamw"])
def test_cosine_falls_to_zero_with_every_solver(solver):
    found = rates(solver=solver, learning_rate="cosine")
    assert_allclose(found, 0.05 * (1 + np.cos(np.pi * np.arange(6) / 6)))


def test_linear_falls_to_zero():
    assert_allclose(rates(learning_rate="linear"), 0.1 * (1 - np.arange(6) / 6))


def test_step_divides_by_ten_after_a_half_and_after_three_quarters():
    found = rates(learning_rate="step", max_iter=8)
    assert_allclose(found, 0.1 * np.repeat([1, 0.1, 0.01], [4, 2, 2]))


def test_a_decay_has_an_end_and_a_final_value():
    found = rates(learning_rate=LinearDecay(end=0.5, final=0.01), max_iter=8)
    expected = [1, 0.7525, 0.505, 0.2575, 0.01, 0.01, 0.01, 0.01]
    assert_allclose(found, 0.1 * np.array(expected))
    assert_allclose(rates(learning_rate=CosineDecay(final=1.0)), np.full(6, 0.1))


def test_any_callable_is_a_learning_rate():
    found = rates(learning_rate=lambda progress: 1 - progress**2)
    assert_allclose(found, 0.1 * (1 - (np.arange(6) / 6) ** 2))


@pytest.mark.parametrize(
    "decay",
    [
        LinearDecay(end=0),
        LinearDecay(final=2),
        CosineDecay(end="1"),
        StepDecay(at=(0.5, 2)),
        StepDecay(at=0.5),
        StepDecay(factor=-1),
    ],
)
def test_a_decay_refuses_parameters_that_are_not_allowed(decay):
    with pytest.raises(ValueError, match=type(decay).__name__):
        rates(learning_rate=decay)


@pytest.mark.parametrize("solver", ["adam", "adamw"])
@pytest.mark.parametrize("schedule", ["invscaling", "adaptive"])
def test_schedules_of_sgd_leave_other_solvers_alone(solver, schedule):
    found = rates(solver=solver, learning_rate=schedule, tol=1e9, n_iter_no_change=2)
    # Three epochs without progress, and training stops, as at a constant rate.
    assert_allclose(found, np.full(4, 0.1))


def test_adaptive_divides_by_five_when_progress_stalls():
    found = rates(
        solver="sgd",
        learning_rate="adaptive",
        tol=1e9,
        n_iter_no_change=2,
        max_iter=12,
    )
    # One epoch of progress, then three without for every division.
    assert_allclose(found, 0.1 / 5.0 ** ((np.arange(12) - 1) // 3).clip(0))


def test_adaptive_stops_when_the_rate_is_tiny():
    net = DenseMLPClassifier(
        (5,),
        tol=0.5,
        max_iter=3000,
        solver="sgd",
        learning_rate="adaptive",
        random_state=0,
    )
    net.fit([[3, 2], [1, 6]], [1, 0])
    assert net.n_iter_ < 3000
    # It trains at the first rate below 1e-6, and stops there, as scikit-learn does.
    assert 2e-7 < net.history_[-1]["learning_rate"] <= 1e-6


def test_adaptive_follows_the_validation_score_with_early_stopping():
    found = rates(
        solver="sgd",
        learning_rate="adaptive",
        early_stopping=True,
        tol=1.0,
        n_iter_no_change=1,
        max_iter=8,
    )
    assert found[0] == 0.1
    assert found[-1] < 0.1 / 5


def test_a_smaller_rate_takes_smaller_steps():
    X, y = load_iris(return_X_y=True)
    settings = {"solver": "sgd", "max_iter": 1, "alpha": 0.0, "random_state": 0}
    start, small, large = (
        DenseMLPClassifier((10,), learning_rate_init=rate, **settings).fit(X, y)
        for rate in (1e-12, 1e-3, 1e-2)
    )
    moved = [
        np.abs(net.coefs_[0].toarray() - start.coefs_[0].toarray()).sum()
        for net in (small, large)
    ]
    assert 0 < moved[0] < moved[1]
