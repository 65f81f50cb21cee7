"""Sparse networks for whole tables: encoding, choosing, parameters."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from sparsekit import (
    DenseMLPClassifier,
    SETMLPClassifier,
    SparseTabularClassifier,
    SparseTabularRegressor,
)
from tests.tabular.people import (
    FRAME,
    LABELS,
    NUMBERS,
    RNG,
    SIGNAL,
    N,
    classifier,
    proba,
    regressor,
    table,
)

# -- whole fits ------------------------------------------------------------------------


def test_a_table_as_it_is_is_classified():
    model = SparseTabularClassifier(n_members=2, random_state=0).fit(FRAME, LABELS)
    later, signal = table(seed=1)
    expected = np.where(np.median(SIGNAL) < signal, "high", "low")
    assert (model.predict(later) == expected).mean() > 0.8
    chances = model.predict_proba(later)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert model.classes_.tolist() == ["high", "low"]


def test_a_table_as_it_is_is_regressed():
    model = SparseTabularRegressor(n_members=2, random_state=0).fit(FRAME, NUMBERS)
    later, signal = table(seed=1)
    assert r2_score(100 * signal, model.predict(later)) > 0.7


def test_probabilities_are_the_mean_of_those_of_the_members():
    model = classifier().fit(FRAME, LABELS)
    inputs = model.encoder_.transform(FRAME)
    mean = np.mean([m.predict_proba(inputs) for m in model.members_], axis=0)
    np.testing.assert_allclose(proba(model), mean)
    assert model.n_connections_ == sum(m.n_connections_ for m in model.members_)
    assert len(model.summary()) == 2


def test_several_outputs_are_regressed_whatever_their_units():
    Y = np.c_[NUMBERS, 1e9 * FRAME["noise"]]
    model = SparseTabularRegressor(n_members=1, random_state=0).fit(FRAME, Y)
    assert model.predict(FRAME).shape == (N, 2)
    assert r2_score(Y, model.predict(FRAME), multioutput="raw_values").min() > 0.6
    importances = dict(zip(FRAME.columns, model.feature_importances_, strict=True))
    assert importances["age"] > 0.1
    assert importances["noise"] > 0.1


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1e12, 1e300])
def test_targets_of_any_size_are_regressed(size):
    y = SIGNAL * size
    model = SparseTabularRegressor(n_members=1, random_state=0).fit(FRAME, y)
    assert np.corrcoef(model.predict(FRAME) / size, SIGNAL)[0, 1] > 0.8
    assert np.isfinite(list(model.held_out_scores_.values())).all()
    assert model.feature_importances_.sum() == pytest.approx(1.0)


# -- choosing --------------------------------------------------------------------------


def test_a_target_of_steps_chooses_the_fine_setting():
    X = np.random.default_rng(0).uniform(size=(1500, 2))
    y = np.floor(20 * X[:, 0]) % 2
    model = SparseTabularClassifier(n_members=1, random_state=0).fit(X, y)
    assert model.setting_ == "fine"
    assert model.score(X, y) > 0.9


def test_noise_chooses_the_smooth_setting():
    X = np.random.default_rng(0).normal(size=(300, 5))
    y = np.random.default_rng(1).integers(0, 2, size=300)
    model = SparseTabularClassifier(n_members=1, random_state=0).fit(X, y)
    assert model.setting_ == "smooth"


def test_the_setting_with_the_best_held_out_score_is_taken():
    for model, y in (
        (SparseTabularClassifier, LABELS),
        (SparseTabularRegressor, NUMBERS),
    ):
        fitted = model(n_members=1, max_iter=3, random_state=0).fit(FRAME, y)
        scores = fitted.held_out_scores_
        assert scores.keys() == {"smooth", "fine"}
        assert scores[fitted.setting_] == max(scores.values())


def test_the_held_out_score_is_that_of_the_scorer_that_is_given():
    seen = []

    def worst(model, X, y):
        seen.append(model)
        return -len(seen)

    model = SparseTabularClassifier(
        n_members=1, max_iter=2, scoring=worst, random_state=0
    ).fit(FRAME, LABELS)
    assert model.held_out_scores_ == {"smooth": -1.0, "fine": -2.0}
    assert model.setting_ == "smooth"


@pytest.mark.parametrize("scoring", ["roc_auc", "accuracy", "neg_log_loss"])
def test_scorers_go_by_their_names(scoring):
    model = SparseTabularClassifier(
        n_members=1, max_iter=2, scoring=scoring, random_state=0
    ).fit(FRAME, LABELS)
    assert np.isfinite(list(model.held_out_scores_.values())).all()


def test_a_scorer_that_nobody_knows_is_refused_even_if_nothing_is_chosen():
    with pytest.raises(ValueError, match="'scoring' parameter"):
        classifier(scoring="beauty").fit(FRAME.head(10), LABELS[:10])


def test_a_score_that_is_none_is_never_the_best():
    scores = iter([np.nan, -1.0])
    model = SparseTabularClassifier(
        n_members=1, max_iter=2, scoring=lambda *_: next(scores), random_state=0
    ).fit(FRAME, LABELS)
    assert model.setting_ == "fine"


@pytest.mark.parametrize("off", [False, np.False_])
def test_nothing_is_held_out_without_early_stopping(off):
    model = classifier(hidden_layer_sizes="auto", early_stopping=off)
    model.fit(FRAME, LABELS)
    assert model.held_out_scores_ == {}
    assert model.setting_ == "smooth"
    assert model.members_[0].validation_scores_ == []


@pytest.mark.parametrize("on", [True, np.True_])
def test_members_hold_out_rows_with_early_stopping(on):
    model = classifier(early_stopping=on).fit(FRAME, LABELS)
    assert len(model.members_[0].validation_scores_) == 3


def test_members_stop_by_the_rows_that_they_hold_out():
    given = SETMLPClassifier(n_iter_no_change=2, tol=10.0)
    model = classifier(early_stopping=True, max_iter=20, network=given)
    assert model.fit(FRAME, LABELS).members_[0].n_iter_ < 20
    model.set_params(early_stopping="auto")
    assert model.fit(FRAME, LABELS).members_[0].n_iter_ == 20


def test_a_table_of_few_rows_gets_the_first_setting():
    model = SparseTabularRegressor(n_members=1, max_iter=2, random_state=0)
    model.fit(FRAME.head(99), NUMBERS[:99])
    assert model.held_out_scores_ == {}
    model.fit(FRAME.head(100), NUMBERS[:100])
    assert len(model.held_out_scores_) == 2


# -- parameters ------------------------------------------------------------------------


def test_parameters_that_are_given_hold_in_all_settings():
    model = SparseTabularClassifier(
        n_members=1,
        sparsity=0.7,
        hidden_layer_sizes=(7, 5),
        max_iter=4,
        batch_size=50,
        learning_rate_init=0.02,
        dropout=0.3,
        method="static",
        class_weight="balanced",
        random_state=0,
    ).fit(FRAME, LABELS)
    member = model.members_[0]
    assert [w.shape[1] for w in member.coefs_[:-1]] == [7, 5]
    assert member.sparsity_ == pytest.approx(0.7, abs=0.01)
    assert member.n_iter_ == 4
    assert member.method == "static"
    given = {"batch_size": 50, "learning_rate_init": 0.02, "dropout": 0.3}
    given |= {"class_weight": "balanced"}
    assert {name: getattr(member, name) for name in given} == given


def test_settings_differ_in_what_is_left_open_only():
    assert [s.name for s in SparseTabularClassifier()._settings()] == ["smooth", "fine"]
    fixed = {"hidden_layer_sizes": 9, "dropout": 0.0, "learning_rate_init": 0.01}
    settings = SparseTabularClassifier(**fixed)._settings()
    assert [s.n_bins for s in settings] == [8, 32]
    assert {s.hidden_layer_sizes for s in settings} == {(9,)}
    fixed |= {"max_iter": 5, "encoding": "standard"}
    assert len(SparseTabularClassifier(**fixed)._settings()) == 2
    network = SETMLPClassifier()
    assert len(SparseTabularClassifier(**fixed, network=network)._settings()) == 1


def test_numbers_have_no_bins_with_the_standard_encoding():
    model = classifier(encoding="standard").fit(FRAME, LABELS)
    assert len(model.encoder_.steps) == 1
    assert model.feature_importances_.sum() == pytest.approx(1.0)


def test_categories_are_those_of_the_user():
    X = np.c_[RNG.normal(size=60), np.arange(60) % 3]
    model = classifier(categorical_features=[1], max_categories=2)
    encoder = model.fit(X, X[:, 1] > 0).encoder_.steps[0][1]
    assert encoder.kinds_ == ["number", "category"]
    assert encoder.columns_[1]["categories"] == [0.0, 1.0]


def transformer(sparse_output):
    return make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), ["age", "noise"]),
        (OneHotEncoder(sparse_output=sparse_output), ["job"]),
        sparse_threshold=1.0 if sparse_output else 0.0,
    )


@pytest.mark.parametrize("form", ["dense", "sparse", "pandas"])
def test_a_transformer_encodes(form):
    given = transformer(form == "sparse")
    if form == "pandas":
        given.set_output(transform="pandas")
    model = SparseTabularClassifier(
        n_members=1, max_iter=2, encoding=given, random_state=0
    ).fit(FRAME, LABELS)
    assert model.predict(FRAME).shape == (N,)
    assert len(model.held_out_scores_) == 2
    assert np.isnan(model.feature_importances_).all()
    assert not hasattr(given, "transformers_")


class Crossing(TransformerMixin, BaseEstimator):
    """Encodes training rows by other rows, as `TargetEncoder` does."""

    def fit(self, X, y):
        raise AssertionError("rows that are known are not to be transformed")

    def fit_transform(self, X, y):
        self.seen_ = y
        return X[["age"]]

    def transform(self, X):
        return X[["age"]]


def test_a_transformer_may_encode_training_rows_in_a_way_of_its_own():
    model = classifier(encoding=Crossing()).fit(FRAME, LABELS)
    np.testing.assert_array_equal(model.encoder_.steps[0][1].seen_, LABELS)
    assert model.predict(FRAME).shape == (N,)


def test_all_other_parameters_come_from_the_network():
    given = SETMLPClassifier(activation="tanh", alpha=0.5, hidden_layer_sizes=(3,))
    member = classifier(network=given).fit(FRAME, LABELS).members_[0]
    assert isinstance(member, SETMLPClassifier)
    assert (member.activation, member.alpha) == ("tanh", 0.5)
    assert member.hidden_layer_sizes == (10,)
    assert given.hidden_layer_sizes == (3,)


def test_the_network_may_be_dense():
    model = classifier(network=DenseMLPClassifier()).fit(FRAME, LABELS)
    assert (model.summary()["density"] == 1.0).all()
    with pytest.raises(ValueError, match="Invalid parameter 'sparsity'"):
        classifier(network=DenseMLPClassifier(), sparsity=0.5).fit(FRAME, LABELS)


def test_networks_of_the_wrong_kind_are_refused():
    with pytest.raises(ValueError, match="'network' parameter"):
        regressor(network=SETMLPClassifier()).fit(FRAME, NUMBERS)
    with pytest.raises(ValueError, match="'network' parameter"):
        classifier(network=StandardScaler()).fit(FRAME, LABELS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_members", 0),
        ("sparsity", 1.0),
        ("hidden_layer_sizes", 0),
        ("encoding", "onehot"),
        ("categorical_features", "all"),
        ("max_categories", 0),
        ("max_iter", "many"),
        ("batch_size", 0),
        ("learning_rate_init", 0),
        ("dropout", 1.0),
        ("method", 3),
        ("early_stopping", "never"),
        ("class_weight", "heavy"),
        ("n_jobs", 0.5),
    ],
)
def test_parameters_that_are_none_are_refused(name, value):
    with pytest.raises(ValueError, match=f"'{name}' parameter"):
        classifier(**{name: value}).fit(FRAME, LABELS)


def test_a_method_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="method"):
        classifier(method="magic").fit(FRAME, LABELS)


# -- importances -----------------------------------------------------------------------


def test_the_column_that_matters_for_nothing_is_last():
    model = SparseTabularRegressor(n_members=2, random_state=0).fit(FRAME, NUMBERS)
    importances = pd.Series(model.feature_importances_, FRAME.columns)
    assert importances.sum() == pytest.approx(1.0)
    assert set(importances.nlargest(2).index) == {"age", "job"}
    assert importances.drop("member").idxmin() == "noise"
