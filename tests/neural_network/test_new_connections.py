"""What new connections begin with, when they grew, and how many only came back."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris

from sparsekit import DSTMLPClassifier, SETMLPClassifier
from sparsekit.neural_network import (
    CheckpointCallback,
    compact,
    load_checkpoint,
    resume,
    save_checkpoint,
)
from tests.callbacks import CutOff

X, Y = load_iris(return_X_y=True)
STARTS = ["zero", "he", "glorot_dense", "normal", "gradient", "history"]
MOMENTS = ["zero", "per_connection_step", "layer_mean"]
SETTINGS = {
    "sparsity": 0.5,
    "max_iter": 8,
    "learning_rate": "constant",
    "n_iter_no_change": np.inf,
    "random_state": 0,
}


def network(**settings):
    return DSTMLPClassifier((15, 8), **SETTINGS | settings)


def arrays_of(net):
    parts = [net._network.to_dict(), net._optimizer.to_dict()]
    found = {name: value for part in parts for name, value in part.items()}
    found["births"] = net._rewiring.get("births", np.zeros(0))
    return found


def assert_same(one, other):
    for name, value in arrays_of(one).items():
        assert_array_equal(value, arrays_of(other)[name], err_msg=name)


@pytest.mark.parametrize("method", ["set", "rigl", "gmp", "lottery"])
@pytest.mark.parametrize("start", STARTS)
def test_every_start_goes_with_every_method(method, start):
    net = network(method=method, grow_init=start).fit(X, Y)
    assert net.sparsity_ == pytest.approx(0.5, abs=0.01)
    assert np.isfinite(net.predict_proba(X)).all()


@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("moments", MOMENTS)
def test_every_kind_of_moments_goes_with_every_solver(solver, moments):
    net = network(solver=solver, growth_moments=moments).fit(X, Y)
    counts = moments == "per_connection_step" and solver == "adam"
    assert net._optimizer.weight_born.size == counts * net.n_connections_


@pytest.mark.parametrize(
    "settings",
    [
        {"grow_init": "normal", "record_births": True},
        {"grow_init": "history", "record_births": True},
        {"growth_moments": "per_connection_step"},
        {"method": "gmp", "growth_moments": "per_connection_step"},
        {"early_stopping": True, "record_births": True},
    ],
)
def test_a_resumed_fit_makes_the_bits_of_a_whole_one(settings, tmp_path):
    whole = network(**settings).fit(X, Y)
    path = tmp_path / "net.ckpt"
    cut = network(**settings).set_callbacks(CheckpointCallback(path), CutOff(4))
    with pytest.raises(RuntimeError, match="cut off"):
        cut.fit(X, Y)
    assert_same(resume(path, X, Y), whole)


def test_a_checkpoint_keeps_births_and_dropped_weights(tmp_path):
    net = network(grow_init="history", record_births=True).fit(X, Y)
    save_checkpoint(net, tmp_path / "net.ckpt")
    loaded = load_checkpoint(tmp_path / "net.ckpt")
    assert_same(loaded, net)
    assert_same(loaded.partial_fit(X, Y), net.partial_fit(X, Y))


def test_switching_own_steps_off_and_on_is_no_error():
    net = network(growth_moments="per_connection_step").fit(X, Y)
    for moments in ("zero", "per_connection_step"):
        net.set_params(growth_moments=moments).partial_fit(X, Y)
        n_counted = (moments != "zero") * net.n_connections_
        assert net._optimizer.weight_born.size == n_counted


def test_births_say_in_which_rewiring_each_connection_grew():
    net = network(record_births=True).partial_fit(X, Y, np.unique(Y))
    known = [{}, {}, {}]
    for number in range(6):
        before = [set(zip(*coefs.nonzero(), strict=True)) for coefs in patterns(net)]
        net.partial_fit(X, Y)
        for layer, births in enumerate(net.births_):
            now = births.tocoo()
            pairs = list(zip(now.row.tolist(), now.col.tolist(), strict=True))
            for pair in pairs:
                if pair not in before[layer]:
                    known[layer][pair] = number + 1
            grown_back = net.rewiring_history_[3 * number + layer]["n_regrown"]
            told = dict(zip(pairs, now.data.tolist(), strict=True))
            differ = [p for p in pairs if told[p] != known[layer].get(p, 0)]
            # A connection that came back at once was born again.
            assert len(differ) <= grown_back
            assert all(told[pair] == number + 1 for pair in differ)
            known[layer] |= {pair: told[pair] for pair in differ}


def patterns(net):
    found = []
    for coefs in net.coefs_:
        pattern = coefs.copy()
        pattern.data[:] = 1
        found.append(pattern)
    return found


def test_births_belong_to_the_network_of_the_best_epoch():
    net = network(
        early_stopping=True, scoring=None, record_births=True, max_iter=30
    ).fit(X, Y)
    best = int(np.argmax(net.validation_scores_))
    assert best < 20
    assert max(births.max() for births in net.births_) <= best


def test_births_are_zero_where_nothing_was_rewired():
    net = network(method="static", record_births=True).fit(X, Y)
    assert [births.nnz for births in net.births_] == [c.nnz for c in net.coefs_]
    assert not any(births.max() for births in net.births_)


@pytest.mark.parametrize("net", [network(), SETMLPClassifier(max_iter=1)])
def test_births_are_there_when_asked_for(net):
    assert not hasattr(net.fit(X, Y), "births_")


def test_a_compact_network_keeps_the_births_of_what_is_left():
    net = network(record_births=True, sparsity=0.9).fit(X, Y)
    small = compact(net)
    assert small.n_connections_ < net.n_connections_
    weights = np.concatenate([coefs.data for coefs in net.coefs_])
    births = np.concatenate([births.data for births in net.births_])
    by_weight = dict(zip(weights.tolist(), births.tolist(), strict=True))
    for coefs, mine in zip(small.coefs_, small.births_, strict=True):
        kept = coefs.data != 0
        assert [by_weight[w] for w in coefs.data[kept].tolist()] == mine.data[
            kept
        ].tolist()


def test_history_counts_what_moved_and_not_what_came_back():
    net = network(prune_fraction=0.9).fit(X, Y)
    rows = net.rewiring_history_
    came_back = sum(row["n_regrown"] for row in rows)
    moved = sum(row["n_grown"] for row in rows) - came_back
    assert came_back > 10
    assert sum(row["n_replaced"] for row in net.history_) == moved


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("start", ["he", "gradient"])
def test_threads_change_no_bit(n_jobs, start):
    settings = {"grow_init": start, "growth_moments": "per_connection_step"}
    assert_same(
        network(**settings, n_jobs=n_jobs).fit(X, Y), network(**settings).fit(X, Y)
    )


def test_dropout_can_differ_between_hidden_layers():
    def outputs(dropout):
        return network(dropout=dropout).fit(X, Y).predict_proba(X)

    assert_array_equal(outputs([0.3, 0.3]), outputs(0.3))
    assert_array_equal(outputs([0.0, 0.0]), outputs(0.0))
    assert (outputs([0.3, 0.0]) != outputs([0.0, 0.3])).any()


@pytest.mark.parametrize("dropout", [[0.1], [0.1, 0.2, 0.3], [0.1, 1.0], [-0.1, 0.1]])
def test_dropout_that_does_not_fit_the_hidden_layers_is_refused(dropout):
    with pytest.raises(ValueError, match="one for each of the 2 hidden layers"):
        network(dropout=dropout).fit(X, Y)
