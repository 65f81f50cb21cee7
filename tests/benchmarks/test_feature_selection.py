"""The comparison of selectors, on a table too small to tell anything."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_iris

from benchmarks import feature_selection


@pytest.fixture
def folder(tmp_path):
    """Return a folder with iris in each of the forms that tables come in."""
    X, y = load_iris(return_X_y=True)
    X = np.hstack([X, np.random.default_rng(0).normal(size=(150, 8))])
    np.savez(tmp_path / "whole.npz", X=X, y=y + 1)
    parts = {"X_train": X[:100], "X_test": X[100:], "y_train": y[:100]}
    np.savez(tmp_path / "split.npz", **parts, y_test=y[100:])
    stored = sparse.csr_array(X)
    np.savez(
        tmp_path / "stored.npz",
        data=stored.data,
        indices=stored.indices,
        indptr=stored.indptr,
        shape=stored.shape,
        y=y,
    )
    return tmp_path


def test_a_table_is_the_same_in_each_form(folder):
    for name in ("split", "stored"):
        for read, whole in zip(
            feature_selection.table_of(folder / f"{name}.npz"),
            feature_selection.table_of(folder / "whole.npz"),
            strict=True,
        ):
            np.testing.assert_array_equal(read, whole)


@pytest.mark.parametrize("method", feature_selection.METHODS)
def test_each_method_ranks_the_features(folder, method):
    rows = feature_selection.measure(folder, "whole", 0.3, method, 0, [2, 4])
    assert [row["size"] for row in rows] == [2, 4]
    # One of three classes in three would be drawn right.
    assert all(row["extra_trees"] > 0.2 for row in rows)
    assert all(row["seconds"] >= 0 for row in rows)


def test_a_run_goes_on_from_its_file(folder, tmp_path, capsys):
    out = tmp_path / "rows.csv"
    arguments = ["--data", str(folder), "--out", str(out), "--tables", "whole"]
    arguments += ["--methods", "random", "--sizes", "2", "--rates", "0"]
    feature_selection.main([*arguments, "--seeds", "1"])
    first = out.read_text()
    feature_selection.main([*arguments, "--seeds", "2"])
    assert out.read_text().startswith(first)
    assert len(out.read_text().splitlines()) == 3
    assert "extra_trees" in capsys.readouterr().out
