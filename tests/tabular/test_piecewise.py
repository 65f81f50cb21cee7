"""Numbers as piecewise linear functions of themselves."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.preprocessing import SplineTransformer

from sparsekit.tabular import PiecewiseLinearEncoder

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 3))
X[:, 1] = np.arange(200) % 2
X[:, 2] = np.arange(200) % 5
HOLED = np.where(RNG.random(X.shape) < 0.2, np.nan, X)


def naive(values, edges):
    """Return the encoding of Gorishniy et al., equation 1, value by value.

    Their first and last bins are open; here they end where `include_values` takes over.
    """
    rows = []
    for x in values:
        row = []
        for low, high in pairwise(edges):
            if np.isnan(x):
                row.append(np.nan)
            elif x < low:
                row.append(0.0)
            elif x >= high:
                row.append(1.0)
            else:
                row.append((x - low) / (high - low))
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("strategy", ["quantile", "tree"])
def test_bins_are_those_of_the_paper(strategy):
    encoder = PiecewiseLinearEncoder(6, strategy=strategy, include_values=False)
    found = encoder.fit(HOLED, X[:, 0] ** 2).transform(HOLED * 1.5)
    expected = [
        naive(HOLED[:, j] * 1.5, edges) for j, edges in enumerate(encoder.bin_edges_)
    ]
    np.testing.assert_allclose(found, np.hstack(expected), rtol=1e-12)


def test_bins_span_what_linear_splines_of_the_same_knots_span():
    x = np.sort(RNG.normal(size=(300, 1)), axis=0)
    ours = PiecewiseLinearEncoder(5, include_values=False).fit(x)
    knots = ours.bin_edges_[0][:, np.newaxis]
    splines = SplineTransformer(degree=1, knots=knots).fit_transform(x)
    both = np.hstack([np.ones((300, 1)), ours.transform(x)])
    # Each is a linear function of the other.
    for a, b in ((both, splines), (splines, both)):
        fitted = a @ np.linalg.lstsq(a, b, rcond=None)[0]
        np.testing.assert_allclose(fitted, b, atol=1e-10)


def test_quantile_bins_are_nearly_those_of_splines_by_quantiles():
    x = RNG.normal(size=(5000, 1))
    splines = SplineTransformer(5, degree=1, knots="quantile").fit(x)
    edges = PiecewiseLinearEncoder(4).fit(x).bin_edges_[0]
    knots = splines.bsplines_[0].t[1:-1]
    np.testing.assert_allclose(edges, knots, atol=0.01)


def test_a_value_stands_before_its_bins_and_a_binary_column_has_one_output():
    encoder = PiecewiseLinearEncoder(4).fit(X)
    assert encoder.n_outputs_per_feature_ == [5, 1, 5]
    found = encoder.transform(X)
    np.testing.assert_array_equal(found[:, [0, 5, 6]], X)


def test_a_column_of_whole_numbers_has_an_edge_at_each():
    encoder = PiecewiseLinearEncoder().fit(X)
    assert encoder.bin_edges_[2].tolist() == [0, 1, 2, 3, 4]


def test_a_constant_column_has_no_output():
    encoder = PiecewiseLinearEncoder().fit(np.full((5, 1), 3.0))
    assert encoder.transform([[3.0], [4.0]]).shape == (2, 0)
    assert encoder.get_feature_names_out().size == 0


def test_one_bin_runs_from_the_smallest_value_to_the_largest():
    found = PiecewiseLinearEncoder(1).fit_transform(X[:, :1])
    low, high = X[:, 0].min(), X[:, 0].max()
    np.testing.assert_allclose(found[:, 0], (X[:, 0] - low) / (high - low))


def test_values_beyond_the_edges_are_told_apart_by_the_value_only():
    encoder = PiecewiseLinearEncoder(4).fit(X[:, :1])
    found = encoder.transform([[50.0], [90.0]])
    np.testing.assert_array_equal(found[0, 1:], found[1, 1:])
    assert found[:, 0].tolist() == [50.0, 90.0]


def test_a_missing_value_is_missing_in_all_its_outputs():
    found = PiecewiseLinearEncoder(4).fit(HOLED).transform(HOLED)
    missing = np.isnan(HOLED)[:, [0] * 5 + [1] + [2] * 5]
    np.testing.assert_array_equal(np.isnan(found), missing)


def test_an_indicator_says_where_a_value_is_missing():
    X = np.c_[HOLED[:, :2], RNG.normal(size=200)]
    encoder = PiecewiseLinearEncoder(2, add_indicator=True).fit(X)
    assert encoder.indicator_features_.tolist() == [0, 1]
    found = encoder.transform(X)
    np.testing.assert_array_equal(found[:, [3, 5]], np.isnan(X[:, :2]))
    names = ["x0", "x0_bin0", "x0_bin1", "x0_missing", "x1", "x1_missing"]
    assert encoder.get_feature_names_out().tolist()[:6] == names


def test_an_indicator_of_a_column_without_values_stays():
    encoder = PiecewiseLinearEncoder(add_indicator=True).fit(np.full((3, 1), np.nan))
    assert encoder.transform([[np.nan], [2.0]]).tolist() == [[1.0], [0.0]]
    assert encoder.get_feature_names_out().tolist() == ["x0_missing"]


def test_sparse_output_holds_the_same_and_stores_what_is_missing():
    dense = PiecewiseLinearEncoder().fit_transform(HOLED)
    found = PiecewiseLinearEncoder(sparse_output=True).fit_transform(HOLED)
    assert sparse.issparse(found)
    assert found.format == "csr"
    assert np.isnan(found.data).any()
    np.testing.assert_array_equal(found.toarray(), dense)


def test_names_are_those_of_the_table():
    table = pd.DataFrame(X, columns=["age", "sex", "rooms"])
    encoder = PiecewiseLinearEncoder(2).fit(table)
    names = ["age", "age_bin0", "age_bin1", "sex", "rooms", "rooms_bin0", "rooms_bin1"]
    assert encoder.get_feature_names_out().tolist() == names
    found = encoder.set_output(transform="pandas").transform(table)
    assert found.columns.tolist() == names


def test_given_edges_are_taken():
    encoder = PiecewiseLinearEncoder(strategy=[[0, 1, 3], [5], (0, 1)])
    found = encoder.fit([[2.0, 5.0, 0.5]]).transform([[2.0, 5.0, 0.5]])
    assert found.tolist() == [[2.0, 1.0, 0.5, 0.5]]


@pytest.mark.parametrize(
    "edges", [[1, 0], [0, 0], [0, np.inf], [np.nan, 1], ["a", "b"], [[0, 1]], 3, None]
)
def test_edges_that_are_none_are_refused(edges):
    with pytest.raises(ValueError, match=r"strategy\[1\] must be finite, increasing"):
        PiecewiseLinearEncoder(strategy=[[0, 1], edges]).fit(X[:, :2])


def test_edges_of_too_few_columns_are_refused():
    with pytest.raises(ValueError, match="edges for 1 columns, but X has 3"):
        PiecewiseLinearEncoder(strategy=[[0, 1]]).fit(X)


def test_trees_need_a_target_and_know_all_of_it():
    encoder = PiecewiseLinearEncoder(strategy="tree")
    with pytest.raises(ValueError, match="requires y to be passed"):
        encoder.fit(X)
    with pytest.raises(ValueError, match="1 of 200 targets are unknown"):
        encoder.fit(X, np.where(np.arange(200) == 7, np.nan, 1.0))


@pytest.mark.parametrize("target_type", ["auto", "classification"])
def test_trees_of_classes_cut_where_classes_change(target_type):
    x = np.linspace(0, 1, 400)[:, np.newaxis]
    y = np.where(x[:, 0] < 0.25, "low", "high")
    encoder = PiecewiseLinearEncoder(2, strategy="tree", target_type=target_type)
    assert encoder.fit(x, y).bin_edges_[0][1] == pytest.approx(0.25, abs=0.01)


def test_trees_take_several_targets():
    x = np.linspace(0, 1, 400)[:, np.newaxis]
    y = np.c_[x[:, 0] > 0.3, 1e6 * (x[:, 0] > 0.8)].astype(float)
    edges = PiecewiseLinearEncoder(3, strategy="tree").fit(x, y + x).bin_edges_[0]
    np.testing.assert_allclose(edges[1:-1], [0.3, 0.8], atol=0.01)


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1.0, 1e12, 1e300])
def test_trees_of_numbers_do_not_depend_on_the_unit_of_the_target(size):
    x = np.linspace(0, 1, 400)[:, np.newaxis]
    y = np.where(x[:, 0] < 0.25, 0.0, size)
    encoder = PiecewiseLinearEncoder(2, strategy="tree", target_type="regression")
    assert encoder.fit(x, y).bin_edges_[0][1] == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1e-200, 1e200, 1.79e308])
def test_numbers_of_any_size_become_shares_of_their_bins(size):
    X = np.array([[-size], [0.0], [size], [np.nan]])
    found = PiecewiseLinearEncoder(include_values=False).fit_transform(X)
    expected = [[0, 0], [1, 0], [1, 1], [np.nan, np.nan]]
    np.testing.assert_array_equal(found, expected)


def test_bins_of_the_smallest_and_the_largest_numbers_side_by_side():
    encoder = PiecewiseLinearEncoder(strategy=[[-1.79e308, 0, 5e-324, 1.79e308]])
    found = encoder.set_params(include_values=False).fit([[0.0]])
    found = found.transform([[-1.79e308], [5e-324], [0.895e308]])
    np.testing.assert_allclose(found, [[0, 0, 0], [1, 1, 0], [1, 1, 0.5]])


def test_values_without_a_number_are_read_as_missing():
    table = pd.DataFrame(
        {"a": [1.0, None, 3.0], "b": pd.array([1, pd.NA, 3], dtype="Int64")}
    )
    table["c"] = pd.Series([1, pd.NA, 3], dtype=object)
    found = PiecewiseLinearEncoder(include_values=False).fit_transform(table)
    np.testing.assert_array_equal(found[1], [np.nan] * 3)
    assert not np.isnan(found[[0, 2]]).any()


def test_text_is_refused_by_name():
    table = pd.DataFrame({"age": [1.0, 2.0], "job": ["cook", "baker"]})
    with pytest.raises(ValueError, match="Column 'job' of X holds text"):
        PiecewiseLinearEncoder().fit(table)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_bins", 0),
        ("strategy", "uniform"),
        ("include_values", 2),
        ("add_indicator", None),
        ("target_type", "ranking"),
        ("sparse_output", "yes"),
    ],
)
def test_parameters_that_are_none_are_refused(name, value):
    with pytest.raises(ValueError, match=f"'{name}' parameter"):
        PiecewiseLinearEncoder(**{name: value}).fit(X)


def test_a_fit_that_fails_leaves_the_bins_as_they_were():
    encoder = PiecewiseLinearEncoder().fit(X)
    with pytest.raises(ValueError, match="infinity"):
        encoder.fit(np.full((4, 2), np.inf))
    assert encoder.n_features_in_ == 3
    assert encoder.transform(X).shape == (200, 15)
