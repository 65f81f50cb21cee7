"""`MissingnessTransformer`: any mechanism, and several at once."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sparsekit.missingness import (
    BlockMasker,
    MARMasker,
    MCARMasker,
    MissingnessTransformer,
    MNARMasker,
    MonotoneMasker,
)
from tests.missingness.mechanism_cases import correlated_normal, holed

NAMED = {
    "mcar": MCARMasker,
    "mar": MARMasker,
    "mnar": MNARMasker,
    "block": BlockMasker,
    "monotone": MonotoneMasker,
}


def frame():
    return pd.DataFrame(holed(correlated_normal(500)), columns=list("abcdef"))


def by_column(**parameters):
    mechanism = [
        ("driven", MARMasker(0.5, drivers=["a"], strength=2), ["b", "c"]),
        ("own", "mnar", ["d"]),
        ("page", BlockMasker(0.3), ["e", "f"]),
    ]
    return MissingnessTransformer(mechanism, random_state=0, **parameters)


@pytest.mark.parametrize("name", NAMED)
def test_a_name_means_the_masker_with_its_defaults(name):
    X = frame()
    expected = NAMED[name](random_state=0).fit_transform(X)
    masked = MissingnessTransformer(name, random_state=0).fit_transform(X)
    np.testing.assert_array_equal(masked, expected)


def test_a_masker_keeps_its_parameters():
    X = frame()
    given = MNARMasker(0.3, kind="latent", shape="tail", features=["a", "f"])
    expected = clone(given).set_params(random_state=3).fit_transform(X)
    masker = MissingnessTransformer(given, random_state=3)
    np.testing.assert_array_equal(masker.fit_transform(X), expected)
    assert not hasattr(given, "seed_")


def test_the_rate_unit_and_features_given_here_hold():
    X = frame()
    parameters = {"missing_rate": 0.3, "rate_unit": "columns", "features": ["b", "d"]}
    expected = MNARMasker(random_state=0, **parameters).fit_transform(X)
    masker = MissingnessTransformer(MNARMasker(0.1), random_state=0, **parameters)
    np.testing.assert_array_equal(masker.fit_transform(X), expected)


def test_each_mechanism_masks_its_columns():
    X = frame()
    masker = by_column().fit(X)
    mask, P = masker.mask(X), masker.propensity(X)
    driven = MARMasker(
        0.5,
        drivers=["a"],
        strength=2,
        features=["b", "c"],
        rate_unit="columns",
        random_state=0,
    ).fit(X)
    own = MNARMasker(0.2, features=["d"], rate_unit="columns", random_state=0).fit(X)
    page = BlockMasker(
        0.3, features=["e", "f"], rate_unit="columns", random_state=0
    ).fit(X)
    for part, columns in ((driven, [1, 2]), (own, [3]), (page, [4, 5])):
        np.testing.assert_array_equal(mask[:, columns], part.mask(X)[:, columns])
        np.testing.assert_array_equal(P[:, columns], part.propensity(X)[:, columns])
    assert not mask[:, 0].any()


def test_the_fitted_parts_can_be_asked():
    X = frame()
    masker = by_column().fit(X)
    np.testing.assert_array_equal(
        sum(part.propensity(X) for part in masker.maskers_), masker.propensity(X)
    )
    assert masker.maskers_[0].realized_rates_[1] == masker.realized_rates_[1]


def test_the_table_names_the_mechanism_of_each_column():
    table = by_column().fit(frame()).describe()
    assert table["mechanism"].tolist() == ["", "mar", "mar", "mnar", "block", "block"]
    assert table["depends_on"]["b"] == "a"
    assert table["depends_on"]["d"] == "its own value"


def test_one_rate_holds_for_all_mechanisms():
    X = frame()
    masker = by_column(missing_rate=0.25).fit(X)
    np.testing.assert_allclose(masker.target_rates_, [0, *[0.25] * 5])


def test_parameters_of_the_parts_are_reached_by_name():
    masker = by_column()
    assert masker.get_params()["driven__strength"] == 2
    masker.set_params(driven__strength=5, page__blocks=1, own=MNARMasker(0.1))
    assert masker.mechanism[0][1].strength == 5
    assert masker.mechanism[1][1].missing_rate == 0.1
    assert masker.mechanism[1][2] == ["d"]
    twin = clone(masker)
    assert twin.mechanism[0][1] is not masker.mechanism[0][1]
    assert repr(twin) == repr(masker)


def test_parameters_of_a_masker_are_reached_too():
    masker = MissingnessTransformer(MARMasker()).set_params(mechanism__strength=5)
    assert masker.mechanism.strength == 5


def test_a_grid_search_goes_over_mechanisms_and_their_parameters():
    X = frame()
    y = np.nan_to_num(X["a"] + X["b"]) > 0
    trees = HistGradientBoostingClassifier(max_iter=3, random_state=0)
    model = Pipeline([("mask", by_column()), ("trees", trees)])
    grid = [
        {"mask__driven__strength": [0, 3], "mask__missing_rate": [0.1, 0.5]},
        {"mask__mechanism": ["mcar", "mar", MNARMasker(kind="latent")]},
    ]
    search = GridSearchCV(model, grid, cv=2, refit=False).fit(X, y)
    assert len(search.cv_results_["mean_test_score"]) == 7
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_two_rotating_mechanisms_stay_among_their_columns():
    X = holed(correlated_normal(500))
    masker = MissingnessTransformer(
        [("x", "mar", [0, 1, 2]), ("y", "mar", [3, 4, 5])], random_state=0
    ).fit(X)
    first, second = masker.maskers_
    assert (first.driver_groups_[3:] == -1).all()
    assert (second.driver_groups_[:3] == -1).all()
    np.testing.assert_allclose(masker.target_rates_, 0.2)


@pytest.mark.parametrize("storage", [np.asarray, sparse.csr_array])
def test_columns_that_drive_must_not_be_masked_by_another_mechanism(storage):
    X = storage(correlated_normal())
    mechanism = [("x", MARMasker(drivers=[0]), [1]), ("y", "mcar", [0, 2])]
    with pytest.raises(ValueError, match=r"\['x0'\] drive a MAR mechanism"):
        MissingnessTransformer(mechanism).fit(X)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"mechanism": [("x", "mcar", [0]), ("y", "mnar", [0, 1])]}, "another one"),
        ({"mechanism": [("x", "mcar", [0]), ("x", "mnar", [1])]}, "not unique"),
        ({"mechanism": [("x", "nonsense", [0])]}, "must be one of .*'nonsense'"),
        ({"mechanism": [("x", MissingnessTransformer(), [0])]}, "must be one of"),
        ({"mechanism": [("x", "mcar")]}, "list of triples"),
        ({"mechanism": ["mcar"]}, "list of triples"),
        ({"mechanism": []}, "list of triples"),
        ({"mechanism": [("x", "mcar", [9])]}, "x=.* has an index outside"),
        ({"mechanism": [("x", MCARMasker(features=[0]), [1])]}, "set features=None"),
        ({"mechanism": [("x", "mcar", [0])], "features": [0]}, "with a list"),
        ({"mechanism": [("x", "mcar", [0])], "rate_unit": "rows"}, "with a list"),
        ({"mechanism": [("x", "mcar", [0])], "missing_rate": [0.1] * 6}, "with a list"),
        ({"mechanism": [("x", MARMasker(strength=-1), [0, 1])]}, "'strength' param"),
        ({"mechanism": MCARMasker(missing_rate=2)}, "'missing_rate' parameter"),
        ({"mechanism": 3}, "'mechanism' parameter"),
    ],
    ids=str,
)
def test_bad_mechanisms_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        MissingnessTransformer(**parameters).fit(correlated_normal())
