"""Tables of numbers, categories and dates as arrays of numbers."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from sparsekit.tabular import TableEncoder

EARLIER, LATER = pd.Timestamp("2020-01-01"), pd.Timestamp("2021-03-14 06:00")


def encoded(values, *, of=None, **parameters):
    """Return how a column is encoded, and the names of the outputs."""
    encoder = TableEncoder(**{"min_frequency": 1} | parameters)
    encoder.fit(pd.DataFrame({"c": values}))
    found = encoder.transform(pd.DataFrame({"c": values if of is None else of}))
    return found.tolist(), encoder.get_feature_names_out().tolist()


def assert_column(values, expected, **given):
    found, names = encoded(values, **given)
    np.testing.assert_array_equal(np.ravel(found), expected)
    assert names == ["c"]


NUMBERS = {
    "numbers": ([1.5, np.nan, 2.0], [1.5, np.nan, 2.0]),
    "truth values": ([True, False, True], [1, 0, 1]),
    "truth values with holes": ([True, None, False], [1, np.nan, 0]),
    "booleans of pandas": (pd.array([True, pd.NA], dtype="boolean"), [1, np.nan]),
    "Int64": (pd.array([1, pd.NA, 7], dtype="Int64"), [1, np.nan, 7]),
    "objects": (pd.Series([1, 2.5, None], dtype=object), [1, 2.5, np.nan]),
    "objects and pd.NA": (pd.Series([1, pd.NA], dtype=object), [1, np.nan]),
    "objects and NaT": (pd.Series([1, pd.NaT], dtype=object), [1, np.nan]),
    "decimals": ([Decimal("1.5"), None], [1.5, np.nan]),
    "large integers": (pd.Series([2**70, 1], dtype=object), [2.0**70, 1]),
    "timedeltas": (pd.to_timedelta(["1h", None]), [3600, np.nan]),
    "timedelta objects": (
        pd.Series([dt.timedelta(hours=1), None], dtype=object),
        [3600, np.nan],
    ),
    "sparse column": (pd.arrays.SparseArray([0.0, 1.0]), [0, 1]),
    "half precision": (np.array([1, 2], dtype=np.float16), [1, 2]),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_stay_as_they_are(kind):
    values, expected = NUMBERS[kind]
    assert_column(values, expected)


def test_columns_of_pyarrow_are_read():
    pytest.importorskip("pyarrow")
    assert_column(pd.array([1, None], dtype="int64[pyarrow]"), [1, np.nan])
    assert_column(pd.to_timedelta(["1h"]).astype("duration[ns][pyarrow]"), [3600])
    days = pd.to_datetime(["2020-01-01", "2020-01-02"])
    for values in (days, days.astype("timestamp[ns][pyarrow]")):
        found, names = encoded(pd.Series(values))
        assert names == ["c_days", "c_day", "c_weekday_2"]
        assert found == [[18262, 1, 1], [18263, 2, 0]]


@pytest.mark.parametrize(
    "values",
    [
        ["b", "a", "b", None],
        pd.Categorical(["b", "a", "b", None]),
        pd.Categorical([7, 3, 7, None]),
        pd.Categorical([LATER, EARLIER, LATER, None]),
        pd.array(["b", "a", "b", None], dtype="string"),
        np.array(["b", "a", "b", np.nan], dtype=object),
    ],
    ids=["text", "category", "integers", "days", "string", "objects"],
)
def test_two_categories_become_one_output(values):
    found, names = encoded(values)
    np.testing.assert_array_equal(np.ravel(found), [1, 0, 1, np.nan])
    assert len(names) == 1


def test_more_categories_become_an_output_each_the_most_frequent_first():
    found, names = encoded(["a", "b", "c", "b", None])
    assert names == ["c_b", "c_a", "c_c"]
    np.testing.assert_array_equal(found[:3], [[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    assert np.isnan(found[4]).all()


def test_rare_categories_share_an_output_and_unseen_ones_count_as_rare():
    values = ["a"] * 5 + ["b"] * 5 + ["c", "d"]
    found, names = encoded(values, of=["a", "c", "new"], min_frequency=5)
    assert names == ["c_a", "c_b", "c_others"]
    assert found == [[1, 0, 0], [0, 0, 1], [0, 0, 1]]


def test_an_unseen_category_is_missing_where_no_category_was_rare():
    found, _ = encoded(["a", "b", "c"], of=["b", "new"])
    np.testing.assert_array_equal(found, [[0, 1, 0], [np.nan] * 3])


def test_the_most_frequent_category_is_kept_where_all_are_rare():
    found, names = encoded(["a", "b", "b", "c"], min_frequency=5)
    assert names == ["c_b"]
    assert np.ravel(found).tolist() == [0, 1, 1, 0]


def test_max_categories_get_an_output():
    values = ["a"] * 3 + ["b"] * 2 + ["c"]
    assert encoded(values, max_categories=1)[1] == ["c_a"]
    assert encoded(values, max_categories=2)[1] == ["c_a", "c_b", "c_others"]


@pytest.mark.parametrize("named", [["c"], [0], [True]])
def test_numbers_are_categories_where_the_user_says_so(named):
    assert encoded([3, 5, 3], categorical_features=named)[1] == ["c_3"]


def test_text_is_categories_whatever_the_user_names():
    assert encoded(["a", "b"], categorical_features=[False])[1] == ["c_a"]


@pytest.mark.parametrize("named", [["d"], [1], [-1]])
def test_columns_that_are_not_there_cannot_be_named(named):
    with pytest.raises(ValueError, match=r"categorical_features=.* are not columns"):
        encoded([1, 2], categorical_features=named)
    with pytest.raises(ValueError, match="mask of 2 columns, but X has 1"):
        encoded([1, 2], categorical_features=[True, False])


DATES = {
    "ISO 8601": ["2020-01-01", "2021-03-14T06:00:00", None],
    "dates": [dt.date(2020, 1, 1), dt.datetime(2021, 3, 14, 6), None],
    "datetimes": pd.Series([EARLIER, LATER, None]),
    "datetime objects": pd.Series(
        [dt.datetime(2020, 1, 1), dt.datetime(2021, 3, 14, 6), None], dtype=object
    ),
    "time zone": pd.Series([EARLIER, LATER, None]).dt.tz_localize("America/New_York"),
}


@pytest.mark.parametrize("kind", DATES)
def test_dates_become_their_parts(kind):
    found, names = encoded(DATES[kind])
    assert names == ["c_days", "c_month_1", "c_day", "c_weekday_2", "c_hour"]
    expected = [[18262, 1, 1, 1, 0], [18700, 0, 14, 0, 6], [np.nan] * 5]
    np.testing.assert_array_equal(found, expected)


def test_dates_of_text_with_a_time_zone_are_read_in_utc():
    found, _ = encoded(["2020-01-01T23:00:00-03:00", "2020-01-03T00:00:00Z"])
    assert [row[0] for row in found] == [18263, 18264]


def test_parts_of_dates_that_do_not_vary_are_left_out():
    assert encoded(["2020-01-01", "2020-01-08"])[1] == ["c_days", "c_day"]


def test_dates_beyond_those_of_nanoseconds_are_read():
    found, _ = encoded([dt.date(9999, 12, 31), dt.date(1, 1, 1)])
    assert found[0][0] == 2932896


def test_years_as_text_are_categories():
    assert encoded(["1999", "2000", "1999"])[1] == ["c_1999"]


@pytest.mark.parametrize("empty", [np.nan, None, pd.NaT, pd.NA])
def test_a_column_without_values_has_no_output_whatever_comes_later(empty):
    table = pd.DataFrame({"a": [1, 2], "b": pd.Series([empty] * 2, dtype=object)})
    encoder = TableEncoder().fit(table)
    assert encoder.kinds_ == ["number", "empty"]
    later = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert encoder.transform(later).tolist() == [[1], [2]]


def test_a_constant_number_stays_and_a_constant_category_goes():
    table = pd.DataFrame({"a": [5, 5], "b": ["x", "x"], "c": ["2020-01-01"] * 2})
    encoder = TableEncoder(min_frequency=1).fit(table)
    assert encoder.get_feature_names_out().tolist() == ["a"]


REFUSED = {
    "lists": [[1], [2, 3]],
    "arrays": [np.zeros(2), np.ones(3)],
    "dicts": [{}, {"a": 1}],
    "bytes": [b"a", b"b"],
    "times of day": [dt.time(1), dt.time(2)],
    "complex numbers": [1j, 2.0],
    "complex objects": pd.Series([1j, None], dtype=object),
    "numbers and text": pd.Series([1, "a"], dtype=object),
    "periods": pd.period_range("2020", periods=2),
    "too large": pd.Series([10**400, 1], dtype=object),
    "infinity": [np.inf, 1.0],
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_no_column_can_be_is_refused_by_name(kind):
    with pytest.raises(ValueError, match=r"[Cc]olumn 'c'"):
        encoded(REFUSED[kind])


def test_lists_are_no_categories_either():
    with pytest.raises(ValueError, match="Column 'c' of X holds mixed values"):
        encoded([[1], [2]], categorical_features=["c"])
    with pytest.raises(ValueError, match="Column 'c' of X holds mixed values"):
        encoded(["a", "b"], of=[["a"], ["b"]])


def test_free_text_is_refused_by_name():
    with pytest.raises(ValueError, match=r"'c' of X holds text with 50 distinct") as e:
        encoded([f"remark {i}" for i in range(50)])
    assert "TfidfVectorizer" in str(e.value)


@pytest.mark.parametrize(
    ("learned", "later", "message"),
    [
        ([1, 2], ["a", "b"], "holds numbers, and one is none"),
        ([1, 2], [EARLIER, LATER], "numbers in fit, and now dates"),
        ([1, 2], [np.inf, 1], "contains infinity"),
        ([EARLIER, LATER], ["2020-01-01", "soon"], "holds dates, and 'soon' is none"),
    ],
)
def test_a_column_that_holds_something_else_later_is_refused_by_name(
    learned, later, message
):
    with pytest.raises(ValueError, match=f"Column 'c' of X.*{message}"):
        encoded(learned, of=later)


def test_columns_of_the_same_name_are_refused():
    table = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(ValueError, match=r"columns of the same name: \['a'\]"):
        TableEncoder().fit(table)


def test_columns_must_come_in_the_order_of_fit():
    table = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    encoder = TableEncoder().fit(table)
    for wrong in (table[["b", "a"]], table[["a"]], table.assign(c=1)):
        with pytest.raises(ValueError, match="feature names should match"):
            encoder.transform(wrong)


def test_columns_without_names_are_called_as_scikit_learn_does():
    encoder = TableEncoder(min_frequency=1).fit([[1, "a"], [2, "b"]])
    assert encoder.get_feature_names_out().tolist() == ["x0_1", "x1_a"]
    encoder = TableEncoder().fit(np.array([[1.0, 2.0]]))
    assert encoder.get_feature_names_out().tolist() == ["x0", "x1"]
    assert encoder.get_feature_names_out(["p", "q"]).tolist() == ["p", "q"]
    encoder = TableEncoder().fit(pd.DataFrame({0: [1], 1: [2]}))
    assert encoder.get_feature_names_out().tolist() == ["x0", "x1"]


def test_an_array_of_objects_is_read_column_by_column():
    X = np.array([[1, "a", None], [2.5, "b", None]], dtype=object)
    encoder = TableEncoder(min_frequency=1).fit(X)
    assert encoder.kinds_ == ["number", "category", "empty"]
    assert encoder.transform(X).tolist() == [[1, 1], [2.5, 0]]


def test_a_table_of_polars_is_read_as_one_of_pandas():
    pl = pytest.importorskip("polars")
    table = pl.DataFrame(
        {
            "number": [1, None, 3],
            "yes": [True, None, False],
            "job": ["cook", "baker", None],
            "kind": pl.Series(["x", "y", None], dtype=pl.Categorical),
            "day": [dt.date(2020, 1, 1), dt.date(2021, 3, 14), None],
            "took": [dt.timedelta(hours=1), None, dt.timedelta(0)],
        }
    )
    encoder = TableEncoder(min_frequency=1).fit(table)
    kinds = ["number", "number", "category", "category", "date", "number"]
    assert encoder.kinds_ == kinds
    expected = TableEncoder(min_frequency=1).fit_transform(table.to_pandas())
    np.testing.assert_array_equal(encoder.transform(table), expected)
    with pytest.raises(ValueError, match="Column 'a' of X holds mixed values"):
        TableEncoder().fit(pl.DataFrame({"a": [[1], [2]]}))
    with pytest.raises(ValueError, match="feature names should match"):
        encoder.transform(table[["job", *table.columns[:2], *table.columns[3:]]])


def test_sparse_input_is_refused():
    from scipy import sparse

    with pytest.raises(TypeError, match="X is a sparse matrix"):
        TableEncoder().fit(sparse.csr_array(np.eye(3)))


def test_each_output_knows_its_column():
    table = pd.DataFrame({"a": ["x", "y", "z"], "b": [1, 2, 3]})
    encoder = TableEncoder(min_frequency=1).fit(table)
    assert encoder.column_of_outputs_.tolist() == [0, 0, 0, 1]


def test_the_table_is_left_as_it_was():
    table = pd.DataFrame({"a": ["x", None], "b": [1, 2], "c": ["2020-01-01", None]})
    before = table.copy()
    TableEncoder().fit(table).transform(table)
    pd.testing.assert_frame_equal(table, before)


def test_a_fit_that_fails_leaves_the_encoder_as_it_was():
    encoder = TableEncoder().fit(pd.DataFrame({"a": [1, 2]}))
    with pytest.raises(ValueError, match="Column 'c'"):
        encoder.fit(pd.DataFrame({"a": [1], "c": [[1]]}))
    assert encoder.feature_names_in_.tolist() == ["a"]
    assert encoder.kinds_ == ["number"]
