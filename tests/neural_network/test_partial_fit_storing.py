"""Storing an estimator between any two calls of partial_fit changes no bit."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone, is_regressor
from sklearn.datasets import load_iris

from sparsekit import DSTMLPClassifier, DSTMLPRegressor, SETMLPClassifier
from sparsekit.continual import ReplayClassifier, ReplayRegressor
from sparsekit.neural_network import load_checkpoint, resume, save_checkpoint
from sparsekit.topology import RewiringSchedule

# Rewirings fall within calls and between them: 40 rows are five steps.
STEPS = RewiringSchedule(every=7, unit="steps")
COMMON = {"sparsity": 0.5, "dropout": 0.1, "batch_size": 8, "random_state": 0}
NETWORKS = {
    "SET": SETMLPClassifier((12,), record="presentation", **COMMON),
    "RigL by steps": DSTMLPClassifier(
        (12,), method="rigl", schedule=STEPS, record="rewiring", **COMMON
    ),
    "ITOP by steps": DSTMLPRegressor((12,), method="itop", schedule=STEPS, **COMMON),
    "DeepR": DSTMLPClassifier((12,), method="deepr", record="epoch", **COMMON),
}
REPLAY = {
    f"{name}, {strategy}": (ReplayRegressor if is_regressor(net) else ReplayClassifier)(
        net, buffer_size=30, strategy=strategy, random_state=0
    )
    for name, net in NETWORKS.items()
    for strategy in ("reservoir", "difficulty")
}


def by_pickle(estimator, folder):
    return pickle.loads(pickle.dumps(estimator))


def by_checkpoint(net, folder):
    save_checkpoint(net, folder / "net")
    return load_checkpoint(folder / "net")


def by_resuming(net, folder):
    save_checkpoint(net, folder / "net")
    # No fit was cut off: there is nothing to train, whatever the rows.
    return resume(folder / "net", *load_iris(return_X_y=True))


def trained(estimator, store, n_calls=6):
    """Return an estimator after some calls, stored after each but the last."""
    X, y = load_iris(return_X_y=True)
    X[::7, 2] = np.nan
    rng = np.random.default_rng(0)
    estimator = clone(estimator)
    known = {"classes": [0, 1, 2]} if hasattr(estimator, "predict_proba") else {}
    for call in range(n_calls):
        rows = rng.choice(150, 40, replace=False)
        estimator.partial_fit(X[rows], y[rows], **known, sample_ids=rows)
        if call < n_calls - 1:
            estimator = store(estimator)
    return estimator


def arrays_of(estimator):
    """Return everything that the next call would go on from."""
    net = getattr(estimator, "estimator_", estimator)
    state = {f"coef {n}": coef.toarray() for n, coef in enumerate(net.coefs_)}
    state |= net._optimizer.to_dict()
    names = ("n_since_rewiring", "n_steps")
    state |= {name: net._rewiring[name] for name in names}
    state["generator"] = str(net._generator.bit_generator.state)
    if net.record is not None:
        state |= {name: net.record_[name] for name in ("index", "n_seen", "loss_mean")}
    if net is not estimator:
        buffer = estimator.buffer_
        state |= {"rows": buffer.rows_, "ids": buffer.sample_ids_.astype(int)}
        state |= {"difficulty": buffer.difficulty_}
    return state


def assert_same(one, other):
    one, other = arrays_of(one), arrays_of(other)
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert_array_equal(value, other[name], err_msg=name)


@pytest.mark.parametrize("store", [by_pickle, by_checkpoint, by_resuming])
@pytest.mark.parametrize("name", NETWORKS)
def test_networks_go_on_to_the_same_bits(name, store, tmp_path):
    stayed = trained(NETWORKS[name], lambda net: net)
    stored = trained(NETWORKS[name], lambda net: store(net, tmp_path))
    assert stayed.rewiring_history_
    assert_same(stored, stayed)


@pytest.mark.parametrize("name", REPLAY)
def test_replay_goes_on_to_the_same_bits(name, tmp_path):
    stayed = trained(REPLAY[name], lambda replay: replay)
    stored = trained(REPLAY[name], lambda replay: by_pickle(replay, tmp_path))
    assert_same(stored, stayed)
