"""Scores of a record against what counting over all outputs gives."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_diabetes, load_iris

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.difficulty import (
    aum_scores,
    cartography,
    el2n_scores,
    forgetting_events,
)
from sparsekit.neural_network import Recording
from tests.callbacks import Callback
from tests.reference.naive_record import facts

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

N_EPOCHS = 12
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


class Outputs(Callback):
    """Callback that keeps the outputs for all rows after every epoch."""

    def __init__(self, X):
        self.X = X
        self.outputs = []

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        if context.task_name == "epoch":
            self.outputs.append(fitted_estimator._raw_outputs(self.X))


@pytest.fixture(scope="module", params=["softmax", "logistic", "squared_error"])
def told(request):
    """Return the record of a fit, and for each sample what every epoch made of it."""
    loss = request.param
    options = {"max_iter": N_EPOCHS, "random_state": 0, "dtype": "float64"}
    options |= {"record": Recording("epoch", store="full"), "batch_size": 16}
    if loss == "squared_error":
        X, y = load_diabetes(return_X_y=True)
        net, target = SETMLPRegressor((9,), **options), (y - y.mean()) / y.std()
        target = target[:, np.newaxis]
    else:
        X, y = load_iris(return_X_y=True)
        y = y if loss == "softmax" else (y == 1).astype(int)
        net = SETMLPClassifier((9,), **options)
        target = y if loss == "softmax" else y[:, np.newaxis]
    callback = Outputs(X)
    net.set_callbacks(callback).fit(X, y)
    rows = [
        [facts(loss, z, target[i]) for z in np.array(callback.outputs)[:, i]]
        for i in range(y.size)
    ]
    return net, rows


def test_forgetting_is_counted_from_one_epoch_to_the_next(told):
    net, rows = told
    table = forgetting_events(net, never_learned="zero")
    right = [[bool(fact[0]) for fact in row] for row in rows]
    expected = [sum(a and not b for a, b in pairwise(r)) for r in right]
    assert sum(expected) > 0
    assert_array_equal(table["n_forgotten"], expected)
    assert table["never_learned"].tolist() == [not any(r) for r in right]
    unforgettable = [any(r) and n == 0 for r, n in zip(right, expected, strict=True)]
    assert table["unforgettable"].tolist() == unforgettable
    assert_allclose(table["accuracy"], [np.mean(r) for r in right])
    assert_allclose(
        table["first_learned"],
        [r.index(True) + 1 if any(r) else np.nan for r in right],
    )
    for_good = [
        max([t + 2 for t, c in enumerate(r) if not c], default=1) if r[-1] else np.nan
        for r in right
    ]
    assert_allclose(table["learned_for_good"], for_good)


def test_maps_are_means_over_the_epochs(told):
    net, rows = told
    table = cartography(net)
    p = np.exp([[-fact[1] for fact in row] for row in rows])
    assert_allclose(table["confidence"], p.mean(axis=1), **CLOSE)
    assert_allclose(table["variability"], p.std(axis=1), **CLOSE)
    assert_allclose(table["aleatoric"], (p * (1 - p)).mean(axis=1), **CLOSE)
    right = [[fact[0] for fact in row] for row in rows]
    assert_allclose(table["correctness"], np.mean(right, axis=1))
    regions = dict(list(table.groupby("region")))
    assert len(regions["ambiguous"]) == round(len(table) / 3)
    smallest = regions.pop("ambiguous")["variability"].min()
    for name, others in regions.items():
        assert others["variability"].max() <= smallest
        assert ((others["confidence"] >= 0.5) == (name == "easy")).all()


def test_margins_are_means_over_the_epochs(told):
    net, rows = told
    expected = [np.mean([fact[2] for fact in row]) for row in rows]
    assert_allclose(aum_scores(net)["aum"], expected, **CLOSE)


@pytest.mark.parametrize("at", [3, 10, "mean"])
def test_error_norms_are_those_of_one_epoch_or_of_all(told, at):
    net, rows = told
    epochs = slice(None) if at == "mean" else slice(at - 1, at)
    expected = [np.mean([fact[3] for fact in row[epochs]]) for row in rows]
    assert_allclose(el2n_scores(net, at=at)["el2n"], expected, **CLOSE)


def record(n_rows=4, **given):
    """Return a record of ten presentations, as far as the scores look at it."""
    base = {
        "index": None,
        "when": "presentation",
        "n_seen": np.full(n_rows, 10),
        "n_correct": np.full(n_rows, 5),
        "n_forgotten": np.zeros(n_rows, dtype=int),
        "first_learned": np.ones(n_rows, dtype=int),
        "last_wrong": np.zeros(n_rows, dtype=int),
        "correct": np.ones(n_rows, dtype=np.int8),
        "margin_mean": np.zeros(n_rows),
        "error_mean": np.zeros(n_rows),
        "confidence_mean": np.full(n_rows, 0.5),
        "confidence_std": np.zeros(n_rows),
        "early_presentations": np.array([5, 10, 20]),
        "early_errors": np.zeros((n_rows, 3)),
        "rewirings": None,
    }
    return base | given


@pytest.mark.parametrize(
    ("rule", "count"), [("max", 10), ("inf", np.inf), ("nan", np.nan), ("zero", 0)]
)
def test_never_learned_samples_count_as_the_caller_says(rule, count):
    one = record(2, n_correct=np.array([0, 3]), n_forgotten=np.array([0, 1]))
    table = forgetting_events(one, never_learned=rule)
    assert_array_equal(table["n_forgotten"], [count, 1])
    assert table["never_learned"].tolist() == [True, False]
    assert not table["unforgettable"].any()


def test_events_of_a_cause_are_those_of_the_evaluations_around_rewirings():
    rewirings = {
        "rows": np.array([0, 1, 3]),
        "n_forgotten": np.array([[0, 1, 0], [0, 0, 0], [2, 0, 0]]),
        "n_evaluated": np.array([6, 6, 6]),
        "correct": np.array([0, 0, 1]),
    }
    one = record(4, rewirings=rewirings)
    table = forgetting_events(one, source="prune")
    # Row 0 is wrong at the end, but what was forgotten had been learned.
    assert_array_equal(table["n_forgotten"], [1, 6, np.nan, 0])
    assert table["never_learned"].tolist() == [False, True, pd.NA, False]
    assert table["unforgettable"].tolist() == [False, False, pd.NA, True]
    every = forgetting_events(one, source="all", never_learned="zero")
    assert_array_equal(every["n_forgotten"], [1, 0, np.nan, 2])
    assert_array_equal(every["rate"] * 6, [1, 0, np.nan, 2])


def test_rows_that_were_held_out_have_no_score():
    seen = np.array([10, 0, 10])
    one = record(3, n_seen=seen, n_correct=np.array([4, 0, 0]))
    for table in (forgetting_events(one), cartography(one), aum_scores(one)):
        assert table.iloc[1].isna().all()
        assert not table.iloc[0].drop(["first_learned"], errors="ignore").isna().any()


def test_scores_have_the_index_of_the_table():
    one = record(2, index=np.array(["a", "b"], dtype=object))
    for table in (forgetting_events(one), cartography(one), el2n_scores(one)):
        assert table.index.tolist() == ["a", "b"]
    assert forgetting_events(record(2)).index.equals(pd.RangeIndex(2))


def test_error_norms_are_averaged_over_networks_that_saw_the_row():
    nan = np.nan
    one = record(3, early_errors=np.array([[0.0, 1.0, nan]] * 3))
    two = record(
        3,
        n_seen=np.array([10, 0, 10]),
        early_errors=np.array([[0.0, 3.0, nan], [nan] * 3, [0.0, 1.0, nan]]),
    )
    table = el2n_scores([one, two])
    assert table["el2n"].tolist() == [2.0, 1.0, 1.0]
    assert table["el2n_std"].tolist() == [1.0, 0.0, 0.0]
    assert table["n_networks"].tolist() == [2, 1, 2]
    assert el2n_scores([one, two], squared=True)["el2n"].tolist() == [5.0, 1.0, 1.0]
    with pytest.raises(ValueError, match="no sample was presented 20 times"):
        el2n_scores(one, at=20)
    with pytest.raises(ValueError, match=r"at must be one of \[5, 10, 20\]"):
        el2n_scores(one, at=7)
    with pytest.raises(ValueError, match="same rows; they have"):
        el2n_scores([one, record(4)])
    with pytest.raises(ValueError, match="one presentation"):
        el2n_scores(one, at="mean", squared=True)


def test_threshold_samples_tell_which_margins_are_suspect():
    one = record(5, margin_mean=np.array([-3.0, 2.0, -1.0, -2.0, 1.0]))
    table = aum_scores(one, threshold_rows=[2, 3], percentile=100)
    assert table["suspect"].tolist() == [True, False, False, True, False]


def test_a_wrong_label_stands_out_in_every_score():
    X, y = load_iris(return_X_y=True)
    y[7] = 2
    net = SETMLPClassifier(random_state=0, max_iter=60, record="presentation")
    net.fit(X, y)
    assert aum_scores(net)["aum"].argmin() == 7
    assert cartography(net)["confidence"].argmin() == 7
    assert el2n_scores(net, at=20)["el2n"].nlargest(3).index.isin([7]).any()
    assert forgetting_events(net)["accuracy"].argmin() == 7


def test_what_is_no_record_is_refused():
    with pytest.raises(ValueError, match='fit it with record="presentation"'):
        aum_scores(SETMLPClassifier())
    with pytest.raises(TypeError, match="not a int"):
        aum_scores(3)
    with pytest.raises(TypeError, match="`record_`"):
        aum_scores({})
    with pytest.raises(ValueError, match="source must be"):
        forgetting_events(record(), source="noise")
    with pytest.raises(ValueError, match="never_learned must be"):
        forgetting_events(record(), never_learned="hard")
    with pytest.raises(ValueError, match="nothing about rewirings"):
        forgetting_events(record(), source="prune")
    with pytest.raises(ValueError, match="ambiguous must be"):
        cartography(record(), ambiguous=1.0)
