"""A threshold that follows the number of connections that shall be dropped."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from sparsekit import DSTMLPClassifier
from sparsekit.topology import AdaptiveThresholdPruner, Layer, NeuronPruner

RNG = np.random.default_rng(0)  # nothing here depends on it


def layer_of(weights, **facts):
    weights = np.asarray(weights, dtype=np.float64)
    indptr, indices = np.array([0, weights.size]), np.arange(weights.size)
    return Layer(indptr, indices, weights, weights.size + 1, **{"state": {}} | facts)


@pytest.mark.parametrize(
    ("weights", "factor"),
    [
        # Of ten, 40 % shall go, with a tolerance of a quarter: three to five.
        ([0.5] * 2 + [2.0] * 8, 2.0),
        ([0.5] * 3 + [2.0] * 7, 1.0),
        ([0.5] * 5 + [2.0] * 5, 1.0),
        ([0.5] * 6 + [2.0] * 4, 0.5),
    ],
)
def test_the_threshold_doubles_or_halves_outside_the_tolerance(weights, factor):
    layer = layer_of(weights)
    pruner = AdaptiveThresholdPruner(1.0, tolerance=0.25)
    dropped = pruner.select(layer, 0.4, RNG)
    assert dropped.tolist() == [weight < 1 for weight in weights]
    assert layer.state == {"threshold": factor}


def test_what_was_noted_counts_and_not_the_parameter():
    layer = layer_of([0.1, 0.3, -0.5, 0.7], state={"threshold": 0.4})
    dropped = AdaptiveThresholdPruner(9.0).select(layer, 0.5, RNG)
    assert dropped.tolist() == [True, True, False, False]
    assert layer.state == {"threshold": 0.4}


def test_one_threshold_holds_for_all_layers_but_dense_ones():
    dense = layer_of([0.1] * 4, protected=np.ones(4, dtype=bool))
    layers = [layer_of([0.1, 1.0]), layer_of([0.2, -0.3, 3.0, 4.0]), dense]
    pruner = AdaptiveThresholdPruner(0.25)
    masks = pruner.select_network(layers, 0.5, RNG)
    assert [mask.sum() for mask in masks] == [1, 1, 0]
    # Two of six are less than half of them; with the dense layer of ten even more so.
    assert [layer.state for layer in layers] == [{"threshold": 0.5}] * 3


@pytest.mark.parametrize("threshold", [1e-307, 1e308])
def test_no_threshold_is_a_dead_end(threshold):
    layer = layer_of([0.0] * 3 if threshold < 1 else [1e308, -1e308])
    for _ in range(10):
        pruner = AdaptiveThresholdPruner(threshold)
        pruner.select(layer, 0.5 if threshold > 1 else 0.0, RNG)
    assert 0 < layer.state["threshold"] < np.inf


def test_without_a_state_it_says_so():
    with pytest.raises(ValueError, match=r"in layer.state, which is None"):
        AdaptiveThresholdPruner().select(layer_of([1.0], state=None), 0.5, RNG)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("inside", [False, True])
def test_in_a_fit_the_number_of_dropped_connections_comes_to_the_fraction(inside):
    X, y = load_iris(return_X_y=True)
    pruner = AdaptiveThresholdPruner(1e-3)
    net = DSTMLPClassifier(
        (30, 30),
        pruner=NeuronPruner(pruner) if inside else pruner,
        sparsity=0.7,
        max_iter=40,
        random_state=0,
    )
    net.fit(X, y)
    states = net._rewiring["states"]["pruner"]["layers"]
    (threshold,) = {state["threshold"] for state in states}
    assert np.log2(threshold / 1e-3) % 1 == 0
    last = net.rewiring_history_[-9:]
    share = sum(row["n_dropped"] for row in last) / sum(
        row["n_connections"] for row in last
    )
    assert 0.1 < share < 0.6  # 30 % are asked for
