"""MAR is MAR: exact relations between probabilities, without any chance."""

import numpy as np
import pandas as pd
import pytest
from scipy import special

from sparsekit.missingness import MARMasker
from tests.missingness.mechanism_cases import (
    LINKS,
    SHAPES,
    correlated_normal,
    holed,
)

FIXED = [{"drivers": [0, 3]}, {"drivers": {0: 1.0, 3: -0.5}}, {"drivers": 2}]


def fitted(X, rate=0.3, **parameters):
    return MARMasker(rate, random_state=0, **parameters).fit(X)


def drivers_of(masker):
    return np.flatnonzero(masker.driver_groups_ >= 0)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("drivers", FIXED, ids=str)
def test_garbage_in_the_masked_columns_changes_no_probability(drivers, link, shape):
    X = holed(correlated_normal())
    masker = fitted(X, link=link, shape=shape, **drivers)
    garbage = X.copy()
    others = np.setdiff1d(np.arange(6), drivers_of(masker))
    garbage[:, others] = np.random.default_rng(2).normal(1e3, 1e6, (len(X), 4))
    np.testing.assert_array_equal(masker.propensity(garbage), masker.propensity(X))


@pytest.mark.parametrize("drivers", FIXED, ids=str)
def test_drivers_are_never_masked(drivers):
    X = correlated_normal()
    masker = fitted(X, **drivers)
    assert drivers_of(masker).size == 2
    assert (masker.propensity(X)[:, drivers_of(masker)] == 0).all()
    assert not masker.mask(X)[:, drivers_of(masker)].any()


@pytest.mark.parametrize("drivers", FIXED, ids=str)
def test_another_value_of_a_driver_changes_the_probabilities_of_its_row(drivers):
    X = correlated_normal()
    masker = fitted(X, **drivers)
    moved = X.copy()
    moved[7, drivers_of(masker)[0]] += 1
    changed = masker.propensity(moved) != masker.propensity(X)
    others = np.setdiff1d(np.arange(6), drivers_of(masker))
    assert changed[7, others].all()
    assert not np.delete(changed, 7, axis=0).any()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("link", LINKS)
def test_in_a_row_of_a_group_only_this_group_matters(link, shape):
    # The group of a row is a hash of its content, so of the garbage rows we look at
    # those that were assigned to the same group again: about one in three.
    X = correlated_normal()
    masker = fitted(X, n_patterns=3, link=link, shape=shape)
    groups, before = masker.row_groups(X), masker.propensity(X)
    observed = groups[:, np.newaxis] == masker.driver_groups_
    garbage = np.random.default_rng(2).normal(1e3, 1e6, X.shape)
    changed = np.where(observed, X, garbage)
    again = masker.row_groups(changed) == groups
    assert again.mean() > 0.2
    np.testing.assert_array_equal(masker.propensity(changed)[again], before[again])
    # And the group does matter.
    changed = np.where(observed, X + 0.5, X)
    again = masker.row_groups(changed) == groups
    differs = masker.propensity(changed)[again] != before[again]
    assert differs[~observed[again]].mean() > (0.9 if link == "logistic" else 0.1)


def test_with_rotation_every_column_is_masked_and_its_own_group_is_not():
    X = correlated_normal()
    masker = fitted(X, n_patterns=3)
    mask, groups = masker.mask(X), masker.row_groups(X)
    assert np.bincount(masker.driver_groups_).tolist() == [2, 2, 2]
    assert (np.abs(mask.mean(axis=0) - 0.3) < 0.06).all()
    observed = groups[:, np.newaxis] == masker.driver_groups_
    assert not mask[observed].any()
    assert (masker.propensity(X)[observed] == 0).all()
    # 2000 rows over 3 groups: a standard deviation of 21.
    assert (np.abs(np.bincount(groups) - 2000 / 3) < 105).all()


def test_there_are_no_more_groups_than_columns():
    assert fitted(correlated_normal()).driver_groups_.max() == 5
    two = fitted(correlated_normal(), 0.1, features=[1, 4]).driver_groups_
    assert sorted(two[[1, 4]]) == [0, 1]
    assert (two[[0, 2, 3, 5]] == -1).all()


def test_probabilities_follow_the_formula():
    X = correlated_normal()
    masker = fitted(X, drivers={0: 2.0, 3: -1.0}, strength=1.5)
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    score = 2 * z[:, 0] - z[:, 3]
    logits = 1.5 * score / score.std()
    expected = special.expit(logits[:, np.newaxis] + masker.intercepts_)
    np.testing.assert_allclose(masker.propensity(X), expected, rtol=1e-10)


