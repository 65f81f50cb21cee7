"""Scores of random records, and of what is no record."""

import inspect

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sparsekit import SETMLPClassifier
from sparsekit.difficulty import (
    aum_scores,
    cartography,
    difficulty_report,
    el2n_scores,
    forgetting_events,
    gradient_coverage,
    grand_scores,
    memorization_scores,
    prac_set,
    pruning_identified_exemplars,
    second_split_forgetting,
    selection_curve,
)
from sparsekit.neural_network import Recording
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import NONSENSE, parameters
from tests.fuzz.tables import rows_of, seeds, tables, targets

OF_RECORDS = [aum_scores, cartography, el2n_scores, forgetting_events, prac_set]


def network(**settings):
    settings |= {"tol": 1e9, "n_iter_no_change": 2}
    return SETMLPClassifier((3,), sparsity=0.3, **settings)


@st.composite
def records(draw):
    """Draw a record of a real fit, at times with one entry replaced by chance."""
    recording = draw(parameters(Recording))
    X, y = np.random.default_rng(draw(seeds)).normal(size=(9, 2)), np.arange(9) % 3

    def fit():
        made = Recording(**recording)
        return network(record=made, random_state=0).fit(X, y).record_

    record = behaves(fit, X, y)
    if record is None:
        return draw(st.sampled_from([{}, None, {"n_seen": np.zeros(3)}, "record", 3]))
    return record


@given(st.sampled_from(OF_RECORDS), records(), st.data())
def test_scores(score, record, data):
    given = data.draw(options_of(score))
    if isinstance(record, dict) and data.draw(st.booleans()) and record:
        name = data.draw(st.sampled_from(sorted(record)))
        spoilt = {key: value for key, value in record.items() if key != name}
        if data.draw(st.booleans()):
            spoilt[name] = data.draw(st.sampled_from(NONSENSE))
        record = spoilt
    behaves(lambda: score(record, **given), record)


@st.composite
def options_of(draw, function):
    """Draw some of the options of a function."""
    signature = inspect.signature(function).parameters.values()
    names = [p.name for p in signature if p.default is not p.empty]
    names = [n for n in names if n not in ("n_jobs", "epochs", "n_models", "cv")]
    some = st.lists(st.sampled_from(names), unique=True, max_size=2)
    chosen = draw(some) if names else []
    return {name: draw(st.sampled_from([0.3, "max", *NONSENSE])) for name in chosen}


@given(tables(), st.data())
def test_scores_of_networks(X, data):
    y = data.draw(targets(rows_of(X)))
    good = np.random.default_rng(0).normal(size=(9, 2))
    net = network(record="presentation", random_state=0).fit(good, np.arange(9) % 3)
    for call in (
        lambda: difficulty_report(net, X, y),
        lambda: gradient_coverage(net, X, y),
        lambda: grand_scores([net], X, y),
        lambda: pruning_identified_exemplars([net], [net], X, y),
        lambda: second_split_forgetting(network(), X, y, epochs=1),
        lambda: memorization_scores(network(), X, y, n_models=3),
    ):
        behaves(call, X, y)


@given(st.data())
def test_selection_curve(data):
    X, y = np.random.default_rng(0).normal(size=(12, 2)), np.arange(12) % 2
    given = data.draw(options_of(selection_curve))
    behaves(lambda: selection_curve(network(), X, y, cv=2, **given), X, y)
