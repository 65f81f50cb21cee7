"""Which parts a user's arguments stand for, and the rows of each."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from sparsekit.distributed import fit_distributed
from sparsekit.distributed._parts import parts_of, rows_of
from tests.distributed.tables import assert_same_fit, cut, network, table

NAMES = list("abcdef")


def frames():
    """Return parts as DataFrames that have their targets."""
    return [pd.DataFrame(X, columns=NAMES).assign(animal=y) for X, y in cut(*table())]


def write_parquet(folder):
    pytest.importorskip("pyarrow")
    for number, frame in enumerate(frames()):
        frame.to_parquet(folder / f"{number}.parquet")


def write_arrays(folder):
    for number, (X, y) in enumerate(cut(*table())):
        np.save(folder / f"X_{number}.npy", X)
        np.save(folder / f"y_{number}.npy", y)


def in_memory():
    return fit_distributed(network(), cut(*table()))


def test_each_file_of_a_folder_of_parquet_is_a_part(tmp_path):
    write_parquet(tmp_path)
    net = fit_distributed(network(), tmp_path, "animal", n_jobs=2)
    assert net.feature_names_in_.tolist() == NAMES
    assert_same_fit(net, in_memory())


def test_files_may_be_listed(tmp_path):
    write_parquet(tmp_path)
    paths = sorted(tmp_path.glob("*.parquet"))
    assert_same_fit(fit_distributed(network(), paths, "animal"), in_memory())


def test_csv_files_are_parts(tmp_path):
    paths = [tmp_path / f"{number}.csv" for number in range(3)]
    for path, frame in zip(paths, frames(), strict=True):
        frame.to_csv(path, index=False)
    assert_same_fit(fit_distributed(network(), paths, "animal"), in_memory())


def test_a_folder_of_arrays_is_read_where_it_is_needed(tmp_path):
    write_arrays(tmp_path)
    for part in parts_of(tmp_path, None, 4):
        assert isinstance(rows_of(part)[0], np.memmap)
    assert_same_fit(fit_distributed(network(), str(tmp_path), n_jobs=2), in_memory())


def test_arrays_in_files_may_be_listed(tmp_path):
    write_arrays(tmp_path)
    parts = [(tmp_path / f"X_{n}.npy", str(tmp_path / f"y_{n}.npy")) for n in range(3)]
    assert_same_fit(fit_distributed(network(), parts), in_memory())


def test_slices_of_a_mapped_table_are_parts(tmp_path):
    write_arrays(tmp_path)
    X = np.load(tmp_path / "X_0.npy", mmap_mode="r")
    y = np.load(tmp_path / "y_0.npy", mmap_mode="r")
    parts = [(X[:40], y[:40]), (X[40:], y[40:])]
    mapped = fit_distributed(network(), parts, n_jobs=2)
    copied = [(np.array(rows), np.array(targets)) for rows, targets in parts]
    assert_same_fit(mapped, fit_distributed(network(), copied))


def test_dataframes_keep_the_names_of_their_columns():
    parts = [(frame[NAMES], frame["animal"]) for frame in frames()]
    net = fit_distributed(network(), parts)
    assert net.feature_names_in_.tolist() == NAMES
    assert_same_fit(net, in_memory())


def test_parts_without_rows_change_nothing():
    X, y = table()
    parts = cut(X, y)
    parts.insert(1, (X[:0], y[:0]))
    assert_same_fit(fit_distributed(network(), parts), in_memory())


@pytest.mark.parametrize("kind", [np.array, sparse.csr_array, pd.DataFrame, list])
def test_rows_in_memory_are_dealt_out(kind):
    X = np.arange(14.0).reshape(7, 2)
    parts = [rows_of(part) for part in parts_of(kind(X), np.arange(7), 3)]
    assert [y.tolist() for _, y in parts] == [[0, 3, 6], [1, 4], [2, 5]]
    for rows, y in parts:
        rows = rows.toarray() if sparse.issparse(rows) else np.asarray(rows)
        np.testing.assert_array_equal(rows, X[y])


def test_there_are_no_more_parts_than_rows():
    assert len(parts_of(np.zeros((2, 1)), [0, 1], 4)) == 2


def refused_folders():
    yield lambda folder: None, "animal", "has neither Parquet files"
    yield write_arrays, "animal", r"targets are in y\*.npy"
    yield write_parquet, None, "y must name the column of the targets, got None"
    yield write_parquet, "species", "Part 0: .* has no column 'species'"

    def without_targets(folder):
        write_arrays(folder)
        (folder / "y_1.npy").unlink()

    yield without_targets, None, "X_1.npy' has no 'y_1.npy' beside it"

    def cut_off(folder):
        write_arrays(folder)
        path = folder / "X_2.npy"
        path.write_bytes(path.read_bytes()[:40])

    yield cut_off, None, "Part 2: cannot read the file"


@pytest.mark.parametrize(("write", "y", "message"), refused_folders())
def test_a_folder_that_is_no_table_is_refused(tmp_path, write, y, message):
    write(tmp_path)
    with pytest.raises(ValueError, match=message):
        fit_distributed(network(), tmp_path, y)


def test_a_folder_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="there is no folder 'nowhere'"):
        fit_distributed(network(), Path("nowhere"), "animal")


def test_other_names_of_columns_are_refused():
    first, second, _ = frames()
    second = second.rename(columns={"a": "A"})
    parts = [
        (frame.drop(columns="animal"), frame["animal"]) for frame in (first, second)
    ]
    with pytest.raises(ValueError, match=r"Part 1 has the features .*'A'"):
        fit_distributed(network(), parts)


def test_text_is_refused_by_its_column(tmp_path):
    pytest.importorskip("pyarrow")
    frame = frames()[0].assign(b="word")
    frame.to_parquet(tmp_path / "0.parquet")
    with pytest.raises(ValueError, match=r"Part 0: .*'b' is not numeric.*word"):
        fit_distributed(network(), tmp_path, "animal")


def test_words_among_numbers_are_no_classes():
    X, y = table()
    parts = [(X[:9], np.arange(9) % 2), (X[9:18], y[9:18])]
    with pytest.raises(ValueError, match="Mix of label input types"):
        fit_distributed(network(), parts)
