"""Meta-estimators that learn old rows again."""

import pickle

import numpy as np
import pytest
import sklearn
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.continual import ReplayClassifier, ReplayRegressor
from sparsekit.continual._difficulty import difficulty_of


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


def test_weights_of_fit_are_kept_with_the_rows():
    X, y = digits()
    weights = np.arange(90.0) + 1
    replay = ReplayClassifier(SGDClassifier(random_state=0), random_state=0)
    kept = replay.fit(X[:90], y[:90], sample_weight=weights).buffer_
    np.testing.assert_array_equal(kept.sample_weight_, weights[kept.rows_])


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


class Named(Recorder):
    """Notes identities, too."""

    def partial_fit(self, X, y, classes=None, sample_weight=None, sample_ids=None):
        self.names_ = [*getattr(self, "names_", []), sample_ids]
        return super().partial_fit(X, y, classes, sample_weight)


def test_identities_are_kept_with_the_rows_and_handed_on():
    X, y = digits()
    replay = ReplayClassifier(Named(), random_state=0)
    replay.partial_fit(X[:6], y[:6], range(10), sample_ids=list("abcdef"))
    replay.partial_fit(X[4:8], y[4:8], sample_ids=list("efgh"))
    replay.partial_fit(X[8:14], y[8:14])
    first, second, third = replay.estimator_.names_
    assert first == list("abcdef")
    assert second[:4] == list("efgh")
    seen = replay.estimator_.calls_[1][0]
    of_row = {X[row].tobytes(): name for row, name in enumerate("abcd")}
    # What the batch itself brings again is noted once.
    assert second[4:] == [of_row.get(row.tobytes()) for row in seen[4:]]
    assert third[:6] == [None] * 6
    assert set(third[6:]) <= {*"abcdefgh", None}


def test_a_sample_that_is_kept_twice_is_noted_once_in_a_call():
    X, y = digits()
    replay = ReplayClassifier(Named(), random_state=0)
    for _ in range(3):
        replay.partial_fit(X[:4], y[:4], range(10), sample_ids=range(4))
    replay.partial_fit(X[4:12], y[4:12], sample_ids=range(4, 12))
    kept = replay.estimator_.names_[-1][8:]
    assert len(kept) == 8
    assert {name for name in kept if name is not None} == set(range(4))
    assert kept.count(None) == 4


def test_estimators_that_take_no_identities_get_none():
    X, y = digits()
    replay = ReplayClassifier(SGDClassifier(random_state=0), random_state=0)
    replay.partial_fit(X[:60], y[:60], range(10), sample_ids=range(60))
    assert replay.buffer_.sample_ids_.tolist() == list(range(60))


def test_notes_of_a_network_are_about_kept_rows_too():
    X, y = digits()
    net = SETMLPClassifier((20,), record="presentation", random_state=0)
    replay = ReplayClassifier(net, random_state=0)
    for start in (0, 50, 100):
        rows = np.arange(start, start + 50)
        replay.partial_fit(X[rows], y[rows], classes=range(10), sample_ids=rows)
    record = replay.estimator_.record_
    assert record["index"].tolist() == list(range(150))
    assert record["n_seen"].sum() == 250
    plain = ReplayClassifier(net, random_state=0)
    for start in (0, 50, 100):
        plain.partial_fit(
            X[start : start + 50], y[start : start + 50], classes=range(10)
        )
    np.testing.assert_array_equal(replay.predict_proba(X), plain.predict_proba(X))


@pytest.mark.parametrize("ids", [[1], [1, 1, 2]])
def test_wrong_identities_are_refused_before_anything_is_learned(ids):
    X, y = digits()
    replay = ReplayClassifier(SGDClassifier(), random_state=0)
    with pytest.raises(ValueError, match="sample_ids must"):
        replay.partial_fit(X[:3], y[:3], range(10), sample_ids=ids)
    assert not hasattr(replay, "estimator_")


def test_routing_knows_the_identities():
    with sklearn.config_context(enable_metadata_routing=True):
        replay = ReplayClassifier(SGDClassifier())
        replay.set_partial_fit_request(sample_ids=True)
        request = replay.get_metadata_routing().partial_fit.requests
    assert request["sample_ids"] is True


def test_difficulty_is_that_of_the_new_rows_before_they_are_learned():
    X, y = digits()
    net = SETMLPClassifier((20,), random_state=0)
    replay = ReplayClassifier(net, strategy="difficulty", random_state=0)
    replay.partial_fit(X[:30], y[:30], classes=range(10))
    assert np.isnan(replay.buffer_.difficulty_).all()
    chances = replay.predict_proba(X[30:50])[np.arange(20), y[30:50]]
    replay.partial_fit(X[30:50], y[30:50])
    new = replay.buffer_.rows_ >= 30
    there = replay.buffer_.rows_[new] - 30
    np.testing.assert_allclose(replay.buffer_.difficulty_[new], 1 - chances[there])


@pytest.mark.parametrize("make", [np.asarray, csr_array])
@pytest.mark.parametrize(
    "replay",
    [
        ReplayClassifier(SETMLPClassifier((20,), random_state=0)),
        ReplayClassifier(SGDClassifier(random_state=0)),
        ReplayRegressor(SETMLPRegressor((20,), random_state=0)),
    ],
)
def test_any_estimator_and_storage_can_keep_hard_rows(replay, make):
    X, y = digits()
    X = make(X)
    replay = clone(replay).set_params(
        strategy="difficulty", buffer_size=40, random_state=0
    )
    known = {} if isinstance(replay, ReplayRegressor) else {"classes": range(10)}
    for start in range(0, 200, 50):
        replay.partial_fit(X[start : start + 50], y[start : start + 50], **known)
    kept = replay.buffer_
    assert len(kept) == 40
    known = kept.difficulty_[~np.isnan(kept.difficulty_)]
    assert ((known >= 0) & (known <= 1)).all()
    hard, easy = kept.difficulty_[20:30], kept.difficulty_[30:]
    assert np.nanmean(hard) > np.nanmean(easy)


def test_a_column_of_numbers_has_the_difficulty_of_the_numbers():
    X, y = digits()
    net = SETMLPRegressor((20,), random_state=0).partial_fit(X[:50], y[:50])
    flat = difficulty_of(net, X, y)
    np.testing.assert_array_equal(difficulty_of(net, X, y[:, np.newaxis]), flat)
    np.testing.assert_array_equal(difficulty_of(net, X, y.astype(object)), flat)


def test_label_indicators_have_a_difficulty():
    X, y = digits()
    labels = np.c_[y % 2, y > 4].astype(int)
    replay = ReplayClassifier(
        SETMLPClassifier((20,), random_state=0), strategy="difficulty", random_state=0
    )
    replay.set_params(estimator__early_stopping=True)
    replay.set_params(estimator__learning_rate="cosine").fit(X[:300], labels[:300])
    wrong = np.abs(replay.predict_proba(X[:300]) - labels[:300]).mean(axis=1)
    kept = replay.buffer_
    np.testing.assert_allclose(kept.difficulty_, wrong[kept.rows_])


@pytest.mark.parametrize("value", [1.0, -0.1])
def test_fractions_out_of_range_are_refused(value):
    X, y = digits()
    with pytest.raises(ValueError, match="'replay_fraction' parameter"):
        ReplayClassifier(SGDClassifier(), replay_fraction=value).fit(X, y)
