"""Ctrl-C, wherever it comes, leaves an estimator that predicts."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from sparsekit import SETMLPClassifier
from sparsekit.topology import RandomGrower
from tests.callbacks import InterruptAt


@pytest.mark.parametrize("task", ["epoch", "rewiring"])
def test_an_interrupted_fit_is_usable(task):
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier(max_iter=20, random_state=0)
    net.set_callbacks(InterruptAt(3, [task]))
    with pytest.warns(UserWarning, match="interrupted"):
        net.fit(X, y)
    assert len(net.loss_curve_) == 3
    assert np.isfinite(net.predict_proba(X)).all()


class InterruptedGrower(RandomGrower):
    def select(self, layer, dropped, count, rng):
        if layer.n_out == 10:  # the second of three layers
            raise KeyboardInterrupt
        return super().select(layer, dropped, count, rng)


def test_an_interrupted_rewiring_leaves_the_old_network():
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier(
        (20, 10), sparsity=0.5, grower=InterruptedGrower(), random_state=0
    )
    net.partial_fit(X, y, classes=[0, 1, 2])
    before = net.predict_proba(X)
    with pytest.warns(UserWarning, match="interrupted"):
        net.partial_fit(X, y)
    np.testing.assert_array_equal(net.predict_proba(X), before)
