"""Figures show what the tables say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.datasets import load_iris

from sparsekit import SETMLPClassifier
from sparsekit.difficulty import (
    DataMapDisplay,
    ForgettingDisplay,
    cartography,
    forgetting_events,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def net():
    X, y = load_iris(return_X_y=True)
    return SETMLPClassifier(
        (20,), sparsity=0.5, prune_fraction=0.7, max_iter=12, random_state=0,
        record="rewiring",
    ).fit(X, y)  # fmt: skip


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_bars_are_the_events_by_cause(net):
    display = ForgettingDisplay.from_record(net)
    for column, cause in enumerate(["gradient", "prune", "grow"]):
        heights = [bar.get_height() for bar in display.ax_.containers[column]]
        table = forgetting_events(net, source=cause, never_learned="zero")
        assert sum(heights) == table["n_forgotten"].sum()
    assert len(display.ax_.containers[0]) == 11
    assert display.fractions_["grow"] == 0
    np.testing.assert_allclose(sum(display.fractions_.values()), 1)


def test_causes_sum_to_all(net):
    tables = [
        forgetting_events(net, source=source, never_learned="zero")["n_forgotten"]
        for source in ("gradient", "prune", "grow", "all")
    ]
    assert (tables[0] + tables[1] + tables[2] == tables[3]).all()


def test_dots_of_the_map_are_the_samples(net):
    display = DataMapDisplay.from_record(net, hue="aleatoric")
    dots = display.ax_.collections[0]
    table = cartography(net)
    np.testing.assert_allclose(dots.get_offsets(), table[["variability", "confidence"]])
    np.testing.assert_allclose(dots.get_array(), table["aleatoric"])


def test_held_out_samples_have_no_dot():
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier(early_stopping=True, record="epoch").fit(X, y)
    display = DataMapDisplay.from_record(net, hue=np.arange(150))
    assert len(display.ax_.collections[0].get_offsets()) == 135
