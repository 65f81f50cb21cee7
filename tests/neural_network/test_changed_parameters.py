"""Parameters that change between two calls of partial_fit are checked as at first."""

import gc
import weakref

import numpy as np
import pytest

from sparsekit import SETMLPClassifier
from sparsekit.neural_network import _checks

X, Y = np.random.default_rng(0).normal(size=(12, 4)), np.arange(12) % 3


@pytest.fixture
def net():
    net = SETMLPClassifier((5,), sparsity=0.5, random_state=0)
    return net.partial_fit(X, Y, classes=[0, 1, 2])


@pytest.mark.parametrize(
    ("name", "value"),
    [("batch_size", -3), ("alpha", np.ones(2)), ("dropout", 1.5), ("solver", "newton")],
)
def test_what_is_not_allowed_is_refused_by_name(net, name, value):
    weights = net._network.weights.copy()
    net.set_params(**{name: value})
    with pytest.raises(ValueError, match=f"The '{name}' parameter"):
        net.partial_fit(X, Y)
    with pytest.raises(ValueError, match=f"The '{name}' parameter"):
        net.consolidate(X, Y)
    assert (net._network.weights == weights).all()


def test_the_same_parameters_are_checked_once(net, monkeypatch):
    net.partial_fit(X, Y)
    monkeypatch.setattr(net, "_validate_params", pytest.fail, raising=True)
    net.partial_fit(X, Y)


def test_nothing_is_remembered_of_an_estimator_that_is_gone():
    net = SETMLPClassifier((5,), sparsity=0.5, random_state=0)
    gone = weakref.ref(net.partial_fit(X, Y, classes=[0, 1, 2]))
    assert net in _checks._VALIDATED
    del net
    gc.collect()
    assert gone() is None


def test_another_network_than_the_fitted_one_is_refused_each_time(net):
    for changed in ({"sparsity": 0.7}, {"hidden_layer_sizes": (9,)}):
        before = {name: getattr(net, name) for name in changed}
        net.set_params(**changed)
        for _ in range(2):
            with pytest.raises(ValueError, match="must be those of the fitted network"):
                net.partial_fit(X, Y)
        net.set_params(**before).partial_fit(X, Y)
