"""Meta-estimators that learn old rows again."""

import pickle

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.continual import ReplayClassifier, ReplayRegressor


class Recorder(ClassifierMixin, BaseEstimator):
    """Notes what it is to learn."""

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        if not hasattr(self, "calls_"):
            self.calls_, self.classes_ = [], np.asarray(classes)
        self.calls_.append((X, y, sample_weight))
        return self

    def predict(self, X):
        return np.full(X.shape[0], self.classes_[0])


def digits():
    X, y = load_digits(return_X_y=True)
    return X / 16, y


# The suite trains for a few epochs only.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [
        ReplayClassifier(SGDClassifier(random_state=0), random_state=0),
        ReplayRegressor(SGDRegressor(random_state=0), random_state=0),
    ],
    expected_failed_checks=lambda estimator: {
        "check_sample_weight_equivalence_on_dense_data": "stochastic gradients",
        "check_sample_weight_equivalence_on_sparse_data": "stochastic gradients",
    },
)
def test_passes_the_estimator_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize(("fraction", "n_replayed"), [(0, 0), (0.5, 10), (0.75, 30)])
def test_the_share_of_replayed_rows_is_that_asked_for(fraction, n_replayed):
    X, y = digits()
    replay = ReplayClassifier(Recorder(), replay_fraction=fraction, random_state=0)
    for start in (0, 50, 60):
        stop = 50 if start == 0 else start + 10
        replay.partial_fit(X[start:stop], y[start:stop], classes=range(10))
    sizes = [len(call[1]) for call in replay.estimator_.calls_]
    assert sizes == [50, 10 + n_replayed, 10 + n_replayed]
    assert replay.buffer_.n_seen_ == 70


def test_new_rows_come_first_and_replayed_ones_are_old():
    X, y = digits()
    replay = ReplayClassifier(Recorder(), random_state=0)
    replay.partial_fit(X[:30], y[:30], classes=range(10)).partial_fit(
        X[30:40], y[30:40]
    )
    seen, labels, weights = replay.estimator_.calls_[1]
    np.testing.assert_array_equal(seen[:10], X[30:40])
    old = [np.flatnonzero((X[:30] == row).all(axis=1))[0] for row in seen[10:]]
    assert len(set(old)) == 10
    np.testing.assert_array_equal(labels[10:], y[old])
    assert weights is None


def test_weights_are_kept_with_the_rows():
    X, y = digits()
    replay = ReplayClassifier(Recorder(), random_state=0)
    replay.partial_fit(X[:4], y[:4], range(10), np.arange(4.0) + 5)
    replay.partial_fit(X[4:8], y[4:8])
    seen, _, weights = replay.estimator_.calls_[1]
    old = [np.flatnonzero((X[:4] == row).all(axis=1))[0] for row in seen[4:]]
    np.testing.assert_array_equal(weights, [1, 1, 1, 1, *(np.array(old) + 5)])


def test_replay_keeps_what_came_first():
    X, y = digits()
    order = np.argsort(y, kind="stable")
    net = SETMLPClassifier(
        (50,), sparsity=0.5, batch_size=8, standardize=False, random_state=0
    )
    plain, replay = clone(net), ReplayClassifier(net, random_state=0)
    for rows in np.array_split(order, 40):
        plain.partial_fit(X[rows], y[rows], classes=range(10))
        replay.partial_fit(X[rows], y[rows], classes=range(10))
    assert replay.score(X, y) > plain.score(X, y) + 0.2


@pytest.mark.parametrize("make", [np.asarray, csr_array])
def test_networks_with_holes_and_csr_rows_replay(make):
    X, y = digits()
    X = make(np.where(X == 1, np.nan, X)[:200])
    replay = ReplayClassifier(SETMLPClassifier(random_state=0), buffer_size=50)
    replay.partial_fit(X[:100], y[:100], classes=range(10))
    replay.partial_fit(X[100:200], y[100:200])
    assert replay.predict_proba(X).shape == (200, 10)
    assert len(replay.buffer_) == 50


def test_fit_begins_anew_and_keeps_rows():
    X, y = digits()
    replay = ReplayClassifier(SGDClassifier(random_state=0), buffer_size=20)
    replay.partial_fit(X[:50], y[:50], classes=range(10)).fit(X[:90], y[:90])
    alone = SGDClassifier(random_state=0).fit(X[:90], y[:90])
    np.testing.assert_array_equal(replay.estimator_.coef_, alone.coef_)
    assert replay.buffer_.n_seen_ == 90


def test_a_pickled_estimator_goes_on_to_the_same_bits():
    X, y = digits()
    replay = ReplayRegressor(SETMLPRegressor((20,), random_state=0), random_state=0)
    replay.partial_fit(X[:100], y[:100]).partial_fit(X[100:200], y[100:200])
    copy = pickle.loads(pickle.dumps(replay))
    for one in (replay, copy):
        one.partial_fit(X[200:300], y[200:300])
    np.testing.assert_array_equal(replay.predict(X), copy.predict(X))


def test_probabilities_are_there_if_the_estimator_has_them():
    assert not hasattr(ReplayClassifier(SGDClassifier()), "predict_proba")
    assert hasattr(ReplayClassifier(SGDClassifier()), "decision_function")
    assert hasattr(ReplayClassifier(SETMLPClassifier()), "predict_proba")


@pytest.mark.parametrize("value", [1.0, -0.1])
def test_fractions_out_of_range_are_refused(value):
    X, y = digits()
    with pytest.raises(ValueError, match="'replay_fraction' parameter"):
        ReplayClassifier(SGDClassifier(), replay_fraction=value).fit(X, y)
