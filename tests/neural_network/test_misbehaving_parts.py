"""Parts of one's own that break their contract are named, before kernels see them."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning

from sparsekit import DSTMLPClassifier, SETMLPClassifier
from sparsekit.neural_network import SampleSelection
from sparsekit.topology import (
    RandomGrower,
    RandomTopology,
    RewiringSchedule,
    SETPruner,
    SNIPTopology,
)
from tests.callbacks import Callback
from tests.fuzz.harness import state_of
from tests.fuzz.invariants import check_network

X = np.random.default_rng(0).normal(size=(20, 5))
Y = np.arange(20) % 3


def fit(**parts):
    settings = {"sparsity": 0.5, "max_iter": 3, "random_state": 0} | parts
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return DSTMLPClassifier((6, 4), **settings).fit(X, Y)


def pruner(change, scope="layer"):
    class Odd(SETPruner):
        def select(self, layer, fraction, rng):
            return change(super().select(layer, fraction, rng))

        def select_network(self, layers, fraction, rng):
            return [self.select(layer, fraction, rng) for layer in layers][:-1]

    Odd.scope = scope
    return Odd()


def grower(change):
    class Odd(RandomGrower):
        def select(self, layer, dropped, count, rng):
            return change(super().select(layer, dropped, count, rng))

    return Odd()


class Occupied(RandomGrower):
    """Takes the place of a connection that stays."""

    def select(self, layer, dropped, count, rng):
        free = super().select(layer, dropped, count, rng)
        return np.sort(np.append(layer.positions()[~dropped][:1], free[1:]))


@pytest.mark.parametrize(
    "change",
    [
        lambda mask: mask.astype(int),
        lambda mask: mask.tolist(),
        lambda mask: np.append(mask, True),
        lambda mask: mask[:-1],
        lambda mask: mask[:, np.newaxis],
        lambda mask: np.flatnonzero(mask),
        lambda mask: None,
    ],
)
def test_a_pruner_answers_a_mask(change):
    with pytest.raises(ValueError, match=r"Odd must return a boolean ndarray of shape"):
        fit(pruner=pruner(change))


def test_a_pruner_of_networks_answers_a_mask_for_each_layer():
    with pytest.raises(ValueError, match="a mask for each of the 3 layers, got 2"):
        fit(pruner=pruner(lambda mask: mask, scope="network"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda at: at.astype(float), "ndarray of int64, got one of float64"),
        (lambda at: at.astype(np.int32), "ndarray of int64, got one of int32"),
        (lambda at: at.tolist(), "ndarray of int64, got list"),
        (lambda at: at[:, np.newaxis], "one-dimensional"),
        (lambda at: at[:-1], "chose . positions where it was asked for"),
        (lambda at: at - 100, "outside the layer"),
        (lambda at: at + 2**40, "outside the layer"),
        (lambda at: np.full_like(at, 3), "not distinct"),
    ],
)
def test_a_grower_answers_positions(change, message):
    with pytest.raises(ValueError, match=f"Odd .*{message}"):
        fit(grower=grower(change))


def test_a_grower_that_takes_the_place_of_a_connection_is_refused():
    with pytest.raises(ValueError, match="at which a connection stays"):
        fit(grower=Occupied())


@pytest.mark.parametrize("answer", [np.nan, np.inf, -0.1, 1.5, None, "half"])
def test_a_share_is_a_number(answer):
    class Schedule(BaseEstimator):
        every, unit = 1, "epochs"

        def fraction(self, initial, progress):
            return answer

    class Density(BaseEstimator):
        def density(self, final, progress):
            return answer

    with pytest.raises(ValueError, match=r"Schedule\.fraction must return a number"):
        fit(schedule=Schedule())
    with pytest.raises(ValueError, match=r"Density\.density must return a number"):
        fit(density_schedule=Density())


@pytest.mark.parametrize(
    ("name", "value"), [("every", 0), ("every", 2.5), ("every", None), ("unit", "days")]
)
def test_a_schedule_has_a_rhythm(name, value):
    class Schedule(BaseEstimator):
        every, unit = 1, "epochs"

        def fraction(self, initial, progress):
            return initial

    setattr(Schedule, name, value)
    with pytest.raises(ValueError, match=f"Schedule: {name} must be"):
        fit(schedule=Schedule())


@pytest.mark.parametrize(
    "counts", [[10, 10, 10], np.array([10, 10]), np.array([10, 0, 5]), np.ones(3)]
)
def test_an_allocation_answers_whole_numbers(counts):
    class Allocation(BaseEstimator):
        def counts(self, sizes, sparsity):
            return counts

    with pytest.raises(ValueError, match=r"Allocation\.counts must return an ndarray"):
        fit(allocation=Allocation())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda indptr, indices: (indptr, indices[::-1]), "rows that are sorted"),
        (lambda indptr, indices: (indptr, indices + 9), "columns from 0 to"),
        (lambda indptr, indices: (indptr, indices - 9), "columns from 0 to"),
        (lambda indptr, indices: (indptr, indices[:-1]), "indices of shape"),
        (lambda indptr, indices: (indptr[1:], indices), "indptr of shape"),
        (lambda indptr, indices: (indptr + 1, indices), "entries in all"),
        (lambda indptr, indices: (indptr, indices * 1.0), "arrays of integers"),
        (lambda indptr, indices: indices, "got NoneType"),
    ],
)
def test_a_topology_draws_rows(change, message):
    class Odd(RandomTopology):
        def draw(self, *args):
            return change(*super().draw(*args))

    with pytest.raises(ValueError, match=rf"Odd\.draw must return.*{message}"):
        fit(initial_topology=Odd())


def test_a_topology_keeps_as_many_candidates_as_it_shall():
    class Odd(SNIPTopology):
        def keep(self, layer, count):
            return super().keep(layer, count - 1)

    with pytest.raises(ValueError, match=r"Odd\.keep chose"):
        fit(initial_topology=Odd())


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda n: (np.ones(n, dtype=int), None), "tuple of a boolean ndarray"),
        (lambda n: (np.arange(n), None), "tuple of a boolean ndarray"),
        (lambda n: (np.ones(n - 1, dtype=bool), None), "tuple of a boolean ndarray"),
        (lambda n: np.ones(n, dtype=bool), "tuple of a boolean ndarray"),
        (lambda n: (np.ones(n, dtype=bool), [1.0] * n), "an ndarray of numbers"),
        (lambda n: (np.ones(n, dtype=bool), np.ones(2)), "an ndarray of numbers"),
        (lambda n: (np.ones(n, dtype=bool), np.full(n, "a")), "an ndarray of numbers"),
        (lambda n: (np.ones(n, dtype=bool), -np.ones(n)), "not positive"),
        (lambda n: (np.zeros(n, dtype=bool), None), "keeps no sample"),
    ],
)
def test_a_selection_answers_rows_and_factors(answer, message):
    class Odd(SampleSelection):
        def select(self, notes, rng):
            return answer(notes.kept.size)

    with pytest.raises(ValueError, match=rf"Odd\.select.*{message}"):
        fit(sample_selection=Odd())


@pytest.mark.parametrize("window", [0, None, 1.5, "a"])
def test_a_selection_asks_for_presentations(window):
    class Odd(SampleSelection):
        def select(self, notes, rng):
            return np.ones(notes.kept.size, dtype=bool), None

    Odd.window = window
    with pytest.raises(ValueError, match=r"Odd\.window must be an integer"):
        fit(sample_selection=Odd())


def test_what_a_selection_keeps_for_itself_may_change_later():
    class Reusing(SampleSelection):
        def select(self, notes, rng):
            kept = np.ones(notes.kept.size, dtype=bool)
            seen.append(notes.kept)
            for earlier in seen:
                earlier[:] = False
            seen.append(kept)
            return kept, None

    seen = []
    net = fit(sample_selection=Reusing())
    assert [epoch["n_samples"] for epoch in net.history_] == [20, 20, 20]


class Refusal(Exception):
    pass


class Raiser(Callback):
    """Raises where an epoch begins after the network was resized."""

    def on_fit_task_begin(self, estimator, context):
        if context.task_name == "epoch" and estimator.n_iter_ == 3:
            raise Refusal


@pytest.mark.parametrize("method", ["deepr", "lottery", "granet"])
def test_a_callback_that_raises_leaves_the_network_of_the_fit_before(method):
    settings = {"method": method, "density_schedule": "cubic", "max_iter": 6}
    net = fit(**settings, warm_start=True)
    before = pickle.dumps(net)
    with pytest.raises(Refusal):
        net.set_callbacks(Raiser()).fit(X, Y)
    assert pickle.dumps(net.set_callbacks()) == before
    check_network(net.partial_fit(X, Y), X)


def test_a_strategy_that_raises_leaves_an_estimator_unfitted():
    class Late(SETPruner):
        def select(self, layer, fraction, rng):
            rounds.append(layer)
            if len(rounds) > 4:
                raise Refusal
            return super().select(layer, fraction, rng)

    rounds = []
    net = DSTMLPClassifier((6, 4), sparsity=0.5, pruner=Late(), random_state=0)
    with pytest.raises(Refusal):
        net.set_params(density_schedule="cubic").fit(X, Y)
    assert vars(net).keys() == net.get_params().keys()
    net.set_params(pruner=None)
    check_network(net.partial_fit(X, Y, [0, 1, 2]), X)


@pytest.mark.parametrize("unit", ["epochs", "steps"])
def test_a_strategy_that_raises_in_a_later_call_leaves_every_bit(unit):
    class Moody(SETPruner):
        def select(self, layer, fraction, rng):
            if layer.n_in == 4 and mood["bad"]:  # two layers are planned by then
                raise Refusal
            return super().select(layer, fraction, rng)

    mood = {"bad": False}
    schedule = RewiringSchedule(every=1 if unit == "epochs" else 7, unit=unit)
    settings = {"pruner": Moody(), "schedule": schedule, "grower": "gradient"}
    net = DSTMLPClassifier((6, 4), sparsity=0.5, batch_size=4, **settings)
    net.set_params(random_state=0, record="rewiring")
    ids = np.arange(20)
    net.partial_fit(X, Y, [0, 1, 2], sample_ids=ids)
    net.set_params(pruner=None).partial_fit(X, Y, sample_ids=ids)
    mood["bad"] = True
    before = state_of(net)
    net.set_params(pruner=Moody())
    with pytest.raises(Refusal):
        net.partial_fit(X, Y, sample_ids=ids)
    assert state_of(net.set_params(pruner=None)) == before


def test_sound_networks_pass_the_check_of_this_file():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        net = SETMLPClassifier((6, 4), sparsity=0.5, max_iter=2, random_state=0)
        check_network(net.fit(X, Y), X)
    net._network.indices[:] = 0
    with pytest.raises(AssertionError, match="not sorted"):
        check_network(net, X)
