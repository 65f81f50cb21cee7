"""Tables as R, spreadsheets, pandas and people write them: one answer for all."""

import gzip
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparsekit._utils._tables import _scan, _table
from sparsekit.study.cli import _user_table
from tests.tables.reading import both_ways, in_chunks, refusals

N = np.nan
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def written(tmp_path):
    def write(content, name="t.csv"):
        path = tmp_path / name
        content = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


@pytest.fixture
def parquet(tmp_path):
    def write(table, **options):
        path = tmp_path / "t.parquet"
        pq.write_table(table, path, **options)
        return path

    return write


def read(path, **settings):
    names, X, y, _ = both_ways(path, **settings)
    return names, X.tolist(), y


def test_rows_longer_than_the_header_are_named_with_their_line(written):
    path = written("age,y\n1,0\n2,1\n3,1,9\n4,0\n")
    for error in refusals(path):
        assert "has 3 cells in the row that ends in line 4, and 2 in" in error


def test_a_surplus_in_every_row_shifts_no_column(written):
    # The first column has a value twice, so it does not name rows.
    path = written("age,y\n1,0,x\n2,1,x\n1,0,x\n")
    for error in refusals(path):
        assert "has 3 cells in the row that ends in line 2, and 2 in" in error


def test_a_surplus_of_several_cells_is_refused(written):
    for error in refusals(written("a,y\n1,0,5,6\n2,1,5,6\n")):
        assert "has 4 cells in the row" in error


def test_names_of_rows_as_r_writes_them_are_left_out(written):
    path = written('"a","b","y"\n"1",5,1,0\n"2",6,NA,1\n"3",7,3,0\n')
    names, X, y, note = both_ways(path)
    assert names == ["a", "b"]
    np.testing.assert_array_equal(X, [[5, 1], [6, N], [7, 3]])
    assert y == [0, 1, 0]
    assert "the first is taken for the name of the row, and left out" in note
    assert "name of the row" in in_chunks(path)[3][0]


@pytest.mark.parametrize("header", [",a,y", '"","a","y"', " ,a,y"])
def test_a_first_column_without_a_name_is_left_out(written, header):
    path = written(f"{header}\n0,5,1\n1,6,0\n2,7,0\n")
    names, X, y, note = both_ways(path)
    assert (names, X.tolist(), y) == (["a"], [[5], [6], [7]], [1, 0, 0])
    assert "the first column has no name" in note


@pytest.mark.parametrize("header", ["a,y", "a,y,"])
def test_a_comma_at_the_end_of_every_row_is_left_out(written, header):
    path = written(f"{header}\n5,1,\n6,0, \n7,0\n")
    names, X, y, note = both_ways(path)
    assert (names, X.tolist(), y) == (["a"], [[5], [6], [7]], [1, 0, 0])
    assert "left out" in note


def test_a_column_with_values_needs_a_name(written):
    for error in refusals(written("a,,y\n5,,1\n6,8,0\n")):
        assert "no name for column 2 in its header, but '8' in line 3" in error


@pytest.mark.parametrize("before", ["\n", "\n\n", "  \r\n\t\n"])
def test_empty_lines_before_the_header_are_no_header(written, before):
    path = written(f"{before}a,y\n1,0\n\n2,1\n")
    assert read(path) == (["a"], [[1], [2]], [0, 1])


def test_columns_of_the_same_name_are_refused(written, parquet):
    for error in refusals(written("y,a,y\n1,2,1\n0,3,0\n")):
        assert "more than one column 'y': rename" in error
    twice = pa.Table.from_arrays([pa.array([1, 2])] * 3, names=["a", "y", "y"])
    for error in refusals(parquet(twice)):
        assert "more than one column 'y': rename" in error


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_may_end_in_any_way(written, end):
    lines = ["a,name,y", '1,"two', 'lines",0', "2,x,1", "3,y,1"]
    path = written(end.join(lines))
    X, y = in_chunks(path, columns=["a"])[1:3]
    assert X.tolist() == [[1], [2], [3]]
    assert y.tolist() == [0, 1, 1]


