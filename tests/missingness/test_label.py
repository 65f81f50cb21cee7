"""Masking by the target: in training only, and only with a target."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline

from sparsekit.missingness import LabelMasker, MissingnessTransformer
from tests.missingness.mechanism_cases import correlated_normal

RATES = {"ill": 0.6, "well": 0.1}


def table():
    X = correlated_normal()
    return X, np.where(X[:, 0] + X[:, 1] > 0, "ill", "well")


@pytest.mark.parametrize("storage", [np.asarray, sparse.csr_array])
def test_rates_by_label_hold(storage):
    X, y = table()
    masked = LabelMasker(RATES, random_state=0).fit_transform(storage(X), y)
    hidden = np.isnan(sparse.csr_array(masked).toarray())
    for label, rate in RATES.items():
        # About 6000 cells: a standard deviation of 0.006.
        assert hidden[y == label].mean() == pytest.approx(rate, abs=0.03)


def test_the_probability_of_a_cell_is_the_rate_of_its_label():
    X, y = table()
    masker = LabelMasker(RATES, random_state=0).fit(X, y)
    P = masker.propensity(X, y)
    np.testing.assert_array_equal(P[y == "ill"], 0.6)
    np.testing.assert_array_equal(P[y == "well"], 0.1)
    np.testing.assert_allclose(masker.target_rates_, P.mean(axis=0))


def test_values_of_x_change_no_probability():
    X, y = table()
    for rate, target in ((RATES, y), (0.3, (y == "ill") * 1.5)):
        masker = LabelMasker(rate, random_state=0).fit(X, target)
        np.testing.assert_array_equal(
            masker.propensity(X[::-1] * 1e3, target), masker.propensity(X, target)
        )


def test_a_number_as_target_drives_the_log_odds():
    X, _ = table()
    y = np.random.default_rng(0).normal(5, 3, len(X))
    P = LabelMasker(0.3, strength=2, random_state=0).fit(X, y).propensity(X, y)
    logits = np.log(P[:, 0]) - np.log1p(-P[:, 0])
    slope = np.polyfit((y - y.mean()) / y.std(), logits, 1)[0]
    assert slope == pytest.approx(2)


def test_transform_returns_the_values_as_they_are():
    X, y = table()
    masker = LabelMasker(RATES, random_state=0)
    assert np.isnan(masker.fit_transform(X, y)).any()
    np.testing.assert_array_equal(masker.transform(X), X)


def test_in_a_pipeline_predictions_are_made_from_complete_data():
    X, y = table()
    trees = HistGradientBoostingClassifier(max_iter=5)
    model = make_pipeline(LabelMasker(RATES, random_state=0), trees).fit(X, y)
    np.testing.assert_array_equal(model.predict(X), trees.predict(X))


@pytest.mark.parametrize("when", ["both", "fit", "transform"])
@pytest.mark.parametrize(
    "mechanism", [LabelMasker(RATES), [("a", LabelMasker(RATES), [0, 1, 2, 3, 4, 5])]]
)
def test_the_transformer_masks_by_label_in_training_only(mechanism, when):
    X, y = table()
    masker = MissingnessTransformer(mechanism, when=when, random_state=0)
    in_fit = masker.fit_transform(X, y)
    expected = LabelMasker(RATES, random_state=0).fit_transform(X, y)
    np.testing.assert_array_equal(in_fit, X if when == "transform" else expected)
    np.testing.assert_array_equal(masker.transform(X), X)
    np.testing.assert_array_equal(masker.mask(X, y), np.isnan(expected))


@pytest.mark.parametrize(
    "masker", [LabelMasker(), MissingnessTransformer([("a", "label", [0])])], ids=repr
)
@pytest.mark.parametrize("method", ["fit", "fit_transform", "mask", "propensity"])
def test_without_a_target_it_says_so(masker, method):
    X, _ = table()
    masker.fit(X, X[:, 0])
    with pytest.raises(ValueError, match="requires y to be passed"):
        getattr(masker, method)(X)


@pytest.mark.parametrize(
    ("parameters", "target", "message"),
    [
        ({}, "text", "Unknown label type: y must hold numbers"),
        ({"missing_rate": {"ill": 0.5}}, "text", r"without a rate: \['well'\]"),
        ({"missing_rate": {"ill": 2, "well": 0}}, "text", "all its values in"),
        ({"missing_rate": {}}, "text", "without a rate"),
        ({"missing_rate": RATES, "rate_unit": "rows"}, "text", "rate per label"),
        ({"missing_rate": {"ill": 0.5, "well": 0.1}, "features": [0]}, "text", "reach"),
        ({}, "short", "inconsistent numbers of samples"),
        ({}, "holed", "Input y contains NaN"),
    ],
)
def test_bad_targets_and_rates_are_refused(parameters, target, message):
    X, y = table()
    targets = {"text": y, "short": X[:9, 0], "holed": np.where(y == "ill", np.nan, 1)}
    with pytest.raises(ValueError, match=message):
        LabelMasker(random_state=0).set_params(**parameters).fit(X, targets[target])


def test_rates_by_label_are_shares_of_the_chosen_columns_if_so_wanted():
    X, y = table()
    masker = LabelMasker(RATES, features=[0, 2], rate_unit="columns", random_state=0)
    P = masker.fit(X, y).propensity(X, y)
    assert (P[y == "ill"] == [0.6, 0, 0.6, 0, 0, 0]).all()


def test_integer_labels_have_rates():
    X, y = table()
    codes = (y == "ill").astype(int)
    masker = LabelMasker({1: 0.6, 0: 0.1}, random_state=0)
    expected = LabelMasker(RATES, random_state=0).fit_transform(X, y)
    np.testing.assert_array_equal(masker.fit_transform(X, codes), expected)
