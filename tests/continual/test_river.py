"""Networks and replay within river, and river's detectors within prequential scores."""

import numpy as np
import pytest
from river import compat, drift, metrics, stream
from sklearn.datasets import load_digits

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.continual import ReplayClassifier, prequential_scores


def digits(n_rows=300):
    X, y = load_digits(return_X_y=True)
    return X[:n_rows] / 16, y[:n_rows]


@pytest.mark.parametrize("replay", [False, True])
def test_rivers_wrapper_trains_row_by_row(replay):
    X, y = digits()
    net = SETMLPClassifier(
        (50,), sparsity=0.5, prune_fraction=0.01, standardize=False, random_state=0
    )
    model = compat.convert_sklearn_to_river(
        ReplayClassifier(net, replay_fraction=0.9, random_state=0) if replay else net,
        classes=list(range(10)),
    )
    accuracy = metrics.Accuracy()
    for row, label in stream.iter_array(X, y):
        guess = model.predict_one(row)
        if guess is not None:
            accuracy.update(int(label), guess)
        model.learn_one(row, int(label))
    assert accuracy.get() > (0.6 if replay else 0.2)


def test_rivers_wrapper_trains_regressors():
    X, _ = digits()
    model = compat.convert_sklearn_to_river(SETMLPRegressor(random_state=0))
    for row, target in stream.iter_array(X[:30], X[:30, 20]):
        model.learn_one(row, target)
        assert np.isfinite(model.predict_one(row))


def test_adwin_sees_labels_that_change_their_meaning():
    X, y = load_digits(return_X_y=True)
    y = np.where(np.arange(y.size) < 900, y, (y + 1) % 10)
    net = SETMLPClassifier(
        sparsity=0.5, prune_fraction=0.01, batch_size=4, random_state=0
    )
    scores = prequential_scores(
        net, X / 16, y, batch_size=20, drift_detector=drift.ADWIN()
    )
    seen = scores.loc[scores["drift"], "n_seen"]
    assert seen.between(900, 1300).any()