def test_a_quote_within_an_unquoted_cell_is_a_character(written):
    path = written('a,size,y\n1,5" pipe,0\n2,3 " pipe,1\n3,"a ""b"", c",1\n4,",",0\n')
    X, y = in_chunks(path, columns=["a"])[1:3]
    assert X.tolist() == [[1], [2], [3], [4]]
    assert y.tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_short_rows_miss_their_last_cells_wherever_they_stand(written, name):
    path = written("y,a,b\n0,1\n1,2,3\n1\n0,4,5\n", name)
    _, X, _, note = both_ways(path)
    np.testing.assert_array_equal(X, [[1, N], [2, 3], [N, N], [4, 5]])
    assert "rows shorter than the header: 2" in note


def test_a_byte_order_mark_belongs_to_no_name(written):
    path = written("\ufeffä,y\n1,0\n2,1\n")
    assert read(path) == (["ä"], [[1], [2]], [0, 1])


def test_csv_needs_no_pyarrow(written):
    path = written("a,y\n1,x\n2,z\n")
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from sparsekit.study.cli._user_table import read_user_table\n"
        f"X, y, _ = read_user_table({str(path)!r}, 'y')\n"
        "print(X['a'].tolist(), y.tolist())"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "[1.0, 2.0] ['x', 'z']\n", done.stderr


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"\n \n", "it is empty"),
        (b"a,y\n\xff\xfe,1\n", "not in UTF-8"),
        ("a,y\n1,2\n".encode("utf-16-le"), "NUL"),
        (b'a,y\n1,"2\n3,4\n', "a quote is not closed"),
        (b'a,y\n1,"2"3\n', "line 2"),
        (b"a;y\n1;2\n", "separated by semicolons"),
    ],
)
def test_what_is_no_csv_is_told_why(written, content, reason):
    for error in refusals(written(content)):
        assert reason in error


TRUTH = {"a": [True, None, False], "y": [0, 1, 0]}


def test_truth_values_with_holes_are_numbers(written, parquet):
    expected = [[1], [N], [0]]
    for path in (
        written("a,y\nTrue,0\n,1\nFalse,0\n"),
        parquet(pa.table({"a": pa.array(TRUTH["a"]), "y": TRUTH["y"]})),
    ):
        np.testing.assert_array_equal(both_ways(path)[1], expected)


def test_a_cell_means_the_same_in_whatever_rows_it_is_read_with(written):
    # Read by itself, each row is of another type.
    path = written("a,y\ntrue,0\n1.5,1\n7,1\n,0\n FALSE ,1\n  ,0\n")
    np.testing.assert_array_equal(both_ways(path)[1][:, 0], [1, 1.5, 7, N, 0, N])


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([Decimal("1.50"), None]), [1.5, N]),
        (pa.array([2**63, None], pa.uint64()), [2.0**63, N]),
        (pa.array([1.5, None], pa.float16()), [1.5, N]),
        (pa.array(["1.5", None]), [1.5, N]),
        (pa.array(["7", None]).dictionary_encode(), [7, N]),
    ],
)
def test_numbers_in_disguise_are_numbers(parquet, column, expected):
    path = parquet(pa.table({"a": column, "y": [0, 1]}))
    np.testing.assert_array_equal(both_ways(path)[1][:, 0], expected)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([b"1", b"2"]),
        pa.array([0, 1], pa.date32()),
        pa.array([0, 1], pa.timestamp("s")),
        pa.array([0, 1], pa.duration("s")),
        pa.array([[1], [2]]),
        pa.array([{"b": 1}, {"b": 2}]),
        pa.array(["1.5", "nan"]),
    ],
    ids=lambda column: str(column.type),
)
def test_what_is_no_number_is_named(parquet, column):
    for error in refusals(parquet(pa.table({"a": column, "y": [0, 1]}))):
        assert "column 'a' is not numeric (for instance " in error