@pytest.mark.parametrize("link", LINKS)
def test_shapes_say_which_rows_lose_values(link):
    X = np.linspace(-2, 2, 401)[:, np.newaxis] * [1, 1]
    P = {
        shape: fitted(X, 0.2, drivers=[0], shape=shape, link=link).propensity(X)[:, 1]
        for shape in SHAPES
    }
    assert (np.diff(P["right"]) >= 0).all()
    assert (np.diff(P["left"]) <= 0).all()
    assert (np.diff(P["mid"][:201]) >= 0).all()
    assert (np.diff(P["mid"][200:]) <= 0).all()
    assert (np.diff(P["tail"][:201]) <= 0).all()
    assert (np.diff(P["tail"][200:]) >= 0).all()
    for p in P.values():
        assert p.max() > 1.5 * p.min()


def test_groups_have_odds_of_one_to_the_exponential_of_the_strength():
    X = correlated_normal()
    masker = fitted(X, drivers=[0], link="groups", strength=np.log(4))
    p = masker.propensity(X)[:, 1]
    high = X[:, 0] > np.median(X[:, 0])
    odds = p / (1 - p)
    assert np.unique(p).size == 2
    assert odds[high].min() / odds[~high].max() == pytest.approx(4)


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_a_driver_of_two_values_makes_two_groups(share):
    X = correlated_normal()
    X[:, 0] = np.arange(len(X)) < share * len(X)
    masker = fitted(X, drivers=[0], link="groups", strength=np.log(4))
    p = masker.propensity(X)[:, 1]
    odds = p / (1 - p)
    assert odds[X[:, 0] == 1].min() / odds[X[:, 0] == 0].max() == pytest.approx(4)


def test_ranks_are_not_moved_by_outliers():
    X = correlated_normal()
    wild = X.copy()
    wild[X[:, 0].argmax(), 0] = 1e9
    expected = fitted(X, drivers=[0], link="rank").propensity(X)
    masker = fitted(wild, drivers=[0], link="rank")
    np.testing.assert_allclose(masker.propensity(wild), expected, atol=0.005)


def test_no_strength_is_mcar():
    X = correlated_normal()
    masker = fitted(X, drivers=[0, 1], strength=0)
    np.testing.assert_allclose(
        masker.propensity(X), [[0, 0, 0.45, 0.45, 0.45, 0.45]] * len(X)
    )


def test_a_missing_driver_counts_as_its_mean():
    X = correlated_normal()
    masker = fitted(X, drivers=[0, 3])
    at_mean, missing = X.copy(), X.copy()
    at_mean[:9, 3], missing[:9, 3] = masker.locations_[3], np.nan
    np.testing.assert_array_equal(
        masker.propensity(missing), masker.propensity(at_mean)
    )


def test_drivers_by_name_index_and_boolean_are_the_same():
    X = pd.DataFrame(correlated_normal(), columns=list("abcdef"))
    expected = fitted(X, drivers=["a", "d"]).propensity(X)
    for drivers in ([0, 3], [3, 0], [-3, 0], [True, False, False, True, False, False]):
        np.testing.assert_array_equal(
            fitted(X, drivers=drivers).propensity(X), expected
        )
    by_weight = fitted(X, drivers={"d": 1.0, "a": 1.0}).propensity(X)
    np.testing.assert_array_equal(by_weight, expected)


def test_drawn_drivers_avoid_the_columns_to_be_masked():
    X = correlated_normal()
    for seed in range(20):
        masker = MARMasker(0.2, drivers=3, features=[1, 2], random_state=seed).fit(X)
        assert drivers_of(masker).size == 3
        assert not np.intersect1d(drivers_of(masker), [1, 2]).size


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"drivers": [6]}, "drivers=.* has an index outside X's 6 columns"),
        ({"drivers": ["a"]}, "X has no column names"),
        ({"drivers": []}, "drivers must be a non-empty"),
        ({"drivers": {}}, "drivers must be a non-empty"),
        ({"drivers": {0: "x"}}, "drivers=.* must have finite numbers as weights"),
        ({"drivers": {0: np.inf}}, "drivers=.* must have finite numbers as weights"),
        ({"drivers": 6}, "drivers=6 cannot be drawn .* at most 5 is possible"),
        ({"drivers": 5, "features": [0, 1]}, "at most 4 is possible"),
        ({"drivers": [0], "features": [0, 1]}, r"share the columns \[0\]"),
        ({"drivers": [0], "missing_rate": [0.1] * 6}, r"share the columns \[0\]"),
        ({"drivers": [0, 1, 2, 3], "missing_rate": 0.5}, "at most 0.333333 is poss"),
        ({"features": [2]}, "needs two columns or more to take turns"),
        ({"n_patterns": 2, "missing_rate": 0.7}, "cannot be reached"),
        ({"n_patterns": 1}, "'n_patterns' parameter"),
        ({"strength": -1}, "'strength' parameter"),
        ({"shape": "up"}, "'shape' parameter"),
        ({"link": "probit"}, "'link' parameter"),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        MARMasker(random_state=0).set_params(**parameters).fit(correlated_normal())


def test_one_column_cannot_be_mar():
    with pytest.raises(ValueError, match="n_features=1"):
        MARMasker().fit(np.arange(9.0).reshape(-1, 1))
