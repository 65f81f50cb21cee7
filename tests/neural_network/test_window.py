"""partial_fit without end: lists keep what is recent, totals what was ever."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris

from sparsekit import DSTMLPClassifier, SETMLPClassifier
from sparsekit.neural_network import load_checkpoint, save_checkpoint
from sparsekit.topology import RewiringSchedule

X, Y = load_iris(return_X_y=True)


@pytest.fixture(autouse=True)
def _short_window(monkeypatch):
    for module in ("_fit_loop", "_records_by_id"):
        monkeypatch.setattr(f"sparsekit.neural_network.training.{module}.WINDOW", 5)


def streamed(net, n_calls=12, **further):
    rng = np.random.default_rng(0)
    losses = []
    for _ in range(n_calls):
        rows = rng.choice(150, 40, replace=False)
        ids = {"sample_ids": rows} if net.record is not None else {}
        net.partial_fit(X[rows], Y[rows], [0, 1, 2], **ids)
        losses.append(net.loss_)
    return net, losses


def test_partial_fit_keeps_the_last_epochs_and_counts_all():
    net, losses = streamed(SETMLPClassifier((10,), sparsity=0.5, random_state=0))
    assert net.loss_curve_ == losses[-5:]
    assert [row["epoch"] for row in net.history_] == [8, 9, 10, 11, 12]
    assert (net.n_iter_, net.t_) == (12, 12 * 40)


def test_the_smallest_loss_is_that_of_all_calls():
    # With a learning rate that is too high, the first calls are the best.
    net = SETMLPClassifier((10,), learning_rate_init=3.0, random_state=1)
    net.set_params(alpha=1e-4, batch_size=40)
    net, losses = streamed(net)
    assert min(losses) < min(net.loss_curve_)
    assert net.best_loss_ == min(losses)
    assert net.fit(X, Y).best_loss_ == min(net.loss_curve_)


@pytest.mark.parametrize("unit", ["epochs", "steps"])
def test_partial_fit_keeps_the_last_rewirings_of_each_layer(unit):
    schedule = RewiringSchedule(every=1 if unit == "epochs" else 2, unit=unit)
    net = DSTMLPClassifier((10,), sparsity=0.5, schedule=schedule, random_state=0)
    net, _ = streamed(net.set_params(batch_size=8))
    assert [row["layer"] for row in net.rewiring_history_] == [1, 2] * 5
    last = {"epochs": [7, 8, 9, 10, 11], "steps": [10, 10, 10, 11, 11]}[unit]
    assert [row["epoch"] for row in net.rewiring_history_[::2]] == last
    assert not np.isnan(
        [row["exploration_rate"] for row in net.rewiring_history_]
    ).any()


def test_events_of_rewirings_are_the_last_and_their_sums_those_of_all():
    net = SETMLPClassifier((10,), sparsity=0.5, record="rewiring", random_state=0)
    net.set_params(prune_fraction=0.9, learning_rate_init=0.03)
    whole = clone(net)
    net, _ = streamed(net)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sparsekit.neural_network.training._records_by_id.WINDOW", 10**6)
        streamed(whole)
    kept, known = net.record_["rewirings"], whole.record_["rewirings"]
    for name, values in known["events"].items():
        assert_array_equal(kept["events"][name], values[-5:], err_msg=name)
    for name in ("n_forgotten", "n_null_forgotten", "lost_at", "rows"):
        assert_array_equal(kept[name], known[name], err_msg=name)
    assert known["lost_at"].max() > 5


def test_fit_keeps_every_epoch():
    net = SETMLPClassifier((10,), max_iter=9, tol=0, random_state=0)
    net.fit(X, Y)
    assert len(net.loss_curve_) == len(net.history_) == 9
    assert len(net.rewiring_history_) == 8 * 2
    net.partial_fit(X, Y)
    assert [row["epoch"] for row in net.history_] == [6, 7, 8, 9, 10]


def test_checkpoints_stop_growing_and_go_on_counting(tmp_path):
    net = SETMLPClassifier((10,), sparsity=0.5, record="rewiring", random_state=0)
    sizes = []
    for _ in range(3):
        save_checkpoint(streamed(net, 6)[0], tmp_path / "net")
        sizes.append((tmp_path / "net").stat().st_size)
    assert sizes[2] < sizes[1] + 200  # digits of larger numbers
    loaded, _ = streamed(load_checkpoint(tmp_path / "net"), 1)
    assert loaded.history_[-1]["epoch"] == loaded.n_iter_ == 19
    assert loaded.best_loss_ == streamed(net, 1)[0].best_loss_