def test_a_column_without_values_stays_in_chunks_and_is_left_out_of_a_study(
    written, parquet
):
    for path in (
        written("a,b,y\n1,,0\n2,,1\n"),
        parquet(pa.table({"a": [1, 2], "b": pa.nulls(2), "y": [0, 1]})),
    ):
        names, X, _, note = both_ways(path)
        assert (names, X.tolist()) == (["a"], [[1], [2]])
        assert "column 'b' has no value in any row: left out" in note
        assert in_chunks(path)[0] == ["a", "b"]


@pytest.mark.parametrize("index", [[5, 6, 7], pd.Index([5, 6, 7], name="id")])
def test_the_index_of_a_data_frame_is_no_feature(tmp_path, index):
    frame = pd.DataFrame({"a": [1.0, 2, 3], "y": [0, 1, 0]}, index=index)
    frame.to_parquet(tmp_path / "t.parquet")
    names, X, _, note = both_ways(tmp_path / "t.parquet")
    assert (names, X.tolist()) == (["a"], [[1], [2], [3]])
    assert "is the index of the DataFrame" in note
    name = frame.index.name or "__index_level_0__"
    # Who asks for it by name gets it.
    assert in_chunks(tmp_path / "t.parquet", columns=[name])[1].tolist() == [
        [5],
        [6],
        [7],
    ]


def test_the_index_is_known_without_the_notes_of_pandas(parquet):
    path = parquet(pa.table({"a": [1, 2], "y": [0, 1], "__index_level_0__": [8, 9]}))
    assert both_ways(path)[0] == ["a"]


@pytest.mark.parametrize("notes", [b"{", b"\xff", b"[1]", b'{"index_columns": "a"}'])
def test_damaged_notes_of_pandas_are_no_way_out(tmp_path, notes):
    path = tmp_path / "t.parquet"
    table = pa.table({"a": [1, 2], "y": [0, 1]}).replace_schema_metadata(
        {"pandas": notes}
    )
    pq.write_table(table, path)
    if b"index" in notes:
        assert both_ways(path)[0] == ["a"]
    else:
        for error in refusals(path):
            assert "what pandas noted about its columns is damaged" in error


def test_a_folder_above_the_file_is_no_column(tmp_path):
    folder = tmp_path / "run=3"
    folder.mkdir()
    pd.DataFrame({"a": [1, 2], "y": [0, 1]}).to_parquet(folder / "t.parquet")
    assert both_ways(folder / "t.parquet")[0] == ["a"]


def test_columns_keep_their_names_in_whatever_order_they_are_asked_for(parquet):
    path = parquet(pa.table({"a": [1, 2], "b": [3, 4], "y": [0, 1]}))
    assert in_chunks(path, columns=["b", "a"])[1].tolist() == [[3, 1], [4, 2]]


@pytest.mark.parametrize("code", ["-999", -999, "-999.0"])
def test_codes_are_missing_values_in_csv_and_parquet(written, parquet, code):
    a, b = [-999, 2, 3], ["?", "1.5", "-999"]
    for path in (
        written("a,b,y\n-999,?,0\n2,1.5,1\n3,-999,1\n"),
        parquet(pa.table({"a": a, "b": b, "y": [0, 1, 1]})),
    ):
        _, X, _, _ = both_ways(path, na_values=[code, "?"])
        np.testing.assert_array_equal(X[:, 0], [N, 2, 3])
        assert np.isnan(X[0, 1])
        if "." not in str(code):
            np.testing.assert_array_equal(X[:, 1], [N, 1.5, N])


def test_a_code_in_the_target_is_a_missing_target(written):
    with pytest.raises(ValueError, match="1 missing targets"):
        in_chunks(written("a,y\n1,x\n2,?\n"), na_values="?")


