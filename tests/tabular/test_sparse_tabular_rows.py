"""Sparse networks for whole tables: rows, classes, and what scikit-learn asks."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context, set_config
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score

from sparsekit import (
    SETMLPClassifier,
    SparseTabularClassifier,
    SparseTabularRegressor,
)
from tests.tabular.people import (
    FRAME,
    LABELS,
    NUMBERS,
    SIGNAL,
    N,
    classifier,
    proba,
    regressor,
)

# -- rows, weights and classes ---------------------------------------------------------


def test_rows_of_no_weight_count_for_nothing():
    weights = (np.arange(N) % 2).astype(float)
    y = np.where(weights > 0, NUMBERS, 1e6)
    model = SparseTabularRegressor(n_members=1, random_state=0)
    model.fit(FRAME, y, sample_weight=weights)
    assert r2_score(NUMBERS, model.predict(FRAME)) > 0.5
    assert min(model.held_out_scores_.values()) > -1


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_weights_of_any_size_choose(size):
    for model, y in (
        (SparseTabularClassifier, LABELS),
        (SparseTabularRegressor, SIGNAL),
    ):
        fitted = model(n_members=1, max_iter=2, random_state=0)
        fitted.fit(FRAME, y, sample_weight=np.full(N, size))
        assert np.isfinite(list(fitted.held_out_scores_.values())).all()


def test_all_weights_of_zero_are_refused():
    with pytest.raises(ValueError, match="weight"):
        classifier().fit(FRAME, LABELS, sample_weight=np.zeros(N))


def test_heavy_classes_are_predicted_more_often():
    light, heavy = (
        classifier(class_weight={"high": w}, max_iter=10).fit(FRAME, LABELS)
        for w in (0.1, 10.0)
    )
    assert proba(heavy)[:, 0].mean() > proba(light)[:, 0].mean() + 0.2


def test_class_weights_count_in_the_held_out_loss():
    plain, weighted = (
        SparseTabularClassifier(
            n_members=1, max_iter=2, class_weight=weight, random_state=0
        ).fit(FRAME, LABELS)
        for weight in (None, {"high": 0.0})
    )
    assert plain.held_out_scores_ != weighted.held_out_scores_


@pytest.mark.parametrize("dtype", [object, str])
def test_the_only_row_of_a_class_can_be_learned(dtype):
    y = np.array(LABELS, dtype=object)
    y[3] = "the only one"
    y = y.astype(dtype)
    model = SparseTabularClassifier(n_members=1, max_iter=2, random_state=0)
    model.fit(FRAME, y)
    assert model.classes_.tolist() == ["high", "low", "the only one"]
    assert len(model.held_out_scores_) == 2


@pytest.mark.parametrize("seed", range(3))
def test_more_classes_than_rows_to_hold_out_can_be_learned(seed):
    y = np.arange(N) // 2 % 60
    model = SparseTabularClassifier(n_members=1, max_iter=1, random_state=seed)
    assert model.fit(FRAME, y).classes_.size == 60
    assert np.isfinite(list(model.held_out_scores_.values())).all()


def test_one_class_alone_is_always_predicted():
    model = SparseTabularClassifier(n_members=1, max_iter=1, random_state=0)
    model.fit(FRAME, np.full(N, "a"))
    assert set(model.predict(FRAME)) == {"a"}
    np.testing.assert_array_equal(proba(model), np.ones((N, 1)))


@pytest.mark.parametrize("early_stopping", ["auto", False])
@pytest.mark.parametrize("n_rows", [1, 2, 5])
def test_a_table_of_a_few_rows_is_learned(n_rows, early_stopping):
    few = FRAME.iloc[:n_rows]
    kind = {"random_state": 0, "n_members": 1, "early_stopping": early_stopping}
    assert SparseTabularClassifier(**kind).fit(few, LABELS[:n_rows]).predict(few).size
    assert SparseTabularRegressor(**kind).fit(few, NUMBERS[:n_rows]).predict(few).size


def test_a_few_rows_are_too_few_for_members_to_hold_out():
    with pytest.raises(ValueError, match="validation_fraction"):
        classifier(early_stopping=True).fit(FRAME.head(5), LABELS[:5])


def test_a_table_of_constants_predicts_the_mean():
    X = pd.DataFrame({"a": [1.0] * 20, "b": [7.0] * 20})
    y = np.arange(20.0)
    predicted = regressor(max_iter=20).fit(X, y).predict(X)
    np.testing.assert_allclose(predicted, predicted[0])
    assert abs(predicted[0] - 9.5) < 4


def test_a_table_without_values_is_refused():
    with pytest.raises(ValueError, match="No column of X holds a value"):
        classifier().fit(pd.DataFrame({"a": [None] * 5}), np.arange(5) % 2)


@pytest.mark.parametrize("unknown", [None, np.nan, pd.NA])
def test_unknown_targets_are_refused(unknown):
    y = np.array(LABELS, dtype=object)
    y[5] = unknown
    with pytest.raises(ValueError, match=r"1 of 240 targets are unknown.* row 5"):
        classifier().fit(FRAME, y)
    with pytest.raises(ValueError, match="1 of 240 targets are unknown"):
        regressor().fit(FRAME, np.where(np.arange(N) == 5, np.nan, NUMBERS))


@pytest.mark.parametrize("name", ["job", "born"])
def test_columns_that_hold_something_else_later_are_refused_by_name(name):
    model = classifier().fit(FRAME, LABELS)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(FRAME.drop(columns=name))
    with pytest.raises(ValueError, match=f"Column '{name}' of X"):
        model.predict(FRAME.assign(**{name: [[1]] * N}))


# -- as scikit-learn does --------------------------------------------------------------


def test_an_array_is_read_as_a_table_without_names():
    X = FRAME[["age", "noise"]].to_numpy()
    model = classifier().fit(X, LABELS)
    assert not hasattr(model, "feature_names_in_")
    named = classifier().fit(pd.DataFrame(X, columns=["p", "q"]), LABELS)
    np.testing.assert_array_equal(
        model.predict_proba(X), named.predict_proba(pd.DataFrame(X, columns=["p", "q"]))
    )
    nested = X.tolist()
    np.testing.assert_array_equal(model.predict(nested), model.predict(X))


def test_a_table_of_polars_is_read_as_one_of_pandas():
    pl = pytest.importorskip("polars")
    frame = FRAME.drop(columns="seen")
    other = pl.from_pandas(frame)
    one, same = (classifier().fit(t, LABELS) for t in (frame, other))
    np.testing.assert_array_equal(one.predict_proba(frame), same.predict_proba(other))


def test_processes_make_the_same_members():
    one, same = (classifier(n_jobs=n).fit(FRAME, LABELS) for n in (1, 2))
    np.testing.assert_array_equal(proba(one), proba(same))


def test_the_seed_alone_decides():
    chances = [proba(classifier(random_state=s).fit(FRAME, LABELS)) for s in (0, 0, 1)]
    np.testing.assert_array_equal(chances[0], chances[1])
    assert not np.array_equal(chances[0], chances[2])
    generator = classifier(random_state=np.random.RandomState(0))
    np.testing.assert_array_equal(proba(generator.fit(FRAME, LABELS)), chances[0])


@pytest.mark.parametrize("model", [classifier, regressor])
def test_models_are_cloned_and_pickled(model):
    y = LABELS if model is classifier else NUMBERS
    fitted = model().fit(FRAME, y)
    copied = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copied.predict(FRAME), fitted.predict(FRAME))
    fresh = clone(fitted)
    assert not hasattr(fresh, "members_")
    with pytest.raises(NotFittedError):
        fresh.predict(FRAME)
    with pytest.raises(NotFittedError):
        _ = fresh.n_connections_
    again = fresh.set_params(n_members=1).fit(FRAME, y)
    assert len(again.members_) == 1


def test_what_fit_is_given_is_left_as_it_was():
    X, y, weights = FRAME.copy(), LABELS.copy(), np.ones(N)
    classifier().fit(X, y, sample_weight=weights).predict(X)
    pd.testing.assert_frame_equal(X, FRAME)
    np.testing.assert_array_equal(y, LABELS)
    assert weights.tolist() == [1.0] * N


@pytest.mark.parametrize(
    "broken",
    [
        {"X": FRAME.assign(words=[[1]] * N)},
        {"y": LABELS[:-1]},
        {"sample_weight": -np.ones(N)},
    ],
)
def test_a_fit_that_fails_leaves_the_model_as_it_was(broken):
    model = classifier(random_state=np.random.RandomState(0)).fit(FRAME, LABELS)
    before, state = proba(model), model.random_state.get_state()[1].copy()
    with pytest.raises(ValueError):  # noqa: PT011
        model.fit(**{"X": FRAME, "y": LABELS} | broken)
    np.testing.assert_array_equal(proba(model), before)
    np.testing.assert_array_equal(model.random_state.get_state()[1], state)
    assert model.n_features_in_ == FRAME.shape[1]


def test_models_are_searched_over_and_validated():
    search = GridSearchCV(
        classifier(n_members=1), {"dropout": [0.0, 0.2], "network__alpha": [1e-4]}, cv=2
    )
    search.set_params(estimator__network=SETMLPClassifier())
    assert search.fit(FRAME, LABELS).best_score_ > 0.4
    scores = cross_val_score(regressor(), FRAME, NUMBERS, cv=2)
    assert np.isfinite(scores).all()


def test_weights_are_routed_to_fit_and_to_the_scorer():
    with config_context(enable_metadata_routing=True):
        model = classifier(n_members=1).set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=True)
        search = GridSearchCV(model, {"dropout": [0.1]}, cv=2)
        search.fit(FRAME, LABELS, sample_weight=np.ones(N))
        whole = SparseTabularClassifier(
            n_members=1, max_iter=1, scoring="accuracy", random_state=0
        )
        whole.fit(FRAME, LABELS, sample_weight=np.ones(N))
    assert len(whole.held_out_scores_) == 2


def test_tables_as_output_of_all_transformers_change_nothing():
    before = proba(classifier().fit(FRAME, LABELS))
    set_config(transform_output="pandas")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = proba(classifier().fit(FRAME, LABELS))
    finally:
        set_config(transform_output="default")
    np.testing.assert_array_equal(found, before)
