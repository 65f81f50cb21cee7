"""The learning rate of each epoch."""

import pytest

from sparsekit.network import LearningRate


def test_a_constant_rate_stays_and_ends_at_a_plateau():
    rate = LearningRate("constant", 0.3, 0.5, 10)
    assert [rate.at(epoch, 100 * epoch) for epoch in range(3)] == [0.3] * 3
    assert rate.plateau()


def test_invscaling_falls_with_the_samples_seen():
    rate = LearningRate("invscaling", 0.3, 0.5, 10)
    assert rate.at(0, 0) == 0.3
    assert rate.at(1, 99) == pytest.approx(0.03)
    assert rate.plateau()


def test_a_callable_is_told_the_progress_and_multiplies_the_initial_rate():
    rate = LearningRate(lambda progress: 1 - progress / 2, 0.3, 0.5, 10)
    rates = [rate.at(epoch, 0) for epoch in (0, 5, 10, 15)]
    assert rates == pytest.approx([0.3, 0.225, 0.15, 0.15])


@pytest.mark.parametrize("factor", [-0.1, float("nan"), float("inf"), "1", None])
def test_a_callable_must_return_a_finite_number(factor):
    rate = LearningRate(lambda progress: factor, 0.3, 0.5, 10)
    with pytest.raises(ValueError, match="must return a finite number"):
        rate.at(1, 0)


def test_adaptive_divides_at_each_plateau_until_the_rate_is_too_small():
    rate = LearningRate("adaptive", 0.1, 0.5, 10)
    assert not rate.plateau()
    assert rate.at(4, 0) == pytest.approx(0.02)
    assert not rate.plateau()
    assert rate.at(5, 0) == pytest.approx(0.004)
    n_plateaus = 2
    while not rate.plateau():
        n_plateaus += 1
        assert n_plateaus < 20
    assert rate.at(9, 0) <= 1e-6