@pytest.mark.parametrize("codes", [{"a": 1}, [None], [True], object()])
def test_codes_are_text_or_numbers(written, codes):
    with pytest.raises(TypeError, match="na_values must"):
        in_chunks(written("a,y\n1,0\n"), na_values=codes)


def test_codes_do_not_apply_to_arrays():
    with pytest.raises(ValueError, match="na_values=-1 is for tables with names"):
        in_chunks(np.zeros((3, 2)), 1, na_values=-1)


def test_weights_that_are_text_are_named(written):
    with pytest.raises(ValueError, match=r"column 'w' is not numeric.*'heavy'"):
        in_chunks(written("a,w,y\n1,heavy,0\n"), sample_weight="w")


def test_errors_are_one_short_line_whatever_the_cell_holds(written):
    long = "x" * 100_000 + "\x1b[2J"
    for error in refusals(written(f'a,y\n"{long}\n",1\n2,0\n')):
        assert "column 'a' is not numeric (for instance 'xxx" in error
    for error in refusals(written(f"{'a' * 1000}{long},y\n1,0\n"), target="z"):
        assert "no column 'z'" in error


def test_the_note_says_what_was_read(written):
    path = written("a,b,c,y\n1,True,,no\n2,False,0.5,yes\n3,True,1.5,no\n4,True,,yes\n")
    note = both_ways(path)[3]
    assert "4 rows, 3 features" in note
    assert "1 whole number, 1 truth value, 1 number" in note
    assert "16.7% of their cells missing; target 'y', 2 different values" in note


# What would take more memory than its file: limits are lowered to see them at work.


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_a_cell_without_end_is_refused(written, name):
    for error in refusals(written(b"a,y\n1," + b"0" * 200_000 + b"\n", name)):
        assert "line 2: field larger than field limit" in error
    for error in refusals(written(b'a,y\n1,"' + b"0\n" * 200_000, name)):
        assert "a quote is not closed, or a cell is too long" in error


def test_a_row_without_end_is_refused_before_it_is_read(written, monkeypatch):
    monkeypatch.setattr(_scan, "MAX_ROW_BYTES", 1000)
    for content in (
        b"a,y\n" + b"," * 2000 + b"\n",
        b"a,y\n" + b'"\n",' * 1000,
        b"0" * 10**6,
    ):
        for error in refusals(written(content)):
            assert "makes a row of more than 1000 bytes" in error


def test_more_columns_than_can_be_read_are_refused(written, parquet, monkeypatch):
    monkeypatch.setattr(_table, "MAX_COLUMNS", 20)
    names = [f"c{j}" for j in range(30)]
    path = written(",".join(names) + "\n" + ",".join("1" * 30) + "\n")
    table = pa.table({name: [1] for name in names})
    for source in (path, parquet(table)):
        for error in refusals(source, "c0"):
            assert "30 columns; with names, 20 are the most" in error


def test_long_rows_are_read_in_parts_of_few(written, monkeypatch):
    monkeypatch.setattr(_scan, "MAX_PART_BYTES", 100)
    path = written("a,y\n" + f"1,{'0' * 40}\n" * 10 + "\n" * 5000 + "3,1\n")
    parts = _scan.scan(path, 1000).parts
    assert sum(n for *_, n in parts) == 11
    assert max(end - start for start, end, _ in parts) <= 150
    assert both_ways(path)[1][:, 0].tolist() == [1] * 10 + [3]


def test_a_study_that_does_not_fit_in_memory_is_refused(written, monkeypatch):
    # Few bytes in the file, many of them in memory.
    path = written("a,b,c,y\n" + "0,0,0,0\n0,0,0,1\n" * 30_000, "t.csv.gz")
    monkeypatch.setattr(_user_table, "available_bytes", lambda: 10**6)
    with pytest.raises(_user_table.InputError, match=r"holds its table 3 times.*free"):
        _user_table.read_user_table(path, "y")
