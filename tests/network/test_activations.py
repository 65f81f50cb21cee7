"""Activations by name."""

import numpy as np
import pytest

from sparsekit.kernels.forward import LOGISTIC, PIECEWISE, TANH
from sparsekit.network import activation_table
from sparsekit.network._activations import variance_gain


@pytest.mark.parametrize(
    ("name", "slope", "kind", "hidden_slopes"),
    [
        ("identity", 0.3, PIECEWISE, [1, 1, 1]),
        ("relu", 0.3, PIECEWISE, [0, 0, 0]),
        ("leaky_relu", None, PIECEWISE, [0.01, 0.01, 0.01]),
        ("leaky_relu", 0.3, PIECEWISE, [0.3, 0.3, 0.3]),
        ("all_relu", None, PIECEWISE, [-0.6, 0.6, -0.6]),
        ("all_relu", 0.2, PIECEWISE, [-0.2, 0.2, -0.2]),
    ],
)
def test_slopes_left_of_zero(name, slope, kind, hidden_slopes):
    kinds, slopes = activation_table(name, slope, 3)
    assert kinds.tolist() == [kind] * 5
    assert slopes.shape == (5,)
    assert slopes[1:-1].tolist() == hidden_slopes


@pytest.mark.parametrize(("name", "kind"), [("logistic", LOGISTIC), ("tanh", TANH)])
def test_sigmoidal_activations_have_kinds_of_their_own(name, kind):
    kinds, _ = activation_table(name, None, 1)
    assert kinds.tolist() == [kind] * 3


@pytest.mark.parametrize("slope", [0.0, 0.3, -0.6, 1.0])
def test_gain_keeps_the_second_moment_of_normal_signals(slope):
    z = np.random.default_rng(0).normal(size=10**6)
    activated = np.where(z > 0, z, slope * z)
    # The standard error of a second moment is below 0.2 % here.
    gain = variance_gain(PIECEWISE, slope)
    assert gain * (activated**2).mean() == pytest.approx(1, rel=0.01)
