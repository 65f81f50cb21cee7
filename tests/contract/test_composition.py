"""Networks and maskers inside scikit-learn's composites.

Every threshold of a score lies 0.05 or more below the lowest of ten seeds.
"""

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    train_test_split,
)
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from sparsekit import (
    DenseMLPClassifier,
    MCARMasker,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
)
from tests.storing import WAYS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

BACKENDS = ["loky", "threading"]


def tumours(n_samples=569):
    X, y = load_breast_cancer(return_X_y=True)
    return X[:n_samples], y[:n_samples]


def patients():
    return load_diabetes(return_X_y=True)


def quick(**settings):
    """Return a network that learns the tumours in few epochs."""
    settings = {"sparsity": 0.5, "learning_rate_init": 0.01, "max_iter": 20} | settings
    return SETMLPClassifier((20,), random_state=0, **settings)


def large(**settings):
    """Return a network with enough work per step for threads of its own."""
    settings = {"sparsity": 0.5, "max_iter": 5} | settings
    return SETMLPClassifier((300, 200), random_state=0, **settings)


def quick_regressor(**settings):
    settings = {"sparsity": 0.5, "learning_rate_init": 0.02, "max_iter": 40} | settings
    return SETMLPRegressor((20,), random_state=0, **settings)


def masked(net):
    return Pipeline([("mask", MCARMasker(random_state=0)), ("net", net)])


@pytest.mark.parametrize("seed", range(3))
def test_a_masker_and_a_network_with_defaults_learn_raw_features(seed):
    X, y = tumours()
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.3, stratify=y, random_state=seed
    )
    model = Pipeline([("mask", MCARMasker()), ("net", SETMLPClassifier())])
    model.set_params(mask__random_state=seed, net__random_state=seed)
    model.fit(X_train, y_train)
    assert np.isnan(model["mask"].transform(X_test)).mean() > 0.1
    assert set(model.predict(X_test)) == {0, 1}
    # Accuracy over 10 seeds: mean 0.963, standard deviation 0.008, lowest 0.947. The
    # threshold is eight standard deviations below the mean.
    assert model.score(X_test, y_test) > 0.9


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_grid_of_sparsity_and_missing_rate(backend):
    X, y = tumours(200)
    grid = {"net__sparsity": [0.3, 0.8], "mask__missing_rate": [0.0, 0.5]}
    alone = GridSearchCV(masked(quick()), grid, cv=3).fit(X, y)
    search = GridSearchCV(masked(quick()), grid, cv=3, n_jobs=2)
    with joblib.parallel_config(backend=backend):
        search.fit(X, y)
    scores = [name for name in alone.cv_results_ if "_test_" in name]
    assert len(scores) == 3 + 3
    for name in scores:
        assert_array_equal(search.cv_results_[name], alone.cv_results_[name])
    assert search.best_params_ == alone.best_params_
    assert_array_equal(search.predict_proba(X), alone.predict_proba(X))
    assert alone.best_score_ > 0.85


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_inside_parallel_fits_change_no_score(backend):
    X, y = tumours(200)
    expected = cross_val_score(large(), X, y, cv=3)
    with joblib.parallel_config(backend=backend):
        found = cross_val_score(large(n_jobs=2), X, y, cv=3, n_jobs=2)
    assert_array_equal(found, expected)


def test_cross_validation_of_a_regressor():
    X, y = patients()
    assert cross_val_score(quick_regressor(), X, y, cv=3).mean() > 0.35


def test_cross_validation_with_fitted_estimators_and_predictions():
    X, y = tumours(200)
    results = cross_validate(quick(), X, y, cv=3, return_estimator=True)
    assert {net.n_connections_ for net in results["estimator"]} == {310}
    proba = cross_val_predict(quick(), X, y, cv=3, method="predict_proba")
    assert ((proba[:, 1] > 0.5) == y).mean() > 0.85


