"""When training stops: patience, tolerance, and rows held out of training."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.exceptions import ConvergenceWarning

from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
)
from tests.estimators import NETWORKS


def tumours(n_samples=200):
    X, y = load_breast_cancer(return_X_y=True)
    return X[:n_samples], y[:n_samples]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_large_tolerance_stops_early(network):
    X, y = tumours(100)
    net = network((10,), tol=0.5, max_iter=3000, random_state=0).fit(X, y)
    assert net.n_iter_ < 3000


@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
@pytest.mark.parametrize("patience", [1, 2, 5, 10])
def test_training_stops_after_more_epochs_without_progress(network, patience):
    X, y = tumours(100)
    net = network((10,), tol=1e9, n_iter_no_change=patience, random_state=0)
    # Only the first epoch counts as progress.
    assert net.fit(X, y).n_iter_ == 1 + patience + 1


@pytest.mark.parametrize("early_stopping", [False, True])
def test_endless_patience_trains_to_the_end_without_a_warning(early_stopping):
    X, y = tumours(100)
    net = SETMLPClassifier(
        (10,),
        tol=1e9,
        n_iter_no_change=np.inf,
        early_stopping=early_stopping,
        max_iter=60,
        random_state=0,
    )
    # Nothing was to stop it, so that there is nothing to warn of; warnings are errors.
    assert net.fit(X, y).n_iter_ == 60


@pytest.mark.parametrize(
    "planned", [{"learning_rate": "cosine"}, {"early_stopping": True}]
)
def test_what_ends_as_planned_ends_without_a_warning(planned):
    X, y = tumours(100)
    net = SETMLPClassifier((10,), max_iter=5, random_state=0, **planned)
    assert net.fit(X, y).n_iter_ == 5


def test_an_unfinished_training_is_told_what_ends_it_as_planned():
    X, y = tumours(100)
    net = DenseMLPClassifier((10,), learning_rate="constant", max_iter=2)
    message = (
        r"max_iter=2, reached before the loss stopped improving\. early_stopping=True "
        "or learning_rate='cosine' ends training in a planned way"
    )
    with pytest.warns(ConvergenceWarning, match=message) as told:
        net.fit(X, y)
    # Small tables are better off without these.
    assert "batch_size" not in str(told[0].message)
    assert "Raise" not in str(told[0].message)


def test_no_warning_where_training_has_stopped_by_itself():
    X, y = tumours(100)
    SETMLPClassifier((10,), tol=0.5, max_iter=40, random_state=0).fit(X, y)


@pytest.mark.parametrize("network", NETWORKS)
def test_early_stopping_watches_the_validation_score(network):
    X, y = tumours()
    net = network(
        (10,), tol=0.2, max_iter=3000, early_stopping=True, random_state=0
    ).fit(X, y)
    assert net.n_iter_ < 3000
    assert len(net.validation_scores_) == net.n_iter_
    assert net.validation_scores_ == [row["validation_score"] for row in net.history_]


def test_without_validation_rows_there_are_no_scores():
    X, y = tumours(100)
    net = SETMLPClassifier((10,), tol=0.5, random_state=0).fit(X, y)
    assert net.validation_scores_ == []
    assert {row["validation_score"] for row in net.history_} == {None}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("network", NETWORKS)
def test_early_stopping_restores_the_best_network(network):
    X, y = tumours()
    # What the network learns is wrong for the validation rows: it only gets worse.
    X_val, y_val = X[:60], 1 - y[:60]
    net = network(
        (30,),
        early_stopping=True,
        scoring=None,
        learning_rate_init=0.01,
        max_iter=30,
        n_iter_no_change=np.inf,
        random_state=0,
    ).fit(X[60:], y[60:], X_val=X_val, y_val=y_val)
    scores = net.validation_scores_
    assert scores[-1] < max(scores)
    assert_allclose(net.score(X_val, y_val), max(scores), rtol=1e-5)


def test_given_validation_rows_win_over_a_split():
    X, y = np.arange(8.0).reshape(4, 2), [0, 0, 0, 1]
    X_val, y_val = X[:2], y[:2]
    net = DenseMLPClassifier((5,), early_stopping=True, scoring=None, random_state=0)
    # A split would put fewer than two rows aside.
    net.fit(X, y, X_val=X_val, y_val=y_val)
    assert len(net.validation_scores_) == net.n_iter_
    assert set(net.validation_scores_) <= {0.0, 0.5, 1.0}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
def test_given_validation_rows_are_scored_without_early_stopping(network):
    X, y = tumours()
    net = network((10,), max_iter=5, scoring=None, random_state=0)
    net.fit(X[:150], y[:150], X_val=X[150:], y_val=y[150:])
    assert len(net.validation_scores_) == 5
    assert_allclose(net.validation_scores_[-1], net.score(X[150:], y[150:]), rtol=1e-5)
    plain = network((10,), max_iter=5, random_state=0).fit(X[:150], y[:150])
    assert plain.loss_curve_ == net.loss_curve_


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_validation_rows_may_be_of_another_kind_than_training_rows():
    pd = pytest.importorskip("pandas")
    X, y = tumours()
    X = pd.DataFrame(X, columns=[f"feature {j}" for j in range(X.shape[1])])
    net = SETMLPClassifier((10,), max_iter=3, random_state=0)
    net.fit(X[:150], pd.Series(y[:150]), X_val=X[150:], y_val=list(y[150:]))
    assert len(net.validation_scores_) == 3


@pytest.mark.parametrize("seed", range(5))
def test_the_split_keeps_the_shares_of_the_classes(seed):
    # Nothing can be learned from X, so class 0 is predicted for all rows, and the
    # validation score is the share of class 0 in the validation rows.
    X, y = np.zeros((100, 3)), np.repeat([0, 1], [90, 10])
    net = DenseMLPClassifier(
        (5,), early_stopping=True, scoring=None, validation_fraction=0.2,
        random_state=seed,
    ).fit(X, y)  # fmt: skip
    assert max(net.validation_scores_) == 0.9


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("labels", [["a", "b", "c"], [True, False], [-1, 5]])
def test_early_stopping_takes_any_labels(labels):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 4))
    y = np.array(labels, dtype=object)[rng.integers(len(labels), size=150)]
    y = y if isinstance(labels[0], str) else y.astype(type(labels[0]))
    net = SETMLPClassifier((10,), early_stopping=True, max_iter=20, random_state=0)
    net.fit(X, y)
    assert len(net.validation_scores_) == net.n_iter_
    assert np.isfinite(net.validation_scores_).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_early_stopping_with_label_indicators_and_several_outputs():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 4))
    settings = {"early_stopping": True, "max_iter": 10, "random_state": 0}
    for net in (
        SETMLPClassifier((10,), **settings),
        SETMLPRegressor((10,), **settings),
    ):
        net.fit(X, (X[:, :2] > 0).astype(int))
        assert np.isfinite(net.validation_scores_).all()


@pytest.mark.parametrize("network", [SETMLPRegressor, DenseMLPRegressor])
def test_too_few_rows_to_hold_any_out_are_refused(network):
    with pytest.raises(ValueError, match="validation set is too small"):
        network(early_stopping=True).fit([[1.0], [2.0]], [1.0, 2.0])


def test_weights_of_one_change_nothing_with_early_stopping():
    X, y = load_diabetes(return_X_y=True)
    settings = {"early_stopping": True, "tol": 1e-2, "batch_size": 20}
    settings |= {"dtype": "float64", "random_state": 0}
    plain = SETMLPRegressor((10,), **settings).fit(X, y)
    weighted = SETMLPRegressor((10,), **settings).fit(X, y, np.ones(len(y)))
    assert_allclose(weighted.predict(X), plain.predict(X))


def test_the_validation_score_is_weighted():
    X = np.linspace(-1, 1, 60)[:, np.newaxis]
    # Two rows in three are wrong by design, and weigh nothing.
    y = (X[:, 0] > 0).astype(int)
    wrong = np.arange(60) % 3 > 0
    y[wrong] = 1 - y[wrong]
    # Patience enough to learn the boundary from whatever weights are drawn.
    net = DenseMLPClassifier(
        (20,), early_stopping=True, scoring=None, n_iter_no_change=60, random_state=0
    )
    net.fit(X, y, sample_weight=np.where(wrong, 0.0, 1.0))
    assert max(net.validation_scores_) == 1.0


def test_validation_rows_that_weigh_nothing_are_an_error_before_training():
    X, y = load_breast_cancer(return_X_y=True)
    weight = np.zeros(len(y))
    weight[:3] = 1.0
    net = SETMLPClassifier(early_stopping=True, random_state=0)
    with pytest.raises(ValueError, match=r"validation rows .* have a weight of 0"):
        net.fit(X, y, sample_weight=weight)
    assert not hasattr(net, "loss_curve_")


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_training_rows_that_weigh_nothing_are_an_error_before_training():
    X, y = load_breast_cancer(return_X_y=True)
    fit = {"early_stopping": True, "record": "presentation", "random_state": 0}
    held = SETMLPClassifier(max_iter=1, **fit).fit(X, y).record_["n_seen"] == 0
    net = SETMLPClassifier(**fit)
    with pytest.raises(ValueError, match=r"left for training have a weight of 0"):
        net.fit(X, y, sample_weight=held.astype(float))
    assert not hasattr(net, "loss_curve_")
