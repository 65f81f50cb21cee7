"""The models of a study by name: networks, and what one would pick instead."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparsekit import DSTMLPClassifier, SparseTabularRegressor
from sparsekit.study import missingness_study
from sparsekit.study.plan._baselines import (
    BASELINE_NAMES,
    GRIDS,
    HoldOut,
    make_baseline,
)
from sparsekit.study.plan._models import (
    build_models,
    copy_for_fit,
    model_names,
    network_names,
)
from sparsekit.study.run._run import n_iterations, n_weights


@pytest.fixture
def holey():
    """Two classes that one column tells apart; a fifth of the cells is missing."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 4))
    y = (X[:, 0] > 0).astype(int)
    X[rng.random(X.shape) < 0.2] = np.nan
    return X, y


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("name", BASELINE_NAMES)
def test_a_baseline_takes_holes_and_learns(holey, name, task):
    X, y = holey
    model = copy_for_fit(make_baseline(name, task), 0.0, seed=0).fit(X, y)
    # Chance is 0.55 of the rows, and an R2 of 0.
    assert model.score(X, y) > (0.75 if task == "classification" else 0.35)
    assert np.isfinite(n_weights(model)) == (name != "hist_gradient_boosting")


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_weights_of_baselines_are_counted(holey):
    X, y = holey
    counts = {
        name: n_weights(copy_for_fit(make_baseline(name, "regression"), 0, 0).fit(X, y))
        for name in ("logistic_mean", "logistic_iterative")
    }
    assert counts == {"logistic_mean": 4, "logistic_iterative": 4}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_weights_of_all_layers_are_counted(holey):
    model = copy_for_fit(make_baseline("mlp_mean", "classification"), 0, 0).fit(*holey)
    assert n_weights(model) == 4 * 100 + 100 * 1
    assert 1 <= n_iterations(model) <= 100


def test_every_baseline_chooses_from_three_candidates():
    assert {len(values) for grid in GRIDS.values() for values in grid.values()} == {3}


def test_a_hold_out_split_has_every_class_in_both_parts():
    y = np.repeat([0, 1, 2], [30, 30, 4])
    ((learn, choose),) = HoldOut().split(np.zeros((64, 1)), y)
    assert len(choose) == 16
    assert set(y[learn]) == set(y[choose]) == {0, 1, 2}
    assert not set(learn) & set(choose)


def test_a_hold_out_split_takes_a_class_of_one_row():
    y = np.repeat([0, 1, 2], [10, 10, 1])
    ((learn, choose),) = HoldOut().split(np.zeros((21, 1)), y)
    assert sorted([*learn, *choose]) == list(range(21))


def test_every_method_of_dynamic_sparse_training_is_known():
    (methods,) = DSTMLPClassifier._parameter_constraints["method"]
    assert methods.options <= set(network_names())
    assert {*network_names(), *BASELINE_NAMES, "sparse_tabular"} == set(model_names())


def test_methods_and_baselines_take_part():
    names = ["dense", "rigl", "chts", "hist_gradient_boosting", "logistic_iterative"]
    frame = missingness_study(
        datasets="iris",
        models=names,
        sparsities=[0.5],
        missing_rates=[0.3],
        seeds=1,
        estimator_params={"hidden_layer_sizes": (8,), "max_iter": 3},
    ).frame
    weights = frame.set_index("model")["n_connections"]
    assert weights["rigl"] == round(0.5 * weights["dense"])
    assert weights["chts"] == 0.5 * 4 * 8 + 8 * 3  # its output layer is dense
    assert weights["logistic_iterative"] == 4 * 3
    assert np.isnan(weights["hist_gradient_boosting"])
    sparsity = frame.set_index("model")["sparsity"]
    assert sparsity[["rigl", "chts"]].tolist() == [0.5, 0.5]
    assert sparsity[["hist_gradient_boosting", "logistic_iterative"]].sum() == 0


def test_a_method_keeps_its_share_of_replaced_connections():
    models = {"rigl": "rigl", "set": "set"}
    preset = {"prune_fraction": 0.1, "max_iter": 7}
    built = build_models(models, "classification", preset, {})
    assert built["set"].prune_fraction == 0.1
    assert built["rigl"].prune_fraction is None
    assert built["rigl"].max_iter == built["set"].max_iter == 7
    asked = build_models(models, "classification", preset, {"prune_fraction": 0.2})
    assert asked["rigl"].prune_fraction == asked["set"].prune_fraction == 0.2


def test_sparse_tabular_takes_part_at_every_sparsity_of_the_grid():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4))
    params = {"max_iter": 1, "hidden_layer_sizes": (30,), "n_members": 2}
    frame = missingness_study(
        X,
        X[:, 0] > 0,
        models=["sparse_tabular", "dense"],
        sparsities=[0.5, 0.8],
        missing_rates=[0.3],
        seeds=1,
        estimator_params=params,
    ).frame
    ours = frame[frame["model"] == "sparse_tabular"].set_index("sparsity")
    assert set(ours.index) == {0.5, 0.8}
    assert ours.loc[0.8, "n_connections"] < 0.5 * ours.loc[0.5, "n_connections"]
    assert ours["score"].between(0, 1).all()


def test_sparse_tabular_has_its_own_defaults_but_what_the_user_asks_for():
    models = {"ours": "sparse_tabular"}
    preset = {"hidden_layer_sizes": (9,), "dropout": 0.5, "max_iter": 7}
    built = build_models(models, "regression", preset, {"max_iter": 3})["ours"]
    assert built.get_params() == SparseTabularRegressor(max_iter=3).get_params()
    with pytest.raises(ValueError, match="'momentum', which is a parameter of none"):
        build_models(models, "regression", preset, {"momentum": 0.5})


def test_every_part_of_a_model_runs_on_one_thread_with_the_seed_of_the_fit():
    forest = RandomForestClassifier(n_jobs=-1)
    copy = copy_for_fit(make_pipeline(StandardScaler(), forest), 0.0, seed=7)
    assert copy[-1].n_jobs == 1
    assert copy[-1].random_state == 7
    assert forest.n_jobs == -1
    # It warns of any number of its own.
    assert copy_for_fit(LogisticRegression(), 0.0, seed=7).n_jobs is None


def test_the_number_of_threads_is_for_the_study_to_say():
    with pytest.raises(ValueError, match="must not hold 'n_jobs'"):
        build_models({"set": "set"}, "classification", {}, {"n_jobs": 2})
