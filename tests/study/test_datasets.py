"""The tables that a study knows by name, and studies of several tables."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from sparsekit.study import missingness_study
from sparsekit.study.plan._builtin_tables import BUILTIN_TABLES
from sparsekit.study.plan._data import infer_task

TINY = {"hidden_layer_sizes": (6,), "max_iter": 2}


def study(**changes):
    settings = {
        "models": ["static", "logistic_mean"],
        "sparsities": [0.5],
        "missing_rates": [0.0, 0.4],
        "seeds": 2,
        "estimator_params": TINY,
    }
    return missingness_study(**{**settings, **changes}).frame


@pytest.mark.parametrize("name", BUILTIN_TABLES)
def test_a_named_table_is_as_large_as_it_says_and_the_same_every_time(name):
    table = BUILTIN_TABLES[name]
    (X, y), (again, y_again) = table.load(), table.load()
    assert X.shape == (table.rows, table.features)
    assert np.isfinite(X).all()
    np.testing.assert_array_equal(X, again)
    np.testing.assert_array_equal(y, y_again)


def test_named_tables_are_at_least_eight_and_of_both_tasks():
    assert len(BUILTIN_TABLES) >= 8
    assert {t.task for t in BUILTIN_TABLES.values()} == {"classification", "regression"}
    # A quantity of few whole numbers must not be taken for classes.
    assert infer_task(BUILTIN_TABLES["diabetes"].load()[1]) == "regression"


def test_a_study_of_several_tables_holds_the_study_of_each():
    together = study(datasets=["iris", "diabetes"]).drop(columns="fit_time")
    for name, of_name in together.groupby("dataset"):
        apart = study(datasets=name).drop(columns="fit_time")
        pd.testing.assert_frame_equal(
            of_name.reset_index(drop=True), apart, check_exact=True, check_dtype=False
        )


def test_each_table_has_its_own_task():
    frame = study(datasets=["iris", "diabetes"])
    metrics = frame.groupby("dataset")["metric"].unique()
    assert metrics["iris"].tolist() == ["accuracy"]
    assert metrics["diabetes"].tolist() == ["r2"]


def test_own_tables_and_named_ones_stand_in_one_mapping():
    rng = np.random.default_rng(0)
    own = (rng.normal(size=(50, 3)), np.tile(["a", "b"], 25))
    frame = study(datasets={"mine": own, "flowers": "iris"})
    assert set(frame["dataset"]) == {"mine", "flowers"}
    flowers = frame[frame["dataset"] == "flowers"].reset_index(drop=True)
    expected = study(datasets="iris")
    assert flowers["score"].tolist() == expected["score"].tolist()


def test_the_default_table_goes_by_its_name():
    assert set(study()["dataset"]) == {"breast_cancer"}


@pytest.mark.parametrize(
    ("datasets", "message"),
    [
        ("irises", "dataset 'irises' is not known. Known are breast_cancer, digits"),
        ([], "datasets is empty"),
        ({"a": np.eye(3)}, r"must be a name or a pair \(X, y\)"),
        ({"a\nb": "iris"}, "'a\\\\nb' needs another name"),
        (
            {"wine": "wine", "bad": (np.eye(4), [1, 1, 1, 1])},
            "dataset 'bad': target 'y' has one class only",
        ),
    ],
)
def test_tables_that_cannot_be_used_are_named(datasets, message):
    with pytest.raises(ValueError, match=message):
        study(datasets=datasets)


def test_a_table_and_datasets_contradict_each_other():
    with pytest.raises(ValueError, match="Give X and y, or datasets, but not both"):
        study(X=np.eye(4), y=[0, 1, 0, 1], datasets="iris")


def test_seeds_come_one_after_the_other():
    class Noted(DummyClassifier):
        seeds = ()

        def fit(self, X, y):
            Noted.seeds = (*Noted.seeds, self.random_state)
            return super().fit(X, y)

    study(datasets=["iris", "wine"], models={"noted": Noted()}, estimator_params=None)
    fits = Noted.seeds[2:]  # without the trials
    assert len(fits) == 2 * 2 * 2
    assert len(set(fits[:4])) == len(set(fits[4:])) == 1
    assert fits[0] != fits[4]
