"""A call that fails leaves any estimator as it was, fitted or not."""

import inspect
import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import SGDClassifier
from sklearn.naive_bayes import GaussianNB

from sparsekit import SETMLPClassifier
from sparsekit.continual import ReplayBuffer, ReplayClassifier
from sparsekit.missingness import LabelMasker, MARMasker, MissingnessTransformer
from tests.estimators import (
    ALL_NETWORKS,
    MASKERS,
    META_VARIANTS,
    TABULAR_VARIANTS,
    public_estimators,
    quick,
)
from tests.fuzz.harness import state_of

X, Y = make_classification(60, 6, n_informative=4, n_classes=3, random_state=0)
X32 = X.astype(np.float32)
IDS = np.arange(60)


def brief(estimator):
    """Return a copy that trains for three epochs, and so does all inside it."""
    names = [name for name in estimator.get_params() if name.endswith("max_iter")]
    return clone(estimator).set_params(**dict.fromkeys(names, 3))


NETWORKS = [brief(quick(network)) for network in ALL_NETWORKS]
NETWORKS += [
    brief(quick(SETMLPClassifier)).set_params(
        warm_start=True, record="rewiring", missing="indicator"
    )
]
ESTIMATORS = [
    *NETWORKS,
    *map(brief, META_VARIANTS),
    *TABULAR_VARIANTS,
    *[masker.set_params(random_state=0) for masker in map(clone, MASKERS)],
    LabelMasker({0: 0.1, 1: 0.2, 2: 0.3}, random_state=0),
    MissingnessTransformer([("some", MARMasker(drivers=[0]), [1, 2])], random_state=0),
    ReplayClassifier(GaussianNB(), random_state=0),
]
# With a generator of the user's, whose numbers a failed call must not use up.
ESTIMATORS += [
    clone(estimator).set_params(random_state=np.random.RandomState(0))
    for estimator in (NETWORKS[0], ESTIMATORS[-1], MASKERS[1])
]
STREAMING = [each for each in ESTIMATORS if hasattr(each, "partial_fit")]


def name_of(estimator):
    return type(estimator).__name__


def targets(estimator):
    return Y * 1.5 if is_regressor(estimator) else Y


def quietly(call, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", UserWarning)
        return call(*args, **kwargs)


def answers_of(estimator):
    """Return what a fitted estimator says about the rows."""
    if hasattr(estimator, "predict"):
        return estimator.predict(X)
    if hasattr(estimator, "transform"):
        return estimator.transform(X)
    return estimator.sample_indices_


def odd_parameter(estimator):
    """Return a parameter and a value that is not valid."""
    known = estimator.get_params(deep=False)
    odd = {"random_state": "odd", "n_features_to_select": -1, "selector": None}
    odd |= {"n_bins": -1, "max_categories": 0}
    return next({name: value} for name, value in odd.items() if name in known)


def words():
    return np.full(X.shape, "word", dtype=object)


def infinite():
    return np.where(X > 1, np.inf, X)


BAD_ROWS = {
    "words": (words, lambda y: y),
    "infinite": (infinite, lambda y: y),
    "one dimension": (lambda: X[0], lambda y: y),
    "no rows": (lambda: X[:0], lambda y: y[:0]),
    "targets missing": (lambda: X, lambda y: y[:-1]),
    "targets unknown": (lambda: X, lambda y: np.where(y > 0, y, np.nan)),
}


def fails(estimator, call, *args, **kwargs):
    """Call, and return whether it failed; if so, nothing about `estimator` differs."""
    before = state_of(estimator)
    try:
        quietly(call, *args, **kwargs)
    except (ValueError, TypeError, AttributeError):
        assert state_of(estimator) == before
        return True
    return False


@pytest.mark.parametrize("fitted", [False, True])
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=name_of)
def test_a_fit_that_fails_leaves_no_trace(estimator, fitted):
    harmed, y = clone(estimator), targets(estimator)
    if fitted:
        quietly(harmed.fit, X, y)
    n_failed = 0
    for rows, of in BAD_ROWS.values():
        # Maskers that ignore targets take any; where a call works, begin again.
        if fails(harmed, harmed.fit, rows(), of(y)):
            n_failed += 1
        else:
            harmed = clone(estimator)
    odd = odd_parameter(harmed)
    sound = {name: getattr(harmed, name) for name in odd}
    assert fails(harmed.set_params(**odd), harmed.fit, X, y)
    assert n_failed >= 3
    harmed.set_params(**sound)
    spared = clone(estimator)
    if hasattr(harmed, "n_features_in_"):
        quietly(spared.fit, X, y)
    for each in (harmed, spared):
        quietly(each.fit, X32, y)
    np.testing.assert_array_equal(answers_of(harmed), answers_of(spared))