def test_a_column_transformer_in_front():
    X, y = tumours(200)
    frame = pd.DataFrame(X, columns=[f"f{j}" for j in range(30)])
    frame["city"] = np.array(["Rome", "Oslo", "Bern"])[np.arange(200) % 3]
    columns = ColumnTransformer(
        [
            ("holes", MCARMasker(0.3, random_state=0), [f"f{j}" for j in range(15)]),
            ("scaled", StandardScaler(), [f"f{j}" for j in range(15, 30)]),
            ("city", OneHotEncoder(sparse_output=False), ["city"]),
        ]
    ).set_output(transform="pandas")
    model = make_pipeline(columns, quick()).fit(frame, y)
    assert model[-1].n_features_in_ == 33
    assert model[-1].feature_names_in_[-1] == "city__city_Rome"
    assert model.score(frame, y) > 0.85


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
@pytest.mark.parametrize("out_activation", ["auto", "softmax"])
def test_calibrated_probabilities_sum_to_one_and_predict(method, out_activation):
    X, y = tumours(300)
    model = CalibratedClassifierCV(
        quick(out_activation=out_activation), method=method, cv=2
    )
    proba = model.fit(X, y).predict_proba(X)
    assert_allclose(proba.sum(axis=1), 1)
    assert model.score(X, y) > 0.85


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("make", "net", "data"),
    [
        (BaggingClassifier, quick(max_iter=5), tumours),
        (BaggingRegressor, quick_regressor(max_iter=5), patients),
    ],
    ids=["classifier", "regressor"],
)
def test_a_bag_trained_in_parallel_is_one_trained_alone(backend, make, net, data):
    X, y = data()
    alone = make(net, n_estimators=4, random_state=0).fit(X, y)
    with joblib.parallel_config(backend=backend):
        bag = make(net, n_estimators=4, random_state=0, n_jobs=2).fit(X, y)
        # The bag adds its members up in another order.
        assert_allclose(bag.predict(X), alone.predict(X), rtol=1e-12)
    for mine, other in zip(bag.estimators_, alone.estimators_, strict=True):
        assert_array_equal(mine.predict(X), other.predict(X))
    assert len({net.random_state for net in bag.estimators_}) == 4


def test_bagging_of_networks_that_use_threads_themselves():
    X, y = tumours()
    alone = BaggingClassifier(large(), n_estimators=4, random_state=0)
    threaded = clone(alone).set_params(estimator__n_jobs=2, n_jobs=2)
    with joblib.parallel_config(backend="threading"):
        threaded.fit(X, y)
    alone.fit(X, y)
    for mine, other in zip(threaded.estimators_, alone.estimators_, strict=True):
        assert_array_equal(mine.predict_proba(X), other.predict_proba(X))


@pytest.mark.parametrize("voting", ["hard", "soft"])
def test_classifiers_vote_together(voting):
    X, y = tumours(200)
    voters = [
        ("set", quick()),
        (
            "static",
            StaticSparseMLPClassifier((20,), sparsity=0.5, max_iter=20, random_state=0),
        ),
        ("dense", DenseMLPClassifier((20,), max_iter=20, random_state=0)),
        ("linear", make_pipeline(StandardScaler(), LogisticRegression())),
    ]
    labels = np.array(["benign", "malign"])[y]
    model = VotingClassifier(voters, voting=voting).fit(X, labels)
    assert model.score(X, labels) > 0.85


def test_regressors_vote_together():
    X, y = patients()
    voters = [("set", quick_regressor()), ("linear", Ridge())]
    assert VotingRegressor(voters).fit(X, y).score(X, y) > 0.35


def test_one_network_per_output():
    X, y = patients()
    targets = np.c_[y, -y, X[:, 2]]
    model = MultiOutputRegressor(quick_regressor(), n_jobs=2).fit(X, targets)
    assert model.predict(X).shape == targets.shape
    high = (targets > np.median(targets, axis=0)).astype(int)
    assert MultiOutputClassifier(quick()).fit(X, high).score(X, high) > 0.5


def test_a_transformed_target_comes_back_in_its_units():
    X, y = patients()
    model = TransformedTargetRegressor(
        quick_regressor(), func=np.log, inverse_func=np.exp
    )
    predicted = model.fit(X, y).predict(X)
    assert predicted.shape == y.shape
    assert (predicted > 0).all()
    assert model.score(X, y) > 0.35


