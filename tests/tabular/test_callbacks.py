"""Callbacks see what the estimators of whole tables and ensembles do."""

from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.callback import ProgressBar
from sklearn.datasets import load_iris

from sparsekit import SETMLPClassifier, SparseTabularClassifier
from sparsekit.neural_network import CheckpointCallback, compact, load_checkpoint
from sparsekit.tabular import SparseMLPEnsembleClassifier
from tests.callbacks import Callback, CutOff
from tests.fuzz.harness import state_of
from tests.tabular.whole_tables import table, targets

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

FRAME = table()
Y = targets(FRAME)


class Seen(Callback):
    """Note which tasks of which estimators end, and how many are still to come."""

    max_propagation_depth = None

    def __init__(self):
        self.ended = Counter()
        self.most = {}

    def on_fit_task_begin(self, estimator, context):
        self.most[context.task_name] = context.max_subtasks

    def on_fit_task_end(self, estimator, context):
        name = context.source_task_name or context.task_name
        self.ended[type(estimator).__name__, name] += 1


def small(**given):
    given = {"n_members": 3, "max_iter": 2, "random_state": 0} | given
    return SparseTabularClassifier(**given)


def test_settings_members_and_their_epochs_are_tasks():
    seen = Seen()
    model = small().set_callbacks(seen).fit(FRAME, Y)
    assert len(model.held_out_scores_) == 2
    assert seen.ended["SparseTabularClassifier", "fit"] == 1
    assert seen.ended["DSTMLPClassifier", "setting"] == 2
    assert seen.ended["DSTMLPClassifier", "member"] == 3
    assert seen.ended["DSTMLPClassifier", "epoch"] == 2 * (2 + 3)
    alone = small().fit(FRAME, Y)
    assert_array_equal(model.predict_proba(FRAME), alone.predict_proba(FRAME))


def test_the_number_of_tasks_is_known_at_the_start():
    class Root(Callback):
        def on_fit_task_begin(self, estimator, context):
            if context.parent is None:
                self.n_tasks = context.max_subtasks

    callback = Root()
    small().set_callbacks(callback).fit(FRAME, Y)
    assert callback.n_tasks == 2 + 3
    small(early_stopping=False).set_callbacks(callback).fit(FRAME, Y)
    assert callback.n_tasks == 3


@pytest.mark.parametrize("strategy", ["independent", "cyclic"])
def test_members_of_ensembles_are_tasks(strategy):
    X, y = load_iris(return_X_y=True)
    seen = Seen()
    network = SETMLPClassifier((8,), sparsity=0.5, max_iter=6)
    model = SparseMLPEnsembleClassifier(
        network, n_members=3, strategy=strategy, random_state=0
    )
    model.set_callbacks(seen).fit(X, y)
    assert seen.ended["SETMLPClassifier", "member"] == 3
    epochs = seen.ended["SETMLPClassifier", "epoch"]
    assert epochs == {"independent": 18, "cyclic": 6}[strategy]
    assert not any(hasattr(member, "_skl_callbacks") for member in model.members_)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_a_progress_bar_shows_the_members(n_jobs, capsys):
    pytest.importorskip("rich")
    model = small(n_jobs=n_jobs).set_callbacks(ProgressBar())
    model.fit(FRAME, Y)
    shown = capsys.readouterr().out
    assert "SparseTabularClassifier" in shown
    assert "member" in shown


def test_a_checkpoint_callback_writes_the_fitted_estimator(tmp_path):
    model = small().set_callbacks(CheckpointCallback(tmp_path / "model"))
    model.fit(FRAME, Y)
    same = load_checkpoint(tmp_path / "model")
    assert_array_equal(same.predict_proba(FRAME), model.predict_proba(FRAME))


def test_copies_keep_callbacks():
    seen = Seen()
    model = small().set_callbacks(seen).fit(FRAME, Y)
    assert clone(model)._skl_callbacks == [seen]
    assert compact(model)._skl_callbacks == [seen]


class Stop(CutOff):
    max_propagation_depth = None


@pytest.mark.parametrize("kind", ["table", "ensemble"])
def test_a_fit_that_a_callback_breaks_off_leaves_the_estimator_as_it_was(kind):
    X, y = (FRAME, Y) if kind == "table" else load_iris(return_X_y=True)
    network = SETMLPClassifier((8,), sparsity=0.5, max_iter=3)
    model = small()
    if kind == "ensemble":
        model = SparseMLPEnsembleClassifier(network, n_members=2, random_state=0)
    model.set_callbacks(Stop(9)).fit(X, y)
    before = state_of(model)
    model._skl_callbacks[0].epoch = 2
    with pytest.raises(RuntimeError, match="cut off"):
        model.fit(X[:140], np.roll(y, 1)[:140])
    model._skl_callbacks[0].epoch = 9
    assert state_of(model) == before
