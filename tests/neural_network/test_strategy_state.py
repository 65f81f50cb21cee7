"""Strategies are told where they are, and what they note lasts."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sparsekit import DSTMLPClassifier
from sparsekit.topology import MagnitudePruner, RandomGrower, RewiringSchedule
from tests.callbacks import CutOff

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(60, 8))
Y = (X[:, 0] > 0).astype(int)


def network(**settings):
    given = {"sparsity": 0.5, "allocation": "uniform", "max_iter": 6}
    given |= {"batch_size": 20, "random_state": 0}
    return DSTMLPClassifier((6, 5), **given | settings)


TOLD: list = []  # what strategies of the tests have seen; copies of them have no place


class Placed(MagnitudePruner):
    """Notes where it is."""

    needs = frozenset({"epoch", "step", "progress", "number", "n_layers"})

    def scores(self, layer):
        TOLD.append(
            (layer.epoch, layer.step, layer.progress, layer.number, layer.n_layers)
        )
        return super().scores(layer)


class Counting(MagnitudePruner):
    """Notes how often it was asked, and the positions that it has seen."""

    needs = frozenset({"state", "number"})

    def scores(self, layer):
        state = layer.state
        TOLD.append((layer.number, copy.deepcopy(state)))
        state["n_calls"] = state.get("n_calls", 0) + 1
        state["seen"] = np.union1d(state.get("seen", []), layer.positions())
        state["word"] = f"layer {layer.number}"
        # What was noted decides, so that forgetting it shows in the weights.
        return np.abs(layer.weights) * np.isin(layer.positions(), state["seen"][::2])


class CountingGrower(RandomGrower):
    needs = frozenset({"state"})

    def select(self, layer, dropped, count, rng):
        layer.state["n_grown"] = layer.state.get("n_grown", np.int64(0)) + count
        return super().select(layer, dropped, count, rng)


@pytest.fixture(autouse=True)
def forget():
    TOLD.clear()


def test_strategies_are_told_where_they_are():
    schedule = RewiringSchedule(every=4, unit="steps")
    network(pruner=Placed(), schedule=schedule, max_iter=4).fit(X, Y)
    # Three steps an epoch.
    assert [
        (epoch, step, pytest.approx(step / 12), number, 3)
        for epoch, step in ((1, 4), (2, 8))
        for number in (1, 2, 3)
    ] == TOLD


def test_what_nobody_needs_is_not_there():
    class Bare(MagnitudePruner):
        def scores(self, layer):
            TOLD.append((layer.epoch, layer.step, layer.progress, layer.state))
            return super().scores(layer)

    network(pruner=Bare(), grower=CountingGrower(), max_iter=2).fit(X, Y)
    assert TOLD == [(None, None, None, None)] * 3


def test_what_is_noted_is_there_at_the_next_rewiring_layer_by_layer():
    net = network(pruner=Counting(), grower=CountingGrower()).fit(X, Y)
    counts = [state.get("n_calls", 0) for _, state in TOLD]
    assert counts == [n for n in range(5) for _ in (1, 2, 3)]
    for number, state in TOLD[3:]:
        assert state["word"] == f"layer {number}"
        assert state.keys() == {"n_calls", "seen", "word"}
    kept = net._rewiring["states"]["grower"]["layers"]
    for number, state in enumerate(kept, start=1):
        rows = [row for row in net.rewiring_history_ if row["layer"] == number]
        assert state == {"n_grown": sum(row["n_grown"] for row in rows)}


def test_what_is_noted_outlasts_calls_and_pickles():
    whole = network(pruner=Counting())
    parts = network(pruner=Counting())
    for _ in range(5):
        whole.partial_fit(X, Y, classes=[0, 1])
        parts = pickle.loads(pickle.dumps(parts)).partial_fit(X, Y, classes=[0, 1])
    counts = [state.get("n_calls", 0) for number, state in TOLD if number == 1]
    assert counts == [0, 0, 1, 1, 2, 2, 3, 3]
    assert_array_equal(whole._network.weights, parts._network.weights)


def test_a_new_fit_begins_without_notes():
    net = network(pruner=Counting()).fit(X, Y)
    TOLD.clear()
    net.fit(X, Y)
    assert TOLD[0] == (1, {})


def test_another_strategy_does_not_get_the_notes():
    class Other(Counting):
        pass

    net = network(pruner=Counting(), warm_start=True).fit(X, Y)
    TOLD.clear()
    net.set_params(pruner=Other()).fit(X, Y)
    assert TOLD[0] == (1, {})


def test_a_fit_that_fails_leaves_the_notes_as_they_were():
    net = network(pruner=Counting(), warm_start=True).fit(X, Y)
    before = copy.deepcopy(net._rewiring["states"])
    net.set_callbacks(CutOff(3))
    with pytest.raises(RuntimeError, match="cut off"):
        net.fit(X, Y)
    now = net._rewiring["states"]
    assert repr(now) == repr(before)


def test_notes_do_not_share_memory_with_the_network():
    class Keeps(MagnitudePruner):
        needs = frozenset({"state"})

        def scores(self, layer):
            layer.state["weights"] = layer.weights
            return super().scores(layer)

    net = network(pruner=Keeps()).fit(X, Y)
    for state in net._rewiring["states"]["pruner"]["layers"]:
        assert not np.shares_memory(state["weights"], net._network.weights)


@pytest.mark.parametrize("value", [[1, 2], None, {"a": 1}, np.array(["a"]), object()])
def test_notes_of_another_kind_are_refused(value):
    class Wrong(MagnitudePruner):
        needs = frozenset({"state"})

        def scores(self, layer):
            layer.state["what"] = value
            return super().scores(layer)

    with pytest.raises(TypeError, match=r"Wrong: layer.state\['what'\] must be an arr"):
        network(pruner=Wrong()).fit(X, Y)


def test_names_of_notes_are_strings():
    class Wrong(MagnitudePruner):
        needs = frozenset({"state"})

        def scores(self, layer):
            layer.state[1] = 1
            return super().scores(layer)

    with pytest.raises(TypeError, match=r"names in layer.state must be strings; got 1"):
        network(pruner=Wrong()).fit(X, Y)
