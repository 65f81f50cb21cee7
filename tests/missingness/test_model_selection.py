"""Maskers inside pipelines, grid searches and other composites of scikit-learn."""

import joblib
import numpy as np
import pytest
import sklearn
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from sparsekit.missingness import MCARMasker, MissingnessTransformer

RATES = [0.2, 0.6]


def breast_cancer(n_samples=200):
    X, y = load_breast_cancer(return_X_y=True)
    return X[:n_samples], y[:n_samples]


def masked_trees(masker):
    trees = HistGradientBoostingClassifier(max_iter=5, random_state=0)
    return Pipeline([("mask", masker), ("trees", trees)])


def scorer_with_digest(X_all):
    """Return a scorer that also reports a number that identifies the mask of X_all."""
    weights = np.random.default_rng(0).normal(size=X_all.shape)

    def score(model, X, y):
        digest = (model["mask"].mask(X_all) * weights).sum()
        return {"accuracy": model.score(X, y), "digest": digest}

    return score


@pytest.mark.parametrize("backend", ["loky", "threading"])
@pytest.mark.parametrize("masker", [MCARMasker, MissingnessTransformer])
def test_all_folds_and_candidates_see_the_same_masks(backend, masker):
    X, y = breast_cancer()
    search = GridSearchCV(
        masked_trees(masker(random_state=0)),
        {"mask__missing_rate": RATES, "trees__max_leaf_nodes": [3, 7]},
        scoring=scorer_with_digest(X),
        refit=False,
        cv=3,
        n_jobs=2,
    )
    with joblib.parallel_config(backend=backend):
        search.fit(X, y)
    results = search.cv_results_
    digests = np.array([results[f"split{k}_test_digest"] for k in range(3)])
    for rate in RATES:
        chosen = results["param_mask__missing_rate"] == rate
        assert chosen.sum() == 2
        assert np.unique(digests[:, chosen]).size == 1
    assert np.unique(digests).size == len(RATES)
    assert (results["mean_test_accuracy"] > 0.7).all()


def test_without_a_seed_every_fold_draws_its_own_masks():
    X, y = breast_cancer()
    folds = cross_validate(
        masked_trees(MCARMasker()), X, y, cv=3, return_estimator=True
    )
    masks = {model["mask"].mask(X).tobytes() for model in folds["estimator"]}
    assert len(masks) == 3


def test_the_mechanism_can_be_searched():
    X, y = breast_cancer()
    search = GridSearchCV(
        masked_trees(MissingnessTransformer(random_state=0)),
        {"mask__mechanism": ["mcar"], "mask__when": ["both", "fit", "transform"]},
        cv=2,
        refit=False,
    )
    search.fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_predictions_repeat():
    X, y = breast_cancer()
    model = masked_trees(MCARMasker(0.5)).fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(X))


def test_a_scaler_after_the_masker_sees_observed_values_only():
    X, _ = breast_cancer()
    model = make_pipeline(MCARMasker(0.5, random_state=0), StandardScaler()).fit(X)
    observed = np.where(model[0].mask(X), np.nan, X)
    np.testing.assert_allclose(model[1].mean_, np.nanmean(observed, axis=0))


def test_a_column_transformer_masks_only_its_columns():
    X, _ = breast_cancer()
    columns = make_column_transformer(
        (MCARMasker(1.0, random_state=0), [0, 3]), remainder="passthrough"
    )
    masked = columns.fit_transform(X)
    np.testing.assert_array_equal(np.isnan(masked).mean(axis=0)[:2], [1, 1])
    np.testing.assert_array_equal(masked[:, 2:], np.delete(X, [0, 3], axis=1))


def test_metadata_routing_passes_by_the_masker():
    X, y = breast_cancer()
    weight = np.where(y == 1, 1.0, 0.0)
    with sklearn.config_context(enable_metadata_routing=True):
        model = masked_trees(MCARMasker(random_state=0))
        model["trees"].set_fit_request(sample_weight=True)
        model.fit(X, y, sample_weight=weight)
        assert (model.predict(X) == 1).all()
