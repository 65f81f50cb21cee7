"""Strategies, selections, callbacks and maskers of one's own that break their contract.

What they return goes on to compiled code, which checks nothing. A fit refuses it
before, and leaves an estimator that still works.
"""

import warnings

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning

from sparsekit import DSTMLPClassifier, SETMLPClassifier
from sparsekit.missingness import MCARMasker
from sparsekit.neural_network import SampleNotes, SampleSelection
from sparsekit.topology import (
    NonzeroRedistribution,
    RandomGrower,
    RandomTopology,
    SETPruner,
    Uniform,
)
from tests.fuzz.harness import behaves
from tests.fuzz.invariants import check_network
from tests.fuzz.parameters import NONSENSE

X = np.random.default_rng(0).normal(size=(12, 5))
Y = np.arange(12) % 3

# What is done to a sound answer. Each takes an array and returns something else.
CHANGES = {
    "as it is": lambda a: a,
    "a list": lambda a: a.tolist(),
    "none": lambda a: None,
    "integers": lambda a: a.astype(np.int32),
    "reals": lambda a: a.astype(np.float64),
    "words": lambda a: a.astype(str),
    "objects": lambda a: a.astype(object),
    "unsigned": lambda a: a.astype(np.uint8),
    "one more": lambda a: np.append(a, a[:1]),
    "one less": lambda a: a[:-1],
    "nothing": lambda a: a[:0],
    "a column": lambda a: a[:, np.newaxis],
    "a scalar": lambda a: a.sum(),
    "reversed": lambda a: a[::-1],
    "negative": lambda a: a - 1 if a.dtype != bool else ~a,
    "huge": lambda a: a + 2**40 if a.dtype != bool else a | True,
    "beyond the end": lambda a: a + 10 if a.dtype != bool else a & False,
    "all the same": lambda a: np.full_like(a, a.flat[0] if a.size else 0),
    "not a number": lambda a: np.full(a.shape, np.nan),
    "from zero on": lambda a: np.arange(a.size, dtype=a.dtype),
}


def changed(array, change):
    """Return what a strategy answers instead; an error of numpy's is no answer."""
    try:
        return CHANGES[change](np.asarray(array))
    except (ValueError, TypeError, IndexError, OverflowError):
        return array


class Pruner(SETPruner):
    def __init__(self, change="as it is", network=False):
        self.change = change
        self.network = network

    @property
    def scope(self):
        return "network" if self.network else "layer"

    def select(self, layer, fraction, rng):
        return changed(super().select(layer, fraction, rng), self.change)

    def select_network(self, layers, fraction, rng):
        masks = [self.select(layer, fraction, rng) for layer in layers]
        return masks[:-1] if self.change == "one less" else masks


class Grower(RandomGrower):
    def __init__(self, change="as it is"):
        self.change = change

    def select(self, layer, dropped, count, rng):
        return changed(super().select(layer, dropped, count, rng), self.change)


class Taken(RandomGrower):
    """Chooses positions at which connections stay."""

    def select(self, layer, dropped, count, rng):
        stays = layer.positions()[~dropped]
        free = super().select(layer, dropped, count, rng)
        return np.sort(np.append(stays[: min(1, count)], free[1:]))


class Schedule(BaseEstimator):
    def __init__(self, answer=0.3, rhythm=1, counts="epochs"):
        self.answer = answer
        self.rhythm = rhythm
        self.counts = counts

    every = property(lambda self: self.rhythm)
    unit = property(lambda self: self.counts)

    def fraction(self, prune_fraction, progress):
        return self.answer


class Density(BaseEstimator):
    def __init__(self, answer=0.5):
        self.answer = answer

    def density(self, final, progress):
        return self.answer


class Shares(NonzeroRedistribution):
    def __init__(self, change="as it is"):
        self.change = change

    def share(self, layers, dropped, count):
        return changed(super().share(layers, dropped, count), self.change)


class Counts(Uniform):
    def __init__(self, change="as it is"):
        super().__init__()
        self.change = change

    def counts(self, sizes, sparsity):
        return changed(super().counts(sizes, sparsity), self.change)


class Drawn(RandomTopology):
    def __init__(self, change="as it is", part=0):
        self.change = change
        self.part = part

    def draw(self, n_in, n_out, count, rng, facts=None):
        parts = list(super().draw(n_in, n_out, count, rng, facts or {}))
        parts[self.part] = changed(parts[self.part], self.change)
        return tuple(parts)


class Selection(SampleSelection):
    def __init__(self, change="as it is", part=0, window=1):
        self.change = change
        self.part = part
        self.window = window

    evaluates = True

    def select(self, notes, rng):
        assert isinstance(notes, SampleNotes)
        parts = [rng.random(notes.kept.size) < 0.7, np.ones(notes.kept.size)]
        parts[0][0] = True
        parts[self.part] = changed(parts[self.part], self.change)
        return tuple(parts)


