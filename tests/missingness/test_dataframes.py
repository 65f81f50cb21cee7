"""Tables in, arrays or tables out."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sparsekit.missingness import MCARMasker


def values():
    return np.random.default_rng(0).integers(-9, 9, size=(60, 3)).astype(float)


def test_a_table_is_masked_as_its_array():
    X = values()
    expected = MCARMasker(random_state=0).fit_transform(X)
    for table in (pd.DataFrame(X, columns=["a", "b", "c"]), pl.DataFrame(X)):
        masked = MCARMasker(random_state=0).fit_transform(table)
        assert isinstance(masked, np.ndarray)
        np.testing.assert_array_equal(masked, expected)


@pytest.mark.parametrize("when", ["both", "fit", "transform"])
def test_pandas_output_keeps_index_and_names(when):
    X = pd.DataFrame(values(), columns=["a", "b", "c"], index=np.arange(60) * 3)
    masker = MCARMasker(when=when, random_state=0).set_output(transform="pandas")
    for masked in (masker.fit_transform(X), masker.transform(X)):
        assert isinstance(masked, pd.DataFrame)
        pd.testing.assert_index_equal(masked.index, X.index)
        pd.testing.assert_index_equal(masked.columns, X.columns)
        pd.testing.assert_frame_equal(masked.fillna(X), X)


def test_polars_output_keeps_names():
    X = pl.DataFrame(values(), schema=["a", "b", "c"])
    masker = MCARMasker(random_state=0).set_output(transform="polars")
    masked = masker.fit_transform(X)
    assert isinstance(masked, pl.DataFrame)
    assert masked.columns == ["a", "b", "c"]
    np.testing.assert_array_equal(np.isnan(masked.to_numpy()), masker.mask(X))


@pytest.mark.parametrize(
    "types",
    [
        "int64",
        "Int64",
        "Float32",
        "boolean",
        "category",
        "object",
        {"a": "int8", "b": "float32", "c": "category"},
        {"a": "Int64", "b": "bool", "c": "float64"},
    ],
    ids=str,
)
def test_numeric_columns_of_any_type_are_masked_as_numbers(types):
    X = pd.DataFrame((values() > 0).astype(float), columns=["a", "b", "c"])
    masker = MCARMasker(0.5, row_key="position", random_state=0)
    expected = masker.fit_transform(X)
    np.testing.assert_array_equal(masker.fit_transform(X.astype(types)), expected)


def test_missing_entries_of_nullable_columns_stay_missing():
    X = pd.DataFrame({"a": [1, None, 3], "b": [4, 5, None]}, dtype="Int64")
    masker = MCARMasker(0.0, random_state=0)
    np.testing.assert_array_equal(
        masker.fit_transform(X), [[1, 4], [np.nan, 5], [3, np.nan]]
    )
    assert not masker.mask(X).any()


def test_nulls_of_polars_stay_missing():
    X = pl.DataFrame({"a": [1, None, 3], "b": [4.0, 5.0, None]})
    masked = MCARMasker(0.0, random_state=0).fit_transform(X)
    np.testing.assert_array_equal(masked, [[1, 4], [np.nan, 5], [3, np.nan]])


def test_text_is_refused_with_the_name_of_its_column():
    X = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    with pytest.raises(ValueError, match=r"Column 'b' of X holds text.*'x'"):
        MCARMasker().fit(X)


def test_the_table_is_not_modified():
    X = pd.DataFrame(values(), columns=["a", "b", "c"])
    before = X.copy(deep=True)
    MCARMasker(0.5, random_state=0).set_output(transform="pandas").fit_transform(X)
    pd.testing.assert_frame_equal(X, before)


def test_feature_names_go_in_and_out():
    masker = MCARMasker(random_state=0).fit(pd.DataFrame(values(), columns=list("xyz")))
    assert masker.feature_names_in_.tolist() == ["x", "y", "z"]
    assert masker.get_feature_names_out().tolist() == ["x", "y", "z"]
