"""When connections are replaced, and how many there are at what time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from sparsekit.topology import (
    CubicDensity,
    ElasticDensity,
    ElasticSchedule,
    IterativeDensity,
    OneShotDensity,
    RewiringSchedule,
    SigmoidDensity,
)
from tests.reference.strategies import shares

DENSITIES = [
    CubicDensity(0.9),
    CubicDensity(0.9, begin=0.3, end=0.4),
    ElasticDensity(),
    IterativeDensity(),
    IterativeDensity(rounds=1, initial=0.9, end=1.0),
    OneShotDensity(),
    SigmoidDensity(0.9),
    SigmoidDensity(0.9, steepness=50.0, end=1.0),
]


@given(shares, shares, st.sampled_from(["constant", "linear", "cosine"]))
def test_fraction_falls_from_its_initial_value_to_zero(initial, end, decay):
    schedule = RewiringSchedule(decay=decay, end=max(end, 0.01))
    assert schedule.fraction(initial, 0.0) == initial
    progress = np.linspace(0, 1, 41)
    fractions = [schedule.fraction(initial, at) for at in progress]
    assert (np.diff(fractions) <= 0).all()
    done = progress >= schedule.end
    assert not np.array(fractions)[done].any()
    assert fractions[-1] == 0.0


def test_fraction_follows_its_formula():
    assert RewiringSchedule(end=0.8).fraction(0.3, 0.79) == 0.3
    linear = RewiringSchedule(decay="linear", end=0.8)
    assert linear.fraction(0.3, 0.2) == pytest.approx(0.3 * 0.75)
    cosine = RewiringSchedule(decay="cosine", end=0.8)
    expected = 0.15 * (1 + math.cos(math.pi / 4))
    assert cosine.fraction(0.3, 0.2) == pytest.approx(expected)


@pytest.mark.parametrize("schedule", DENSITIES, ids=repr)
@given(final=st.floats(0.001, 0.9))
def test_density_falls_and_ends_at_the_final_one(schedule, final):
    densities = [schedule.density(final, at) for at in np.linspace(0, 1, 201)]
    assert densities[-1] == final
    # Between two equal densities, rounding may go up.
    assert (np.diff(densities) <= 1e-15).all()
    assert min(densities) >= final - 1e-15
    assert max(densities) <= 1


@pytest.mark.parametrize(
    "schedule",
    [
        CubicDensity(0.7),
        SigmoidDensity(0.7),
        OneShotDensity(0.7),
        IterativeDensity(3, 0.7),
    ],
)
def test_density_starts_at_the_initial_one(schedule):
    assert schedule.density(0.1, 0.0) == 0.7


def test_cubic_density_is_zhu_and_guptas_sparsity():
    schedule = CubicDensity(initial=0.8, begin=0.1, end=0.6)
    for progress in (0.1, 0.2, 0.35, 0.6):
        sparsity = 0.9 + (0.2 - 0.9) * (1 - (progress - 0.1) / 0.5) ** 3
        assert schedule.density(0.1, progress) == pytest.approx(1 - sparsity)
    assert schedule.density(0.1, 0.05) == 0.8
    assert schedule.density(0.1, 0.7) == 0.1


def test_sigmoid_density_is_a_stretched_logistic_function():
    def logistic(x):
        return 1 / (1 + math.exp(-x))

    schedule = SigmoidDensity(initial=0.8, steepness=4.0, end=0.5)
    for progress in (0.0, 0.1, 0.25, 0.4, 0.5):
        raw = logistic(4.0 * (progress / 0.25 - 1))
        done = (raw - logistic(-4.0)) / (logistic(4.0) - logistic(-4.0))
        expected = 0.8 + (0.2 - 0.8) * done
        assert schedule.density(0.2, progress) == pytest.approx(expected)


def test_elastic_density_falls_in_steps():
    schedule = ElasticDensity(extra=(0.5, 0.25), until=(0.2, 0.6))
    densities = [schedule.density(0.75, at) for at in (0.0, 0.19, 0.2, 0.59, 0.6)]
    assert densities == [1.0, 1.0, 0.9375, 0.9375, 0.75]


def test_an_elastic_schedule_replaces_what_an_elastic_density_adds():
    schedule = ElasticSchedule(extra=(0.5, 0.25), until=(0.2, 0.6))
    density = ElasticDensity(extra=(0.5, 0.25), until=(0.2, 0.6))
    for at in (0.0, 0.19, 0.2, 0.59, 0.6, 1.0):
        kept = density.density(0.1, at) * (1 - schedule.fraction(1.0, at))
        assert kept == pytest.approx(0.1)
        assert schedule.fraction(0.3, at) == min(0.3, schedule.fraction(1.0, at))


@given(st.integers(1, 12), st.floats(0.1, 1.0), st.floats(0.01, 0.9))
def test_iterative_density_loses_the_same_share_in_every_round(rounds, end, final):
    schedule = IterativeDensity(rounds=rounds, end=end)
    # Whenever a round is due, it comes: rounding does not put it off.
    at_rounds = [schedule.density(final, k * end / rounds) for k in range(rounds + 1)]
    assert at_rounds[-1] == final
    ratios = np.divide(at_rounds[1:], at_rounds[:-1])
    np.testing.assert_allclose(ratios, final ** (1 / rounds))
    between = [schedule.density(final, (k + 0.5) * end / rounds) for k in range(rounds)]
    assert between == at_rounds[:-1]


@pytest.mark.parametrize(
    "schedule", [RewiringSchedule(), ElasticSchedule(), *DENSITIES], ids=repr
)
def test_schedules_are_estimators(schedule):
    assert clone(schedule).get_params() == schedule.get_params()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"every": 0}, "every must be a whole number of at least 1; got 0"),
        ({"every": 1.5}, "every must be a whole number"),
        ({"unit": "hours"}, "unit must be one of 'epochs', 'steps'; got 'hours'"),
        ({"decay": None}, "decay must be one of 'constant', 'linear', 'cosine'"),
        ({"end": 0.0}, r"end must be a number in \(0, 1\]; got 0"),
        ({"end": 1.1}, "end must be a number"),
    ],
)
def test_bad_rewiring_schedule_is_an_error(parameters, message):
    with pytest.raises(ValueError, match=f"RewiringSchedule: {message}"):
        RewiringSchedule(**parameters).fraction(0.3, 0.0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"every": 0}, "every must be a whole number of at least 1; got 0"),
        ({"unit": "hours"}, "unit must be one of 'epochs', 'steps'; got 'hours'"),
        ({"extra": (0.1,)}, "as many increasing numbers"),
        ({"until": None}, "until must be numbers"),
    ],
)
def test_bad_elastic_schedule_is_an_error(parameters, message):
    with pytest.raises(ValueError, match=f"ElasticSchedule: .*{message}"):
        ElasticSchedule(**parameters).fraction(1.0, 0.0)


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (CubicDensity(0.0), r"initial must be a number in \(0, 1\]"),
        (CubicDensity(begin=0.75), r"begin must be a number in \[0, 0.75\)"),
        (CubicDensity(end=2.0), "end must be a number"),
        (SigmoidDensity(steepness=0.0), r"steepness must be a number in \(0, inf\)"),
        (SigmoidDensity(end=-1), "end must be a number"),
        (ElasticDensity((0.1,), (0.1, 0.2)), "as many increasing numbers"),
        (ElasticDensity((0.1, 0.1), (0.2, 0.2)), "as many increasing numbers"),
        (ElasticDensity((0.1, -0.1), (0.2, 0.3)), "extra must be numbers of at least"),
        (ElasticDensity((0.1, 0.1), (0.2, 1.3)), "as many increasing numbers"),
        (OneShotDensity(at=1.5), r"at must be a number in \[0, 1\]"),
        (OneShotDensity(initial=2), "initial must be a number"),
        (IterativeDensity(rounds=0), "rounds must be a whole number of at least 1"),
        (IterativeDensity(end=0), "end must be a number"),
    ],
)
def test_bad_density_schedule_is_an_error(schedule, message):
    with pytest.raises(ValueError, match=f"{type(schedule).__name__}: .*{message}"):
        schedule.density(0.1, 0.0)