changes = st.sampled_from(sorted(CHANGES))
odd = st.sampled_from(NONSENSE)
parts = {
    "pruner": st.builds(Pruner, changes, st.booleans()),
    "grower": st.one_of(st.builds(Grower, changes), st.builds(Taken)),
    "schedule": st.one_of(
        st.builds(Schedule, odd),
        st.builds(Schedule, st.just(0.3), odd),
        st.builds(Schedule, st.just(0.3), st.just(1), odd),
    ),
    "density_schedule": st.builds(Density, odd),
    "redistribution": st.builds(Shares, changes),
    "allocation": st.builds(Counts, changes),
    "initial_topology": st.builds(Drawn, changes, st.sampled_from([0, 1])),
    "sample_selection": st.builds(
        Selection, changes, st.sampled_from([0, 1]), st.sampled_from([1, 2])
    ),
}


@given(data=st.data())
def test_a_part_that_breaks_its_contract(data):
    name = data.draw(st.sampled_from(sorted(parts)))
    given = {name: data.draw(parts[name])}
    if name == "redistribution":
        given["density_schedule"] = "cubic"
    net = DSTMLPClassifier((6, 4), sparsity=0.5, max_iter=3, random_state=0, **given)
    fitted = behaves(lambda: net.fit(X, Y), X, Y)
    if fitted is not None:
        check_network(net, X)
        behaves(lambda: net.partial_fit(X, Y), X, Y)
        check_network(net, X)
        return
    # Whatever the part did wrong, the estimator is as good as one with another part.
    net.set_params(**{name: DSTMLPClassifier().get_params()[name]})
    if hasattr(net, "_network"):
        check_network(net, X)
        behaves(lambda: net.partial_fit(X, Y), X, Y)
    fit_in_peace(net)
    check_network(net, X)


def fit_in_peace(net):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(X, Y)


class Refusal(Exception):
    """What the callback, the strategy or the masker of a test raises."""


class Raiser:
    """Callback that raises at one of the points where it is called."""

    def __init__(self, where, task, after, looks):
        self.where = where
        self.task = task
        self.after = after
        self.looks = looks
        self.calls = 0

    def _at(self, where, context):
        if where == self.where and self.task in (None, context.task_name):
            self.calls += 1
            if self.calls > self.after:
                raise Refusal

    def setup(self, estimator, context):
        self._at("setup", context)

    def teardown(self, estimator, context):
        self._at("teardown", context)

    def on_fit_task_begin(self, estimator, context):
        self._at("begin", context)

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        if self.looks:
            fitted_estimator.predict(X)
        self._at("end", context)


class Late(SETPruner):
    """Raises at one of the rewirings."""

    def __init__(self, after=0):
        self.after = after

    def select(self, layer, fraction, rng):
        if rng.random() < 0.4:
            raise Refusal
        return super().select(layer, fraction, rng)


# With notes on connections that move with them, and with numbers that change.
METHODS = ["set", "itop", "deepr", "lottery", "dsr"]


@given(
    st.sampled_from(["setup", "teardown", "begin", "end"]),
    st.sampled_from([None, "fit", "epoch", "rewiring"]),
    st.integers(0, 4),
    st.sampled_from(METHODS),
    st.sampled_from([{}, {"pruner": Late()}, {"grower": "gradient"}]),
    st.sampled_from([{}, {"density_schedule": "cubic"}, {"early_stopping": True}]),
    st.booleans(),
)
def test_a_fit_that_is_broken_off(where, task, after, method, part, further, looks):
    net = DSTMLPClassifier((6, 4), sparsity=0.5, method=method, random_state=0)
    net.set_params(max_iter=5, **part, **further)
    net.set_callbacks(Raiser(where, task, after, looks))
    behaves(lambda: net.fit(X, Y), X, Y, allowed=(Refusal,))
    net.set_callbacks().set_params(pruner=None, early_stopping=False)
    if hasattr(net, "_network"):
        check_network(net, X)
        behaves(lambda: net.partial_fit(X, Y), X, Y)
        check_network(net, X)
    fit_in_peace(net)
    check_network(net, X)


class Masker(MCARMasker):
    """Answers other probabilities than it should."""

    def __init__(self, missing_rate=0.3, random_state=None, change="as it is"):
        super().__init__(missing_rate, random_state=random_state)
        self.change = change

    def _probabilities(self):
        probabilities = super()._probabilities()
        return lambda *rows: changed(probabilities(*rows), self.change)


@given(changes)
def test_maskers_before_a_network(change):
    masked = behaves(lambda: Masker(0.3, 0, change).fit_transform(X, Y), X, Y)
    if masked is not None:
        net = SETMLPClassifier((4,), sparsity=0.5, max_iter=1, random_state=0)
        behaves(lambda: net.fit(masked, Y), masked, Y)