@pytest.mark.parametrize("store", WAYS)
def test_a_stored_pipeline_predicts_the_same_and_trains_on(store, tmp_path):
    X, y = tumours(200)
    model = masked(quick()).fit(X, y)
    restored = store(model, tmp_path)
    assert_array_equal(restored.predict_proba(X), model.predict_proba(X))
    X_masked = restored["mask"].transform(X)
    restored["net"].partial_fit(X_masked, y)
    model["net"].partial_fit(X_masked, y)
    assert_array_equal(restored.predict_proba(X), model.predict_proba(X))


def test_a_cloned_pipeline_gives_the_same_network():
    X, y = tumours(200)
    model = masked(quick()).fit(X, y)
    twin = clone(model)
    assert not hasattr(twin["net"], "coefs_")
    assert_array_equal(twin.fit(X, y).predict_proba(X), model.predict_proba(X))


def test_a_cached_step_is_fitted_once(tmp_path):
    X, y = tumours(200)
    model = masked(quick()).set_params(memory=str(tmp_path))
    expected = masked(quick()).fit(X, y).predict_proba(X)
    for _ in range(2):
        assert_array_equal(model.fit(X, y).predict_proba(X), expected)


def test_the_weight_of_samples_is_routed_through_a_pipeline():
    X, y = tumours(200)
    weight = np.where(y == 1, 1.0, 0.0)
    with sklearn.config_context(enable_metadata_routing=True):
        model = masked(quick().set_fit_request(sample_weight=True))
        model.fit(X, y, sample_weight=weight)
        assert (model.predict(X) == 1).all()
        scores = cross_val_score(
            masked(
                quick()
                .set_fit_request(sample_weight=True)
                .set_score_request(sample_weight=True)
            ),
            X,
            y,
            cv=2,
            params={"sample_weight": weight},
        )
    assert_array_equal(scores, [1.0, 1.0])


def test_the_weight_of_samples_is_refused_where_nobody_asked_for_it():
    X, y = tumours(200)
    with (
        sklearn.config_context(enable_metadata_routing=True),
        pytest.raises(ValueError, match=r"sample_weight.*not explicitly set"),
    ):
        masked(quick()).fit(X, y, sample_weight=y)


def test_validation_rows_are_passed_through_a_pipeline():
    X, y = tumours(200)
    model = make_pipeline(StandardScaler(), quick().set_params(scoring=None))
    model.fit(
        X[:150],
        y[:150],
        setmlpclassifier__X_val=(X[150:] - X[:150].mean(axis=0)) / X[:150].std(axis=0),
        setmlpclassifier__y_val=y[150:],
    )
    expected = model.score(X[150:], y[150:])
    assert model[-1].validation_scores_[-1] == pytest.approx(expected)


@pytest.mark.parametrize(("n_jobs", "backend"), [(1, "loky"), (2, "loky")])
def test_the_scoring_monitor_inside_a_grid_search(n_jobs, backend):
    X, y = tumours(200)
    monitor = ScoringMonitor(scoring="accuracy")
    net = quick(max_iter=3).set_callbacks(monitor)
    search = GridSearchCV(net, {"sparsity": [0.3, 0.5]}, cv=2, n_jobs=n_jobs)
    with joblib.parallel_config(backend=backend):
        search.fit(X, y)
    rows = pd.DataFrame(monitor.get_logs(select="all")[0].data)
    # Two candidates times two folds, and the refit.
    assert (rows["task_name"] == "epoch").sum() == 5 * 3
    assert (rows["task_name"] == "rewiring").sum() == 5 * 2
    assert rows["accuracy"].between(0, 1).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_progress_bar_of_a_grid_search_shows_the_networks(backend, capsys):
    X, y = tumours(200)
    search = GridSearchCV(quick(max_iter=3), {"sparsity": [0.3, 0.5]}, cv=2, n_jobs=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None))
    with joblib.parallel_config(backend=backend):
        search.fit(X, y)
    shown = capsys.readouterr().out
    assert "GridSearchCV - fit" in shown
    assert "SETMLPClassifier - fit" in shown
    assert "100%" in shown


def test_the_progress_bar_of_a_pipeline_shows_the_network(capsys):
    X, y = tumours(200)
    model = masked(quick(max_iter=3)).set_callbacks(ProgressBar())
    model.fit(X, y)
    shown = capsys.readouterr().out
    assert "Pipeline - fit" in shown
    assert "SETMLPClassifier - fit" in shown
