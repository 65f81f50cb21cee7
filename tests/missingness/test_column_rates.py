"""missing_rate, rate_unit and features: from parameters to one rate per column."""

import numpy as np
import pandas as pd
import pytest

from sparsekit.missingness import MCARMasker


def frame(n_samples=40):
    values = np.random.default_rng(0).normal(size=(n_samples, 4))
    return pd.DataFrame(values, columns=["a", "b", "c", "d"])


def rates_of(X=None, **parameters):
    X = frame() if X is None else X
    return MCARMasker(random_state=0, **parameters).fit(X).target_rates_.tolist()


def test_one_rate_holds_for_all_columns():
    assert rates_of(missing_rate=0.3) == [0.3] * 4


@pytest.mark.parametrize("kind", [list, tuple, np.array, pd.Series])
def test_one_rate_per_column(kind):
    assert rates_of(missing_rate=kind([0.0, 0.1, 0.5, 1.0])) == [0.0, 0.1, 0.5, 1.0]


@pytest.mark.parametrize(
    "features",
    [
        ["b", "d"],
        [1, 3],
        [3, 1, 3],
        [-3, -1],
        [False, True, False, True],
        np.array(["b", "d"]),
        pd.Index(["d", "b"]),
    ],
    ids=repr,
)
def test_columns_are_chosen_by_name_index_or_mask(features):
    rates = rates_of(missing_rate=0.25, rate_unit="columns", features=features)
    assert rates == [0.0, 0.25, 0.0, 0.25]


def test_the_rate_is_a_share_of_all_cells_by_default():
    assert rates_of(missing_rate=0.2, features=["b", "d"]) == [0.0, 0.4, 0.0, 0.4]


def test_the_realized_rate_of_chosen_columns_is_the_share_of_all_cells():
    X = frame(20_000)
    masker = MCARMasker(0.2, features=["b", "d"], random_state=0).fit(X)
    # Standard error of the share: sqrt(0.4 * 0.6 / 40_000) / 2 = 0.0012.
    assert masker.realized_rate_ == pytest.approx(0.2, abs=0.006)
    assert not masker.mask(X)[:, [0, 2]].any()


def test_a_rate_out_of_reach_is_refused():
    with pytest.raises(ValueError, match=r"missing_rate=0.6 .* 2 of 4 .* at most 0.5"):
        rates_of(missing_rate=0.6, features=["b", "d"])


@pytest.mark.parametrize("rate", [-0.1, 1.1, np.nan, "0.5", None])
def test_a_rate_outside_the_unit_interval_is_refused(rate):
    with pytest.raises(ValueError, match="'missing_rate' parameter"):
        rates_of(missing_rate=rate)


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ([0.1, 0.2], r"shape \(2,\), but X has 4 columns"),
        ([[0.1, 0.2, 0.3, 0.4]], r"shape \(1, 4\), but X has 4 columns"),
        ([0.1, 0.2, 0.3, 1.5], r"all its values in \[0, 1\]"),
        ([0.1, 0.2, 0.3, np.nan], r"all its values in \[0, 1\]"),
        (["a", "b", "c", "d"], "array-like of such numbers"),
    ],
)
def test_bad_rates_per_column_are_refused(rates, message):
    with pytest.raises(ValueError, match=message):
        rates_of(missing_rate=rates)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ("a", "'features' parameter"),
        ([], "non-empty one-dimensional"),
        ([[0, 1]], "non-empty one-dimensional"),
        ([4], "index outside X's 4 columns"),
        ([-5], "index outside X's 4 columns"),
        ([True, False], "boolean mask of 2 values"),
        ([False] * 4, "selects no column"),
        (["a", "z"], r"does not have: \['z'\]"),
        (["a", 1], "only names, only integers or only booleans"),
        ([0.5], "only names, only integers or only booleans"),
    ],
)
def test_bad_features_are_refused(features, message):
    with pytest.raises(ValueError, match=message):
        rates_of(missing_rate=0.1, features=features)


def test_names_need_a_table_with_names():
    with pytest.raises(ValueError, match="X has no column names"):
        rates_of(np.ones((3, 4)), missing_rate=0.1, features=["a"])


def test_rates_per_column_exclude_features():
    with pytest.raises(ValueError, match="cannot be combined with features"):
        rates_of(missing_rate=[0.1] * 4, features=[0])


def test_parameters_are_not_modified():
    rates, features = np.array([0.1, 0.2, 0.3, 0.4]), np.array([2, -1, 0])
    masker = MCARMasker(rates, random_state=0).fit(frame())
    masker.target_rates_[:] = 0.0
    rates_of(missing_rate=0.1, features=features)
    assert rates.tolist() == [0.1, 0.2, 0.3, 0.4]
    assert features.tolist() == [2, -1, 0]


def test_a_rate_that_rounding_puts_out_of_reach_is_reached():
    X = np.random.default_rng(0).normal(size=(50, 10))
    rate = 0.1 + 0.2
    assert rate > 3 / 10
    masker = MCARMasker(rate, features=[0, 1, 2], row_key="position").fit(X)
    assert masker.target_rates_.tolist() == [1.0] * 3 + [0.0] * 7
    by_column = MCARMasker([1.0] * 3 + [0.0] * 7, row_key="position").fit(X)
    assert by_column.target_rates_.tolist() == masker.target_rates_.tolist()
