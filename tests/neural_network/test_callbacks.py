"""scikit-learn's callbacks: tasks "epoch" and "rewiring" inside "fit"."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.datasets import load_iris

from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    SETMLPClassifier,
)
from tests.estimators import NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Recorder:
    """Write down what happens; ask to stop at the end of the task `stop_at`."""

    def __init__(self, stop_at=None):
        self.events = []
        self.scores = []
        self.stop_at = stop_at

    def setup(self, estimator, context):
        self.events.append("setup")
        self.max_subtasks = context.max_subtasks

    def teardown(self, estimator, context):
        self.events.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.events.append(f"begin {context.task_name}")

    def on_fit_task_end(
        self, estimator, context, *, X=None, y=None, metadata=None, fitted_estimator
    ):
        self.events.append(f"end {context.task_name}")
        self.scores.append(fitted_estimator.score(X, y))
        self.metadata = metadata
        self.last_fitted = fitted_estimator
        n_ended = sum(event.startswith("end") for event in self.events)
        return (context.task_name, n_ended) == self.stop_at


def flowers():
    return load_iris(return_X_y=True)


def network_of(network, **settings):
    # At a constant rate a shorter training is the beginning of a longer one.
    given = {"max_iter": 3, "learning_rate": "constant", "random_state": 0}
    return network((20,), **given | settings)


@pytest.mark.parametrize("network", NETWORKS)
def test_epochs_and_rewirings_are_tasks_of_fit(network):
    X, y = flowers()
    recorder = Recorder()
    network_of(network).set_callbacks(recorder).fit(X, y)
    epoch = ["begin epoch", "end epoch"]
    between = ["begin rewiring", "end rewiring"] if "SET" in network.__name__ else []
    assert recorder.events == [
        "setup",
        "begin fit",
        *epoch,
        *between,
        *epoch,
        *between,
        *epoch,
        "end fit",
        "teardown",
    ]
    assert recorder.max_subtasks == (5 if between else 3)


@pytest.mark.parametrize("network", NETWORKS)
def test_callbacks_do_not_change_the_training(network):
    X, y = flowers()
    watched = network_of(network, dropout=0.1, max_iter=10)
    watched.set_callbacks(Recorder()).fit(X, y)
    alone = network_of(network, dropout=0.1, max_iter=10).fit(X, y)
    assert watched.loss_curve_ == alone.loss_curve_
    assert_array_equal(watched.predict(X), alone.predict(X))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_callback_that_returns_true_stops_the_training(network):
    X, y = flowers()
    recorder = Recorder(stop_at=("epoch", 1))
    net = network_of(network, max_iter=50).set_callbacks(recorder).fit(X, y)
    assert net.n_iter_ == 1
    assert recorder.events[-2:] == ["end fit", "teardown"]
    one_epoch = network_of(network, max_iter=1).fit(X, y)
    assert_array_equal(net.predict(X), one_epoch.predict(X))


def test_a_callback_may_stop_after_a_rewiring():
    X, y = flowers()
    recorder = Recorder(stop_at=("rewiring", 2))
    net = network_of(SETMLPClassifier).set_callbacks(recorder).fit(X, y)
    assert net.n_iter_ == 1
    assert recorder.events[-3:] == ["end rewiring", "end fit", "teardown"]


@pytest.mark.filterwarnings("error::sklearn.exceptions.ConvergenceWarning")
def test_a_stop_at_the_last_epoch_is_not_an_unfinished_training():
    X, y = flowers()
    recorder = Recorder(stop_at=("epoch", 3))
    net = network_of(DenseMLPClassifier).set_callbacks(recorder).fit(X, y)
    assert net.n_iter_ == 3


@pytest.mark.parametrize("network", NETWORKS)
def test_callbacks_see_the_network_as_it_is_after_each_task(network):
    X, y = flowers()
    recorder = Recorder()
    net = network_of(network, max_iter=4).set_callbacks(recorder).fit(X, y)
    ends = [event for event in recorder.events if event.startswith("end")]
    at_epochs = [
        score
        for event, score in zip(ends, recorder.scores, strict=True)
        if event == "end epoch"
    ]
    assert at_epochs == [
        network_of(network, max_iter=n).fit(X, y).score(X, y) for n in (1, 2, 3, 4)
    ]
    assert recorder.scores[-1] == net.score(X, y)


def test_what_a_callback_keeps_does_not_change_later():
    X, y = flowers()
    seen = []

    class Keeper(Recorder):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            seen.append((fitted_estimator, fitted_estimator.predict_proba(X)))

    network_of(SETMLPClassifier, max_iter=5).set_callbacks(Keeper()).fit(X, y)
    for net, then in seen:
        assert_array_equal(net.predict_proba(X), then)
    assert not np.array_equal(seen[0][1], seen[-1][1])


def test_with_early_stopping_the_end_of_fit_shows_the_best_network():
    X, y = flowers()
    recorder = Recorder()
    net = network_of(SETMLPClassifier, early_stopping=True, max_iter=30)
    net.set_callbacks(recorder).fit(X, y)
    assert_array_equal(recorder.last_fitted.predict_proba(X), net.predict_proba(X))


def test_a_warm_start_announces_its_rewirings():
    X, y = flowers()
    recorder = Recorder()
    net = network_of(SETMLPClassifier, warm_start=True, max_iter=2).fit(X, y)
    net.set_callbacks(recorder).fit(X, y)
    assert recorder.max_subtasks == 4
    assert recorder.events.count("end rewiring") == 2


def test_partial_fit_calls_no_callbacks():
    X, y = flowers()
    recorder = Recorder()
    net = network_of(SETMLPClassifier).set_callbacks(recorder)
    net.partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X, y)
    assert recorder.events == []


@pytest.mark.parametrize("bad", [{"sparsity": 0.99999}, {"max_iter": -1}])
def test_a_fit_that_fails_leaves_nothing_behind(bad):
    X, y = flowers()
    recorder = Recorder()
    net = network_of(SETMLPClassifier, **bad).set_callbacks(recorder)
    with pytest.raises(ValueError, match=r"sparsity|max_iter"):
        net.fit(X, y)
    assert recorder.events == []


def test_a_callback_that_fails_is_torn_down():
    X, y = flowers()

    class Failing(Recorder):
        def on_fit_task_begin(self, estimator, context):
            if context.task_name == "rewiring":
                raise RuntimeError("enough")

    recorder = Failing()
    net = network_of(SETMLPClassifier).set_callbacks(recorder)
    with pytest.raises(RuntimeError, match="enough"):
        net.fit(X, y)
    assert recorder.events[-1] == "teardown"


def test_clones_share_their_callbacks():
    recorder = Recorder()
    net = network_of(SETMLPClassifier).set_callbacks(recorder)
    clone(net).fit(*flowers())
    assert recorder.events[-1] == "teardown"


@pytest.mark.parametrize("network", NETWORKS)
def test_the_scoring_monitor_scores_every_epoch(network):
    X, y = flowers()
    metric = "accuracy" if hasattr(network, "predict_proba") else "r2"
    monitor = ScoringMonitor(scoring=metric)
    net = network_of(network, max_iter=4).set_callbacks(monitor).fit(X, y)
    rows = pd.DataFrame(monitor.get_logs().data)
    assert (rows["task_name"] == "epoch").sum() == 4
    assert set(rows["estimator_name"]) == {network.__name__}
    assert rows.loc[rows["task_name"] == "fit", metric].tolist() == [net.score(X, y)]


@pytest.mark.parametrize("scoring", ["accuracy", ["accuracy", "neg_log_loss"]])
def test_the_scoring_monitor_takes_any_metric(scoring):
    X, y = flowers()
    monitor = ScoringMonitor(scoring=scoring)
    network_of(SETMLPClassifier).set_callbacks(monitor).fit(X, y)
    names = [scoring] if isinstance(scoring, str) else scoring
    for row in monitor.get_logs().data:
        assert all(np.isfinite(row[name]) for name in names)


@pytest.mark.parametrize(
    "given",
    [{"sample_weight": np.arange(150)}, {"X_val": np.ones((2, 4)), "y_val": [0, 1]}],
    ids=["sample_weight", "validation rows"],
)
def test_the_scoring_monitor_works_with_all_arguments_of_fit(given):
    X, y = flowers()
    monitor = ScoringMonitor(scoring="accuracy")
    net = network_of(SETMLPClassifier).set_callbacks(monitor).fit(X, y, **given)
    last = next(row for row in monitor.get_logs().data if row["task_name"] == "fit")
    weight = given.get("sample_weight")
    assert last["accuracy"] == pytest.approx(net.score(X, y, sample_weight=weight))


def test_the_scoring_monitor_works_with_named_columns():
    X, y = load_iris(return_X_y=True, as_frame=True)
    monitor = ScoringMonitor(scoring="accuracy")
    network_of(SETMLPClassifier).set_callbacks(monitor).fit(X, y)
    assert len(monitor.get_logs().data) == 6


@pytest.mark.parametrize("network", [SETMLPClassifier, DenseMLPRegressor])
def test_the_progress_bar_is_shown_and_gets_to_its_end(network, capsys):
    X, y = flowers()
    network_of(network).set_callbacks(ProgressBar()).fit(X, y)
    shown = capsys.readouterr().out
    assert f"{network.__name__} - fit" in shown
    assert "100%" in shown


def test_the_progress_bar_gets_to_its_end_where_training_stops_early(capsys):
    X, y = flowers()
    net = network_of(SETMLPClassifier, max_iter=1000, tol=0.5)
    net.set_callbacks(ProgressBar()).fit(X, y)
    assert net.n_iter_ < 1000
    assert "100%" in capsys.readouterr().out