def bad_batches(estimator, first):
    """Yield arguments of calls of `partial_fit` that must fail."""
    y = targets(estimator)
    known = {"classes": [0, 1, 2]} if is_classifier(estimator) else {}
    for rows, of in BAD_ROWS.values():
        yield (rows(), of(y)), known
    yield (X, y), known | {"sample_weight": np.ones(3)}
    yield (X, y), known | {"sample_ids": np.zeros(60, dtype=int)}
    if not first:
        yield (X[:, 1:], y), known
    if is_classifier(estimator):
        yield (X, y + 7), known
        yield (X, y), {"classes": [0, 9]}
        if first:
            yield (X, y), {}


@pytest.mark.parametrize("n_before", [0, 3])
@pytest.mark.parametrize("estimator", STREAMING, ids=name_of)
def test_a_batch_that_fails_leaves_no_trace(estimator, n_before):
    harmed, spared = clone(estimator), clone(estimator)
    y = targets(estimator)
    known = {"classes": [0, 1, 2]} if is_classifier(estimator) else {}
    named = dict(known)
    if "sample_ids" in inspect.signature(estimator.partial_fit).parameters:
        named["sample_ids"] = IDS
    for each in (harmed, spared):
        for _ in range(n_before):
            quietly(each.partial_fit, X, y, **named)
    for args, kwargs in bad_batches(estimator, n_before == 0):
        assert fails(harmed, harmed.partial_fit, *args, **kwargs), kwargs
    odd = odd_parameter(harmed)
    sound = {name: getattr(harmed, name) for name in odd}
    # A replay that has begun does not look at `random_state` again.
    fails(harmed.set_params(**odd), harmed.partial_fit, X, y, **known)
    harmed.set_params(**sound)
    for each in (harmed, spared):
        for _ in range(2):
            quietly(each.partial_fit, X, y, **named)
    np.testing.assert_array_equal(answers_of(harmed), answers_of(spared))


class Moody(SGDClassifier):
    """Learns, and then fails where the first value is large."""

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        super().partial_fit(X, y, classes, sample_weight)
        if X[0, 0] > 100:
            raise ValueError("not today")
        return self


@pytest.mark.parametrize("strategy", ["reservoir", "class_balanced", "difficulty"])
def test_what_an_estimator_learned_before_it_failed_is_forgotten(strategy):
    harmed, spared = (
        ReplayClassifier(Moody(random_state=0), strategy=strategy, random_state=0)
        for _ in range(2)
    )
    large = np.vstack([np.full((1, 6), 1e3), X[1:]])
    assert fails(harmed, harmed.partial_fit, large, Y, [0, 1, 2])
    for each in (harmed, spared):
        each.partial_fit(X, Y, [0, 1, 2])
    assert fails(harmed, harmed.partial_fit, large, Y)
    for each in (harmed, spared):
        each.partial_fit(X, Y)
    np.testing.assert_array_equal(harmed.predict(X), spared.predict(X))
    np.testing.assert_array_equal(harmed.buffer_.rows_, spared.buffer_.rows_)


@pytest.mark.parametrize("strategy", ["reservoir", "class_balanced", "difficulty"])
def test_rows_that_a_buffer_refuses_leave_no_trace(strategy):
    harmed, spared = (ReplayBuffer(9, strategy, random_state=0) for _ in range(2))
    assert fails(harmed, harmed.add, X, Y[:-1])
    assert fails(harmed, harmed.add, X[0], Y)
    for each in (harmed, spared):
        each.add(X, Y)
    assert fails(harmed, harmed.add, sparse.csr_array(X), Y)
    assert fails(harmed, harmed.add, X[:, 1:], Y)
    assert fails(harmed, harmed.add, X, Y, sample_ids=np.zeros(60, dtype=int))
    assert fails(harmed, harmed.sample, -1)
    for each in (harmed, spared):
        each.add(X, Y)
    np.testing.assert_array_equal(harmed.X_, spared.X_)
    np.testing.assert_array_equal(harmed.sample(4)[0], spared.sample(4)[0])


@pytest.mark.parametrize("network", NETWORKS, ids=name_of)
def test_a_consolidation_that_fails_leaves_no_trace(network):
    net = quietly(clone(network).fit, X, targets(network))
    assert fails(net, net.consolidate, X[:, 1:], targets(network))
    assert fails(net, net.consolidate, X, targets(network)[:-1])
    assert fails(net, net.consolidate, X, targets(network), share=2.0)


def test_every_public_estimator_is_among_them():
    tried = {type(estimator) for estimator in ESTIMATORS}
    masker = {"BlockMasker", "MCARMasker", "MNARMasker", "MonotoneMasker"}
    left_out = {each.__name__ for each in public_estimators() if each not in tried}
    assert left_out <= masker - {name_of(each) for each in ESTIMATORS}
