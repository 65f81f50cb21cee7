"""Test, then train, along a stream."""

import copy

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.linear_model import SGDRegressor
from sklearn.naive_bayes import BernoulliNB, GaussianNB

from sparsekit.continual import prequential_scores
from tests.reference import naive_continual as naive


def stream(n_rows=330, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 4))
    return X, (X[:, 0] + rng.normal(size=n_rows) > 0).astype(int)


class ErrorCounter:
    """A drift detector of river's shape that sees every tenth wrong row."""

    def __init__(self):
        self.n_wrong = 0
        self.drift_detected = False

    def update(self, value):
        self.n_wrong += value == 0
        self.drift_detected = value == 0 and self.n_wrong % 10 == 0


def test_equals_a_loop_over_the_stream():
    X, y = stream()
    found = prequential_scores(
        GaussianNB(), X, y, batch_size=40, window=70, fading=0.97
    )
    model, values, ends, means = GaussianNB(), [], [], []
    for start in range(0, 330, 40):
        batch = slice(start, start + 40)
        if start:
            right = model.predict(X[batch]) == y[batch]
            values += right.tolist()
            means.append(right.mean())
            ends.append(len(values))
        model.partial_fit(X[batch], y[batch], classes=[0, 1])
    wanted = naive.prequential(values, ends, 70, 0.97)
    np.testing.assert_allclose(found[["mean", "windowed", "faded"]], wanted)
    np.testing.assert_allclose(found["score"], means)
    assert found["n_seen"].tolist() == [*range(80, 330, 40), 330]
    assert not found["drift"].any()


def test_a_fitted_estimator_is_tested_on_the_first_batch_and_left_as_it_was():
    X, y = stream()
    model = GaussianNB().fit(X, y)
    before = model.theta_.copy()
    scores = prequential_scores(model, X, y, batch_size=100)
    assert scores["n_seen"].iloc[0] == 100
    np.testing.assert_array_equal(model.theta_, before)


def test_the_given_estimator_is_trained_if_wanted():
    X, y = stream()
    model = GaussianNB()
    prequential_scores(model, X, y, copy_estimator=False)
    assert model.class_count_.sum() == 330


def test_csr_rows_give_the_scores_of_dense_ones():
    X, y = stream()
    model = BernoulliNB()
    dense = prequential_scores(model, X, y)
    assert dense.equals(prequential_scores(model, csr_array(X), y))


def test_regressors_get_squared_errors_and_any_metric():
    X, _ = stream()
    y = X[:, 1]
    model = SGDRegressor(random_state=0)
    squared = prequential_scores(model, X, y)
    absolute = prequential_scores(
        model, X, y, metric=lambda true, pred: abs(true - pred)
    )
    assert squared["score"].iloc[-1] < squared["score"].iloc[0]
    assert (absolute["score"] ** 2 <= squared["score"]).all()  # Jensen


def test_weights_reach_training():
    X, y = stream()
    model = GaussianNB()
    weights = np.r_[np.ones(165), np.zeros(165) + 1e-9]
    prequential_scores(model, X, y, sample_weight=weights, copy_estimator=False)
    assert model.class_count_.sum() == pytest.approx(165, abs=1e-5)


def test_drift_is_told_and_acted_on():
    X, y = stream()
    y[165:] = 1 - y[165:]
    found = prequential_scores(GaussianNB(), X, y, drift_detector=ErrorCounter())
    assert found["drift"].any()
    models = []

    def start_anew(model):
        models.append(GaussianNB())
        return models[-1]

    anew = prequential_scores(
        GaussianNB(), X, y, drift_detector=ErrorCounter(), on_drift=start_anew
    )
    assert len(models) == anew["drift"].sum()
    assert models[-1].class_count_.sum() < 330
    assert anew["windowed"].iloc[-1] > found["windowed"].iloc[-1]


def test_an_estimator_that_is_changed_in_place_at_drift_goes_on():
    X, y = stream()
    told = []

    def note(model):
        told.append(model)

    plain = prequential_scores(GaussianNB(), X, y, drift_detector=ErrorCounter())
    noted = prequential_scores(
        GaussianNB(), X, y, drift_detector=ErrorCounter(), on_drift=note
    )
    assert len(told) == plain["drift"].sum() > 0
    assert noted.equals(plain)


def test_a_detector_is_copied_unless_the_estimator_is_not():
    X, y = stream()
    detector = ErrorCounter()
    prequential_scores(GaussianNB(), X, y, drift_detector=detector)
    assert detector.n_wrong == 0
    prequential_scores(
        GaussianNB(),
        X,
        y,
        drift_detector=detector,
        copy_estimator=False,
    )
    assert detector.n_wrong > 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"batch_size": 0}, "batch_size must be an integer > 0, got 0"),
        ({"window": 1.5}, "window must be an integer > 0, got 1.5"),
        ({"fading": 0.0}, r"fading must be in \(0, 1\], got 0.0"),
        ({"metric": lambda true, pred: 1.0}, "a number for each of the 32 rows"),
    ],
)
def test_parameters_out_of_range_are_refused(wrong, message):
    X, y = stream()
    with pytest.raises(ValueError, match=message):
        prequential_scores(copy.deepcopy(GaussianNB()), X, y, **wrong)
