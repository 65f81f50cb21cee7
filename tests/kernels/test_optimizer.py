"""One step on a range of parameters, and what happens at the edges of numbers."""

import numpy as np
import pytest

from sparsekit.kernels import optimizer as kernels
from sparsekit.kernels._lanes import lanes_of
from sparsekit.network import Optimizer
from tests.reference.inner import callable_from_python
from tests.reference.naive_training import NaiveOptimizer

sum_of_squares = callable_from_python(kernels.sum_of_squares)
update = callable_from_python(kernels.update)

N = 23
RTOL = {np.float64: 1e-12, np.float32: 1e-5}


def step_of(optimizer, dtype, parameters, gradient, moments, *, weight=1.0, step=1):
    """Update the parameters 4 to 19 in place; return how many broke."""
    config = optimizer.config(0.01, np.dtype(dtype))
    arrays = [array[4:20] for array in (parameters, gradient, *moments)]
    return update(config, *arrays, weight, config.l2, config.decay, step)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("solver", ["sgd", "sgdw", "adam", "adamw"])
def test_three_steps_equal_their_formulas(solver, nesterov, dtype):
    rng = np.random.default_rng(0)
    ours = Optimizer(
        solver,
        alpha=0.3,
        momentum=0.7,
        nesterovs_momentum=nesterov,
        beta_1=0.8,
        beta_2=0.95,
        epsilon=1e-3,
    )
    twin = NaiveOptimizer(
        solver,
        momentum=0.7,
        nesterov=nesterov,
        beta_1=0.8,
        beta_2=0.95,
        epsilon=1e-3,
    )
    parameters = rng.normal(size=N).astype(dtype)
    before, expected = parameters.copy(), parameters.astype(float)
    moments = [
        np.zeros(N, dtype),
        np.zeros(0 if solver in ("sgd", "sgdw") else N, dtype),
    ]
    for step in (1, 2, 3):
        gradient = rng.normal(size=N).astype(dtype)
        weight = float(rng.uniform(1, 9))
        broken = step_of(
            ours, dtype, parameters, gradient, moments, weight=weight, step=step
        )
        assert broken == 0
        twin.step = step
        penalty, decay = (0.0, 0.3) if solver.endswith("w") else (0.3, 0.0)
        mean_gradient = (gradient + penalty * expected) / weight
        expected = twin.update(0, expected, mean_gradient, 0.01, decay)
    np.testing.assert_allclose(parameters[4:20], expected[4:20], rtol=RTOL[dtype])
    np.testing.assert_array_equal(parameters[:4], before[:4])
    np.testing.assert_array_equal(parameters[20:], before[20:])
    for moment, theirs in zip(moments, (twin.first, twin.second), strict=True):
        if moment.size:
            np.testing.assert_allclose(moment[4:20], theirs[0][4:20], rtol=RTOL[dtype])
            assert not moment[:4].any()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("solver", "nesterov"),
    [("sgd", True), ("sgd", False), ("adam", True), ("adamw", True)],
)
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_parameter_that_would_not_stay_finite_keeps_its_value(
    solver, nesterov, bad, dtype
):
    parameters = np.linspace(-1, 1, N).astype(dtype)
    before = parameters.copy()
    gradient = np.ones(N, dtype)
    gradient[[6, 11]] = bad
    moments = [
        np.zeros(N, dtype),
        np.zeros(0 if solver in ("sgd", "sgdw") else N, dtype),
    ]
    optimizer = Optimizer(solver, alpha=0.0, nesterovs_momentum=nesterov)
    with np.errstate(invalid="ignore"):  # for the run without compilation
        broken = step_of(optimizer, dtype, parameters, gradient, moments)
    assert broken == 2
    np.testing.assert_array_equal(parameters[[6, 11]], before[[6, 11]])
    others = [4, 5, 7, 10, 12, 19]
    assert (parameters[others] != before[others]).all()


@pytest.mark.parametrize("solver", ["sgd", "sgdw", "adam", "adamw"])
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_moments_stay_finite_where_a_gradient_is_not(solver, bad):
    # Otherwise no later step, however small, could move that parameter again.
    parameters, gradient = np.ones(N), np.full(N, bad)
    moments = [np.zeros(N), np.zeros(0 if solver in ("sgd", "sgdw") else N)]
    optimizer = Optimizer(solver, alpha=0.0)
    with np.errstate(invalid="ignore"):  # for the run without compilation
        step_of(optimizer, np.float64, parameters, gradient, moments)
    for moment in moments:
        assert np.isfinite(moment).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_moments_do_not_become_subnormal(solver, dtype):
    tiny = np.finfo(dtype).tiny
    moments = [np.full(N, 4 * tiny, dtype)]
    moments.append(np.full(0 if solver == "sgd" else N, 4 * tiny, dtype))
    parameters = np.ones(N, dtype)
    step_of(Optimizer(solver, 0.0), dtype, parameters, np.zeros(N, dtype), moments)
    for moment in moments:
        assert not moment[4:20].any()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("begin", "end"), [(0, 0), (3, 8), (4, 20), (1, 75)])
def test_sums_of_squares_equal_adding_one_by_one(begin, end, dtype):
    values = np.random.default_rng(0).normal(size=80).astype(dtype)
    expected = sum(float(v) ** 2 for v in values[begin:end])
    ours = sum_of_squares(lanes_of(dtype, 16), values[begin:end])
    assert ours == pytest.approx(expected, rel=RTOL[dtype])
