"""A fit that is cut off after any epoch and resumed makes the bits of a whole one."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from sparsekit import (
    DenseMLPClassifier,
    DSTMLPClassifier,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
)
from sparsekit.neural_network import (
    CheckpointCallback,
    load_checkpoint,
    resume,
    save_checkpoint,
)
from sparsekit.neural_network.parameters._methods import RECIPES
from sparsekit.topology import RewiringSchedule
from tests.callbacks import CutOff

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ROOT = Path(__file__).resolve().parents[2]
N_EPOCHS = 9
SETTINGS = {
    "adam": {},
    "sgd": {"solver": "sgd", "learning_rate_init": 0.05},
    "early stopping": {"early_stopping": True, "scoring": None, "n_iter_no_change": 4},
    "by loss": {"early_stopping": True, "learning_rate_init": 0.1},
    "by a scorer": {"early_stopping": True, "scoring": "explained_variance"},
    "adaptive": {
        "solver": "sgd",
        "learning_rate": "adaptive",
        "tol": 0.5,
        "n_iter_no_change": 1,
    },
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling"},
    "cosine": {"learning_rate": "cosine"},
    "indicator": {"missing": "indicator"},
    "noise": {"dropout": 0.2, "input_dropout": 0.1},
    "expected": {"missing": "expected", "dtype": "float64"},
    "one order": {"shuffle": False, "batch_size": 7},
}


def flowers(storage=np.asarray):
    X, y = load_iris(return_X_y=True)
    X[::7, 2] = np.nan
    return storage(X), y


def network_of(network, **settings):
    # At a constant rate a shorter training is the beginning of a longer one.
    given = {"learning_rate": "constant", "learning_rate_init": 0.02}
    given |= {"max_iter": N_EPOCHS, "random_state": 3}
    if network is not DenseMLPClassifier:
        given["sparsity"] = 0.5
    return network((15, 8), **given | settings)


def cut_and_resume(net, path, epoch, X, y, every=1, **data):
    net.set_callbacks(CheckpointCallback(path, every), CutOff(epoch))
    with pytest.raises(RuntimeError, match="cut off"):
        net.fit(X, y, **data)
    return resume(path, X, y, **data)


def assert_same_fit(resumed, whole, X):
    for state in ("_network", "_optimizer"):
        one, other = (getattr(net, state).to_dict() for net in (resumed, whole))
        assert one.keys() == other.keys()
        for name in one:
            assert_array_equal(one[name], other[name])
    assert timeless(resumed.history_) == timeless(whole.history_)
    rewirings = (timeless(net.rewiring_history_) for net in (resumed, whole))
    assert next(rewirings) == next(rewirings)
    assert resumed.loss_curve_ == whole.loss_curve_
    assert resumed.validation_scores_ == whole.validation_scores_
    assert (resumed.n_iter_, resumed.t_) == (whole.n_iter_, whole.t_)
    assert_array_equal(resumed.predict(X), whole.predict(X))
    assert resumed._generator.random() == whole._generator.random()


def test_the_settings_reach_what_a_resumed_fit_must_know():
    X, y = flowers()
    stopped = network_of(SETMLPClassifier, **SETTINGS["early stopping"]).fit(X, y)
    best = int(np.argmax(stopped.validation_scores_)) + 1
    assert 1 < best < stopped.n_iter_  # the best network is not the first nor the last
    adaptive = network_of(SETMLPClassifier, **SETTINGS["adaptive"]).fit(X, y)
    assert len({row["learning_rate"] for row in adaptive.history_}) > 2


def timeless(history):
    return [{k: v for k, v in row.items() if k != "seconds"} for row in history]


@pytest.mark.parametrize("epoch", [1, 4, 7, N_EPOCHS])
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_resumed_classifier_is_the_one_never_cut_off(settings, epoch, tmp_path):
    X, y = flowers()
    whole = network_of(SETMLPClassifier, **settings).fit(X, y)
    net = network_of(SETMLPClassifier, **settings)
    epoch = min(epoch, whole.n_iter_)  # where early stopping comes first
    assert_same_fit(cut_and_resume(net, tmp_path / "net", epoch, X, y), whole, X)


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_resumed_regressor_is_the_one_never_cut_off(settings, tmp_path):
    X, y = flowers()
    whole = network_of(SETMLPRegressor, **settings).fit(X, y)
    net = network_of(SETMLPRegressor, **settings)
    assert_same_fit(cut_and_resume(net, tmp_path / "net", 3, X, y), whole, X)


@pytest.mark.parametrize("epoch", [2, 6])
@pytest.mark.parametrize("method", RECIPES)
def test_every_method_of_rewiring_resumes(method, epoch, tmp_path):
    X, y = flowers()
    settings = {"method": method, "batch_size": 40, "sparsity": 0.6}
    whole = network_of(DSTMLPClassifier, **settings).fit(X, y)
    net = network_of(DSTMLPClassifier, **settings)
    assert_same_fit(cut_and_resume(net, tmp_path / "net", epoch, X, y), whole, X)


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("method", ["rigl", "itop", "granet"])
def test_rewirings_that_are_counted_in_steps_resume(method, early_stopping, tmp_path):
    X, y = flowers()
    settings = {"schedule": RewiringSchedule(every=5, unit="steps"), "batch_size": 20}
    settings |= {"method": method, "early_stopping": early_stopping, "sparsity": 0.6}
    whole = network_of(DSTMLPClassifier, **settings).fit(X, y)
    net = network_of(DSTMLPClassifier, **settings)
    assert_same_fit(cut_and_resume(net, tmp_path / "net", 4, X, y), whole, X)


@pytest.mark.parametrize("missing", ["absent", "indicator"])
def test_csr_inputs_resume_too(missing, tmp_path):
    X, y = flowers(sparse.csr_array)
    whole = network_of(SETMLPClassifier, missing=missing).fit(X, y)
    net = network_of(SETMLPClassifier, missing=missing)
    assert_same_fit(cut_and_resume(net, tmp_path / "net", 5, X, y), whole, X)


@pytest.mark.parametrize("network", [StaticSparseMLPClassifier, DenseMLPClassifier])
def test_networks_that_keep_their_connections_resume_too(network, tmp_path):
    X, y = flowers()
    whole = network_of(network).fit(X, y)
    resumed = cut_and_resume(network_of(network), tmp_path / "net", 5, X, y)
    assert_same_fit(resumed, whole, X)


def test_all_arguments_of_fit_resume_too(tmp_path):
    X, y = flowers()
    data = {
        "sample_weight": np.linspace(0.5, 2, len(X)),
        "X_val": X[::3],
        "y_val": y[::3],
    }
    settings = {"early_stopping": True, "class_weight": {0: 2.0, 1: 1.0, 2: 0.5}}
    whole = network_of(SETMLPClassifier, **settings).fit(X, y, **data)
    net = network_of(SETMLPClassifier, **settings)
    assert_same_fit(cut_and_resume(net, tmp_path / "net", 2, X, y, **data), whole, X)


def test_a_warm_start_resumes(tmp_path):
    X, y = flowers()
    settings = {"warm_start": True, "early_stopping": True}
    whole = network_of(SETMLPClassifier, **settings).fit(X, y).fit(X, y)
    net = network_of(SETMLPClassifier, **settings).fit(X, y)
    assert_same_fit(cut_and_resume(net, tmp_path / "net", 2, X, y), whole, X)


def test_what_was_trained_after_the_last_checkpoint_is_trained_again(tmp_path):
    X, y = flowers()
    whole = network_of(SETMLPClassifier).fit(X, y)
    net = network_of(SETMLPClassifier)
    resumed = cut_and_resume(net, tmp_path / "net", 8, X, y, every=3)
    assert load_checkpoint(tmp_path / "net").n_iter_ == 6
    assert_same_fit(resumed, whole, X)


def test_a_resumed_fit_can_be_cut_off_and_resumed_again(tmp_path):
    X, y = flowers()
    whole = network_of(SETMLPClassifier, early_stopping=True).fit(X, y)
    path = tmp_path / "net"
    net = network_of(SETMLPClassifier, early_stopping=True)
    net.set_callbacks(CheckpointCallback(path), CutOff(2))
    with pytest.raises(RuntimeError):
        net.fit(X, y)
    with pytest.raises(RuntimeError):
        resume(path, X, y, callbacks=[CheckpointCallback(path), CutOff(5)])
    assert load_checkpoint(path).n_iter_ == 5
    assert_same_fit(resume(path, X, y), whole, X)


@pytest.mark.parametrize("task", ["epoch", "rewiring"])
def test_ctrl_c_leaves_a_file_to_go_on_from(task, tmp_path):
    X, y = flowers()
    whole = network_of(SETMLPClassifier).fit(X, y)
    path = tmp_path / "net"
    cut = CutOff(4, task, KeyboardInterrupt)
    net = network_of(SETMLPClassifier).set_callbacks(CheckpointCallback(path), cut)
    with pytest.warns(UserWarning, match="interrupted"):
        net.fit(X, y)
    assert_same_fit(resume(path, X, y), whole, X)


def test_a_checkpoint_predicts_as_its_epoch_did(tmp_path):
    X, y = flowers()
    net = network_of(SETMLPClassifier)
    cut_and_resume(net, tmp_path / "net", 4, X, y)
    four = network_of(SETMLPClassifier, max_iter=4).fit(X, y)
    loaded = load_checkpoint(tmp_path / "net")
    assert_array_equal(loaded.predict_proba(X), four.predict_proba(X))
    assert timeless(loaded.history_) == timeless(four.history_)


def test_the_file_of_a_finished_fit_is_loaded_and_not_trained(tmp_path):
    X, y = flowers()
    path = tmp_path / "net"
    net = network_of(SETMLPClassifier, early_stopping=True)
    net.set_callbacks(CheckpointCallback(path, every=100)).fit(X, y)
    assert_same_fit(resume(path, X, y), net, X)


def test_a_further_fit_of_a_checkpoint_makes_its_rest_void(tmp_path):
    X, y = flowers()
    net = network_of(SETMLPClassifier, random_state=0)
    cut_and_resume(net, tmp_path / "net", 4, X, y)
    loaded = load_checkpoint(tmp_path / "net").fit(X, y)
    save_checkpoint(loaded, tmp_path / "net")
    assert_same_fit(resume(tmp_path / "net", X, y), loaded, X)


@pytest.mark.parametrize("part", ["X", "y", "order", "fewer"])
def test_other_data_are_refused(part, tmp_path):
    X, y = flowers()
    cut_and_resume(network_of(SETMLPRegressor), tmp_path / "net", 2, X, y)
    X, y = X.copy(), y.copy()
    if part == "X":
        X[3, 1] += 0.1
    elif part == "y":
        y[3] += 1
    else:
        rows = slice(None, None, -1) if part == "order" else slice(1, None)
        X, y = X[rows], y[rows]
    with pytest.raises(ValueError, match="must be those of the interrupted fit"):
        resume(tmp_path / "net", X, y)


def test_an_estimator_that_was_never_trained_cannot_resume(tmp_path):
    save_checkpoint(network_of(SETMLPClassifier), tmp_path / "net")
    with pytest.raises(ValueError, match="no fit has begun"):
        resume(tmp_path / "net", *flowers())
    with pytest.raises(NotFittedError):
        load_checkpoint(tmp_path / "net").predict(flowers()[0])


@pytest.mark.parametrize("every", [0, 1.5, True, "1"])
def test_every_is_a_number_of_epochs(every):
    with pytest.raises(ValueError, match="every must be an integer > 0"):
        CheckpointCallback("net", every=every)


def test_every_may_be_a_number_of_numpy():
    assert CheckpointCallback("net", every=np.int64(3)).every == 3


KILLED = """
import os, signal, sys
from sparsekit.neural_network import CheckpointCallback
from tests.neural_network import test_resume as own

class Kill(own.CutOff):
    def on_fit_task_end(self, estimator, context):
        if context.task_name == "rewiring" and estimator.n_iter_ == self.epoch:
            os.kill(os.getpid(), signal.SIGKILL)

net = own.network_of(own.SETMLPClassifier, early_stopping=True)
net.set_callbacks(CheckpointCallback(sys.argv[1]), Kill(int(sys.argv[2])))
net.fit(*own.flowers())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
@pytest.mark.parametrize("epoch", [1, 4])
def test_a_killed_process_leaves_a_file_to_go_on_from(epoch, tmp_path):
    X, y = flowers()
    path = tmp_path / "net"
    command = [sys.executable, "-c", KILLED, str(path), str(epoch)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    whole = network_of(SETMLPClassifier, early_stopping=True).fit(X, y)
    assert load_checkpoint(path).n_iter_ == epoch
    assert_same_fit(resume(path, X, y), whole, X)
