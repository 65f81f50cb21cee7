"""MNAR is MNAR: exact relations between probabilities, without any chance."""

import numpy as np
import pytest
from scipy import special

from sparsekit.missingness import MNARMasker
from tests.missingness.mechanism_cases import KINDS, SHAPES, correlated_normal

OWN_VALUE = ["self", "quantile"]


def fitted(X, rate=0.3, **parameters):
    return MNARMasker(rate, random_state=0, **parameters).fit(X)


def standardised(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", OWN_VALUE)
def test_a_value_changes_its_own_probability_and_no_other(kind, shape):
    X = correlated_normal()
    masker = fitted(X, kind=kind, shape=shape)
    moved = X.copy()
    moved[:, 2] = X[::-1, 2]
    before, after = masker.propensity(X), masker.propensity(moved)
    np.testing.assert_array_equal(after[:, 2], before[::-1, 2])
    np.testing.assert_array_equal(np.delete(after, 2, 1), np.delete(before, 2, 1))


@pytest.mark.parametrize("kind", OWN_VALUE)
def test_shapes_say_which_values_go_missing(kind):
    X = np.linspace(-2, 2, 401)[:, np.newaxis]
    P = {s: fitted(X, 0.2, kind=kind, shape=s).propensity(X)[:, 0] for s in SHAPES}
    assert (np.diff(P["right"]) >= 0).all()
    assert (np.diff(P["left"]) <= 0).all()
    assert (np.diff(P["mid"][:201]) >= 0).all()
    assert (np.diff(P["mid"][200:]) <= 0).all()
    assert (np.diff(P["tail"][:201]) <= 0).all()
    assert (np.diff(P["tail"][200:]) >= 0).all()
    for p in P.values():
        assert p.max() > 1.5 * p.min()


@pytest.mark.parametrize("shape", ["right", "left"])
def test_self_is_strictly_monotone_in_the_value(shape):
    X = correlated_normal()
    P = fitted(X, shape=shape).propensity(X)
    for values, p in zip(X.T, P.T, strict=True):
        ordered = p[np.argsort(values if shape == "right" else -values)]
        assert (np.diff(ordered) > 0).all()


def test_quantile_masks_the_share_at_risk_at_one_level():
    X = correlated_normal()
    masker = fitted(X, 0.1, kind="quantile", at_risk=0.25)
    for values, p in zip(X.T, masker.propensity(X).T, strict=True):
        top = values >= np.sort(values)[-500]
        assert set(p[top]) == {0.4}
        assert set(p[~top]) == {0.0}


def test_values_equal_to_the_threshold_are_at_risk():
    X = np.repeat([0.0, 1.0, 2.0], [50, 40, 10]).reshape(-1, 1)
    masker = MNARMasker(0.1, kind="quantile", at_risk=0.2, row_key="position")
    P = masker.fit(X).propensity(X)[:, 0]
    np.testing.assert_allclose(P, np.where(X[:, 0] >= 1, 0.2, 0.0))


def test_latent_depends_on_the_latent_score_alone():
    X = correlated_normal()
    masker = fitted(X, kind="latent")
    direction = np.zeros(6)
    direction[:2] = masker.weights_[1], -masker.weights_[0]
    along = np.random.default_rng(3).normal(size=(len(X), 1)) * direction
    np.testing.assert_allclose(
        masker.propensity(X + along), masker.propensity(X), rtol=1e-9
    )
    assert (masker.propensity(X + masker.weights_) > masker.propensity(X)).all()
    # All columns share the score, so they share the order of the rows.
    P = masker.propensity(X)
    for p in P.T:
        assert (np.diff(p[np.argsort(P[:, 0])]) >= 0).all()


def test_logistic_depends_on_own_value_and_latent_score():
    X = correlated_normal()
    masker = fitted(X, kind="logistic", strength=1.5)
    latent = (X - X.mean(axis=0)) @ masker.weights_ / masker.score_scale_
    assert latent.std() == pytest.approx(1)
    score = (standardised(X) + latent[:, np.newaxis]) / np.sqrt(2)
    expected = special.expit(1.5 * score + masker.intercepts_)
    np.testing.assert_allclose(masker.propensity(X), expected, rtol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_self_follows_the_formula(shape):
    X = correlated_normal()
    masker = fitted(X, shape=shape, strength=1.5)
    z = standardised(X)
    shaped = {"right": z, "left": -z, "mid": -abs(z), "tail": abs(z)}[shape]
    expected = special.expit(1.5 * shaped + masker.intercepts_)
    np.testing.assert_allclose(masker.propensity(X), expected, rtol=1e-9)


@pytest.mark.parametrize("kind", ["self", "latent", "logistic"])
def test_no_strength_is_mcar(kind):
    X = correlated_normal()
    P = fitted(X, kind=kind, strength=0).propensity(X)
    np.testing.assert_allclose(P, np.full(X.shape, 0.3))


@pytest.mark.parametrize("kind", KINDS)
def test_a_constant_column_loses_values_completely_at_random(kind):
    X = correlated_normal()
    X[:, 1] = 0.1
    P = fitted(X, kind=kind, features=[1], rate_unit="columns").propensity(X)
    if kind in OWN_VALUE:
        np.testing.assert_allclose(P[:, 1], 0.3)
    assert P[:, 1].mean() == pytest.approx(0.3)


def test_a_great_strength_is_a_threshold():
    X = correlated_normal()
    mask = fitted(X, 0.25, strength=1e6).mask(X)
    for values, hidden in zip(X.T, mask.T, strict=True):
        assert hidden.sum() == pytest.approx(500, abs=1)
        assert values[hidden].min() >= values[~hidden].max()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"kind": "quantile", "missing_rate": 0.6}, "at most 0.5 is possible"),
        ({"kind": "quantile", "missing_rate": [0.6, *[0] * 5]}, "of column 0 cannot"),
        ({"kind": "nonsense"}, "'kind' parameter"),
        ({"at_risk": 0}, "'at_risk' parameter"),
        ({"strength": -1}, "'strength' parameter"),
        ({"shape": "up"}, "'shape' parameter"),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        MNARMasker(random_state=0).set_params(**parameters).fit(correlated_normal())
