"""What single kinds of tables hold, and what is no table."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import SGDRegressor

from sparsekit._utils._tables._scan import scan
from sparsekit.out_of_core import fit_in_chunks


class Features:
    """Keeps all rows of features."""

    def partial_fit(self, X, y=None):
        rows = np.asarray(X)
        self.rows = np.vstack([self.rows, rows]) if hasattr(self, "rows") else rows


def features(source, **settings):
    found = Features()
    fit_in_chunks(found, source, None, shuffle=False, **settings)
    return found.rows


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, None, 3], pa.int64(), [1, np.nan, 3]),
        ([True, None, False], pa.bool_(), [1, np.nan, 0]),
        ([0.5, None, float("nan")], pa.float32(), [0.5, np.nan, np.nan]),
        ([None, None, None], pa.null(), [np.nan] * 3),
    ],
)
def test_nulls_become_nan(values, kind, expected, tmp_path):
    source = pa.table({"a": pa.array(values).cast(kind), "b": [1.0, 2.0, 3.0]})
    np.testing.assert_array_equal(features(source)[:, 0], expected)
    pq.write_table(source, tmp_path / "t.parquet")
    np.testing.assert_array_equal(features(tmp_path / "t.parquet")[:, 0], expected)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([Decimal("1.50"), None]),
        pa.array([1.5, None]).dictionary_encode(),
    ],
    ids=["decimals", "a dictionary"],
)
def test_numbers_in_disguise_are_numbers(column):
    rows = features(pa.table({"a": column}))
    np.testing.assert_array_equal(rows[:, 0], [1.5, np.nan])


def test_small_types_are_float32_and_large_ones_float64():
    small = pa.table({"a": pa.array([1], pa.int16()), "b": pa.array([1], pa.float32())})
    assert features(small).dtype == np.float32
    assert features(small.append_column("c", pa.array([1]))).dtype == np.float64


def test_folders_of_a_partitioned_dataset_are_columns(tmp_path):
    frame = pd.DataFrame({"x": np.arange(6.0), "year": [2001, 2002] * 3})
    frame.to_parquet(tmp_path / "parts", partition_cols=["year"])
    rows = features(tmp_path / "parts", columns=["year", "x"])
    assert sorted(rows.tolist()) == sorted(frame[["year", "x"]].to_numpy().tolist())


cells = st.text(st.sampled_from('ab,"\n '), max_size=6)


@given(st.lists(st.tuples(cells, st.integers(0, 9)), max_size=30), st.integers(1, 7))
def test_csv_is_cut_between_records_whatever_their_text(tmp_path_factory, rows, every):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    pd.DataFrame(rows, columns=["text", "n"]).to_csv(path, index=False)
    parts = scan(path, every).parts
    assert len(parts) == -(-len(rows) // every)
    assert sum(n_rows for *_, n_rows in parts) == len(rows)
    if rows:
        noted = features(path, columns=["n"], chunk_rows=every * 8)
        assert noted[:, 0].tolist() == [n for _, n in rows]


def test_a_quote_that_is_not_closed_is_seen_in_long_files(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n" * 100_000 + '1,"2\n')
    with pytest.raises(ValueError, match="line 100002: a quote is not closed"):
        scan(path, 1000)


def test_csv_may_end_without_a_line_end_or_with_empty_lines(tmp_path):
    path = tmp_path / "t.csv"
    for end in (b"", b"\n", b"\r\n", b"\n\n\n\n"):
        path.write_bytes(b"a,b\n1,2\n3," + end)
        rows = features(path, chunk_rows=1)
        np.testing.assert_array_equal(rows, [[1, 2], [3, np.nan]])


def bad_sources(folder):
    good = folder / "good.csv"
    good.write_text("a,b,t\n1,2,x\n3,4,y\n")
    (folder / "hole.csv").write_text("a,y\n1,2\n3,\n")
    (folder / "quote.csv").write_text('a,y\n1,"2\n3,4\n')
    (folder / "empty.csv").write_text("a,y\n")
    (folder / "nothing.csv").write_text("")
    (folder / "other.csv").write_text("a,c,t\n1,2,x\n")
    (folder / "bad.parquet").write_bytes(b"not Parquet")
    (folder / "bad.feather").write_bytes(b"not Arrow")
    np.save(folder / "three.npy", np.zeros((2, 2, 2)))
    X = np.zeros((4, 2))
    yield good, {"target": "c"}, ValueError, r"no column 'c', for target.*: a, b, t"
    yield good, {"target": "b"}, ValueError, "column 't' .* not numeric .*'x'.*transf"
    yield good, {"target": "b", "columns": "a"}, TypeError, "columns must be a list"
    yield good, {"target": 0}, TypeError, "target must name columns"
    yield good, {"target": "a", "columns": []}, ValueError, "no column left"
    yield folder / "hole.csv", {"target": "y"}, ValueError, "1 missing targets among"
    yield (
        folder / "quote.csv",
        {"target": "y"},
        ValueError,
        "cannot read .*quote is not closed",
    )
    yield folder / "empty.csv", {"target": "y"}, ValueError, "has no rows"
    yield folder / "nothing.csv", {"target": "y"}, ValueError, "cannot read"
    yield [good, folder / "other.csv"], {"target": "b"}, ValueError, "other columns"
    yield folder / "none.csv", {"target": "y"}, ValueError, "there is no file"
    yield [], {"target": "y"}, ValueError, "empty list"
    yield folder / "bad.parquet", {"target": "y"}, ValueError, "cannot read"
    yield folder / "bad.feather", {"target": "y"}, ValueError, "cannot read"
    yield folder / "three.npy", {"target": 0}, ValueError, "shape"
    yield __file__, {"target": "y"}, ValueError, "cannot tell the type"
    yield pd.DataFrame(X), {"target": 0}, TypeError, "pandas.*DataFrame"
    yield X, {"target": 2}, ValueError, "target=2 is no index of the 2 columns"
    yield X, {"target": np.zeros(3)}, ValueError, "each of the 4 rows"
    yield X, {"target": np.array([0, 1, np.nan, 3])}, ValueError, "1 missing target"
    yield X[:0], {"target": 1}, ValueError, "source has no rows"
    yield X, {"target": 1, "epochs": 0}, ValueError, "epochs must be an integer > 0"
    yield X, {"target": 1, "chunk_rows": 2.5}, ValueError, "chunk_rows must be"
    yield X, {"target": 1, "transformer": 3}, TypeError, "transformer must have"


@pytest.mark.parametrize("number", range(24))
def test_what_cannot_be_learned_is_one_clear_error(number, tmp_path):
    source, settings, error, message = list(bad_sources(tmp_path))[number]
    with pytest.raises(error, match=message):
        fit_in_chunks(SGDRegressor(), source, **settings)


def test_an_estimator_without_partial_fit_is_refused():
    with pytest.raises(TypeError, match="must have partial_fit"):
        fit_in_chunks(object(), np.zeros((3, 2)), 0)


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    pd.DataFrame({"a": [1.0], "y": [2.0]}).to_parquet(tmp_path / "t.parquet")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ImportError, match="pip install pyarrow"):
        fit_in_chunks(SGDRegressor(), tmp_path / "t.parquet", "y")
