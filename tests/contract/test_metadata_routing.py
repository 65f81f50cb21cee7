"""Weights and validation rows on their way to a network inside other estimators."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import LinearRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.difficulty import (
    HardSampleSelector,
    SubsetFitClassifier,
    SubsetFitRegressor,
)
from sparsekit.neural_network import QuickSelector

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 4))
Y = (X[:, 0] > 0).astype(int)
WEIGHTS = RNG.random(80)
X_VAL, Y_VAL = RNG.normal(size=(80, 4)), np.arange(80) % 2


class Spy(ClassifierMixin, BaseEstimator):
    """Classifier that keeps what its `fit` is given."""

    feature_importances_ = np.arange(4.0)

    def fit(self, X, y, sample_weight=None, X_val=None, y_val=None, groups=None):
        self.got_ = (X, sample_weight, X_val, y_val, groups)
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.zeros(len(X), dtype=int)


class Half(BaseEstimator):
    """Selector of every other row."""

    def fit_resample(self, X, y, sample_weight=None):
        self.got_ = sample_weight
        self.sample_indices_ = np.arange(0, len(y), 2)
        return X[::2], y[::2]


def of_half(estimator):
    return SubsetFitClassifier(estimator, Half())


def net(network=SETMLPClassifier):
    return network((10,), sparsity=0.3, max_iter=2, random_state=0)


@pytest.fixture(params=[False, True])
def routing(request):
    with config_context(enable_metadata_routing=request.param):
        yield request.param


def requesting(estimator, routing):
    wanted = {"sample_weight": True, "X_val": True, "y_val": True}
    return estimator.set_fit_request(**wanted) if routing else estimator


@pytest.mark.parametrize(
    "outer",
    [
        QuickSelector,
        HardSampleSelector,
        lambda inner: SubsetFitClassifier(inner, Half()),
    ],
)
def test_metadata_that_is_requested_reaches_the_network(outer, routing):
    inner = requesting(net(), routing)
    made = outer(inner).fit(X, Y, sample_weight=WEIGHTS, X_val=X_VAL, y_val=Y_VAL)
    assert len(made.estimator_.validation_scores_) == 2
    without = outer(inner).fit(X, Y, X_val=X_VAL, y_val=Y_VAL)
    assert made.estimator_.loss_curve_ != without.estimator_.loss_curve_


@pytest.mark.parametrize(
    "outer",
    [
        QuickSelector,
        HardSampleSelector,
        lambda inner: SubsetFitClassifier(inner, Half()),
    ],
)
def test_metadata_that_nobody_requests_is_an_error(outer):
    with (
        config_context(enable_metadata_routing=True),
        pytest.raises(UnsetMetadataPassedError, match="sample_weight"),
    ):
        outer(net()).fit(X, Y, sample_weight=WEIGHTS)


def test_a_subset_fit_hands_on_what_belongs_to_the_kept_rows(routing):
    inner = requesting(Spy(), routing)
    given = {"sample_weight": WEIGHTS, "X_val": X_VAL, "y_val": Y_VAL}
    if routing:
        inner.set_fit_request(groups=True)
    given["groups"] = np.arange(80)
    made = SubsetFitClassifier(inner, Half()).fit(X, Y, **given)
    kept, weights, X_val, y_val, groups = made.estimator_.got_
    assert_array_equal(kept, X[::2])
    assert_array_equal(weights, WEIGHTS[::2])
    # As many rows as X has, and none of them.
    assert X_val is X_VAL
    assert y_val is Y_VAL
    assert_array_equal(groups, np.arange(0, 80, 2))
    assert made.selector_.got_ is None


def test_a_selector_that_requests_weights_gets_those_of_all_rows():
    with config_context(enable_metadata_routing=True):
        inner = HardSampleSelector(
            net().set_fit_request(sample_weight=True), keep_fraction=0.5
        )
        ours = Spy().set_fit_request(sample_weight=False)
        weighted = SubsetFitClassifier(ours, inner).fit(X, Y, sample_weight=WEIGHTS)
        assert weighted.estimator_.got_[1] is None
        plain = SubsetFitClassifier(ours, inner).fit(X, Y)
        scores = [made.selector_.scores_ for made in (weighted, plain)]
    assert not np.array_equal(*scores)


def test_weights_of_a_regressor_are_those_of_the_kept_rows():
    y = X @ np.arange(4.0) + WEIGHTS
    made = SubsetFitRegressor(LinearRegression(), Half()).fit(X, y, WEIGHTS)
    alone = LinearRegression().fit(X[::2], y[::2], WEIGHTS[::2])
    assert_array_equal(made.predict(X), alone.predict(X))


@pytest.mark.parametrize("weights", [WEIGHTS[:3], [np.nan] * 80, ["a"] * 80])
def test_weights_of_other_rows_are_refused(weights):
    with pytest.raises(ValueError, match=r"sample_weight|could not convert"):
        SubsetFitClassifier(Spy(), Half()).fit(X, Y, sample_weight=weights)


def test_routes_lead_through_pipelines_and_searches():
    with config_context(enable_metadata_routing=True):
        inner = net().set_fit_request(sample_weight=True, X_val=True, y_val=True)
        inner.set_params(scoring=None)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        steps = make_pipeline(scaler, QuickSelector(net()), inner)
        steps[1].estimator.set_fit_request(sample_weight=True, X_val=False, y_val=False)
        steps.set_params(transform_input=["X_val"])
        grid = {"setmlpclassifier__max_iter": [1, 2]}
        accuracy = get_scorer("accuracy").set_score_request(sample_weight=False)
        search = GridSearchCV(steps, grid, cv=2, scoring=accuracy)
        search.fit(X, Y, sample_weight=WEIGHTS, X_val=X_VAL[:9], y_val=Y_VAL[:9])
    best = search.best_estimator_
    scores = best[-1].validation_scores_
    assert len(scores) == best[-1].max_iter
    assert scores[-1] == best.score(X_VAL[:9], Y_VAL[:9])


@pytest.mark.parametrize("network", [SETMLPClassifier, SETMLPRegressor])
def test_networks_let_validation_rows_be_requested(network):
    with config_context(enable_metadata_routing=True):
        asked = net(network).set_fit_request(X_val=True, y_val=True)
        pipe = make_pipeline(StandardScaler(), asked)
        pipe.set_params(transform_input=["X_val"]).fit(X, Y, X_val=X_VAL, y_val=Y_VAL)
    assert len(pipe[-1].validation_scores_) == 2
