"""Scores that compare several networks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier

from sparsekit import SETMLPClassifier
from sparsekit.difficulty import (
    memorization_scores,
    prac_set,
    pruning_identified_exemplars,
    second_split_forgetting,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Says(ClassifierMixin, BaseEstimator):
    """Predicts what it is told to."""

    def __init__(self, labels):
        self.labels = labels

    def predict(self, X):
        return np.array(self.labels)


def test_exemplars_are_samples_whose_modal_labels_differ():
    dense = [Says([0, 1, 2]), Says([0, 1, 2]), Says([0, 2, 1])]
    sparse = [Says([0, 2, 2]), Says([1, 2, 1]), Says([0, 1, 1])]
    X = pd.DataFrame({"a": [1, 2, 3]}, index=list("xyz"))
    table = pruning_identified_exemplars(dense, sparse, X, y=[0, 1, 2])
    assert table["pie"].tolist() == [False, True, True]
    assert table["modal"].tolist() == [0, 1, 2]
    assert table["modal_of_others"].tolist() == [0, 2, 1]
    np.testing.assert_allclose(table["agreement"], [1, 2 / 3, 2 / 3])
    np.testing.assert_allclose(table["gain"], [-1 / 3, -1 / 3, -1 / 3])
    assert table.index.tolist() == list("xyz")


def record(**given):
    n = 5
    return {
        "index": None,
        "when": "rewiring",
        "n_seen": np.array([9, 9, 9, 9, 0]),
        "n_correct": np.array([9, 5, 0, 9, 0]),
        "n_forgotten": np.array([0, 2, 0, 1, 0]),
        "first_learned": np.ones(n, dtype=int),
        "last_wrong": np.zeros(n, dtype=int),
        "correct": np.ones(n, dtype=np.int8),
        "rewirings": None,
    } | given


def test_the_critical_set_joins_its_parts():
    table = prac_set(record(), threshold=1)
    assert table["forgotten"][:4].tolist() == [False, True, True, False]
    assert not table["lost"][:4].any()
    assert table.iloc[4].isna().all()
    rewirings = {"rows": np.array([0, 3]), "lost_at": np.array([0, 2])}
    table = prac_set(record(rewirings=rewirings), threshold=1)
    assert table["lost"][:4].tolist() == [False, False, False, True]
    assert table["selected"][:4].tolist() == [False, True, True, True]
    before, after = Says([0, 0, 0, 0, 0]), Says([1, 0, 0, 0, 0])
    table = prac_set(record(), before=before, after=after, X=np.zeros((5, 1)))
    assert table["selected"][:4].tolist() == [True, True, True, True]
    with pytest.raises(ValueError, match="given together; None is"):
        prac_set(record(), before=before)
    with pytest.raises(ValueError, match="5 rows of the record"):
        prac_set(record(), before=Says([0]), after=Says([0]), X=np.zeros((1, 1)))


def test_nearest_neighbours_memorize_what_has_no_like():
    # Rows 0 and 1 are alike; 2 lies among the others and has a label of its own.
    X = np.array([[0.0], [0.0], [5.0], [5.1], [5.2], [4.9]])
    y = np.array([0, 0, 0, 1, 1, 1])
    scores = memorization_scores(
        KNeighborsClassifier(1), X, y, n_models=200, subset=0.7, random_state=0
    )
    assert scores["memorization"].argmax() == 2
    assert scores["score_in"].tolist() == [1.0] * 6
    assert scores["score_out"][2] < 0.2
    again = memorization_scores(
        KNeighborsClassifier(1), X, y, n_models=200, subset=0.7, random_state=0
    )
    pd.testing.assert_frame_equal(again, scores)


class Coin(ClassifierMixin, BaseEstimator):
    """Predicts by chance."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.random.RandomState(self.random_state).randint(2, size=len(X))


def test_the_standard_error_is_the_spread_of_memorization_by_chance():
    X, y = np.zeros((4000, 1)), np.arange(4000) % 2
    scores = memorization_scores(Coin(), X, y, n_models=40, random_state=0)
    spread = scores["memorization"].std()
    # Variances that divide by n, not n - 1, are too small by 1/28 and 1/12. In 20 runs
    # the ratio was 1.03 to 1.07.
    assert 1.0 < spread / scores["standard_error"].mean() < 1.1


def test_regressions_are_memorized_by_squared_errors():
    X, y = load_diabetes(return_X_y=True)
    scores = memorization_scores(LinearRegression(), X, y, n_models=8, random_state=0)
    assert scores["memorization"].mean() > 0
    assert scores["n_in"].between(0, 8).all()
    with pytest.raises(ValueError, match="subset must be"):
        memorization_scores(LinearRegression(), X, y, subset=1.0)
    with pytest.raises(ValueError, match="n_models must be"):
        memorization_scores(LinearRegression(), X, y, n_models=1)


def test_wrong_labels_are_forgotten_on_the_second_split():
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier((50,), max_iter=60, random_state=0, batch_size=8)
    first = second_split_forgetting(net, X, y, epochs=1, random_state=0)["first_part"]
    wrong = np.flatnonzero(first & (y == 0))[:4]
    y[wrong] = 2
    table = second_split_forgetting(net, X, y, epochs=6, random_state=0)
    assert (table["first_part"] == first).all()
    assert table["forgotten_for_good"][~first].isna().all()
    assert (table["forgotten_for_good"][wrong] < 6).all()
    right = table[first].drop(index=wrong)
    assert np.isinf(right["forgotten_for_good"]).mean() > 0.7
    with pytest.raises(ValueError, match="split must be"):
        second_split_forgetting(net, X, y, split=0)


def test_second_split_forgetting_takes_one_class_per_row():
    X = np.random.default_rng(0).normal(size=(20, 3))
    with pytest.raises(ValueError, match=r"one class per row, got the shape \(20, 2\)"):
        second_split_forgetting(SETMLPClassifier(), X, (X > 0)[:, :2])


def test_second_split_forgetting_counts_the_epochs_up_to_the_last_right_one():
    X, y = load_iris(return_X_y=True)
    y[::7] = (y[::7] + 1) % 3
    net = SETMLPClassifier((20,), max_iter=30, random_state=0, batch_size=8)
    table = second_split_forgetting(net, X, y, split=0.4, epochs=5, random_state=1)
    first = table["first_part"].to_numpy(dtype=bool)
    model = clone(net).fit(X[first], y[first])
    right = [model.predict(X[first]) == y[first]]
    for _ in range(5):
        model.partial_fit(X[~first], y[~first])
        right.append(model.predict(X[first]) == y[first])
    expected = []
    for looks in np.transpose(right):
        wrong_since = 6
        while wrong_since > 0 and not looks[wrong_since - 1]:
            wrong_since -= 1
        expected.append(np.inf if wrong_since == 6 else wrong_since)
    assert table["forgotten_for_good"][first].tolist() == expected
    # Some never right, some forgotten on the way, some kept.
    assert {0, np.inf} < set(expected)
