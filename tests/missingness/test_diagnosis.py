"""The tables of a diagnosis, for every kind of input."""

from time import process_time

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from sparsekit.missingness import diagnose

TABLES = ["columns", "rows", "patterns", "co_missing", "dependence", "mcar_test"]


def small_table():
    nan = np.nan
    return np.array(
        [
            [1.0, 2.0, 3.0],
            [1.5, nan, nan],
            [2.0, 4.0, 5.0],
            [2.5, nan, nan],
            [nan, 1.0, 0.0],
        ]
    )


def random_table(n_rows=300, n_columns=6, rate=0.2, seed=0):
    """Return small counts, many of them zero, with holes."""
    rng = np.random.default_rng(seed)
    X = rng.poisson(0.7, size=(n_rows, n_columns)).astype(float)
    X[rng.random(X.shape) < rate] = np.nan
    return X


def assert_same(first, second, names=TABLES):
    for name in names:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    assert first.n_patterns == second.n_patterns
    assert first.missing_rate == second.missing_rate


def test_rates_by_column_and_by_row():
    diagnosis = diagnose(small_table())
    assert diagnosis.missing_rate == pytest.approx(5 / 15)
    assert diagnosis.columns.index.tolist() == ["x0", "x1", "x2"]
    assert diagnosis.columns["n_missing"].tolist() == [1, 2, 2]
    assert diagnosis.columns["n_observed"].tolist() == [4, 3, 3]
    assert diagnosis.columns["missing_rate"].tolist() == [0.2, 0.4, 0.4]
    assert diagnosis.rows["n_missing"].tolist() == [0, 2, 0, 2, 1]
    assert diagnosis.rows["missing_rate"].tolist() == pytest.approx(
        [0, 2 / 3, 0, 2 / 3, 1 / 3]
    )


def test_patterns_are_ordered_by_frequency_then_by_missing_values():
    diagnosis = diagnose(small_table())
    assert diagnosis.n_patterns == 3
    assert diagnosis.patterns.index.tolist() == [(2, 0), (2, 2), (1, 1)]
    assert diagnosis.patterns.to_numpy().tolist() == [
        [False, False, False],
        [False, True, True],
        [True, False, False],
    ]
    assert diagnosis.rows["pattern"].tolist() == [0, 1, 0, 1, 2]


def test_patterns_do_not_depend_on_the_order_of_the_rows():
    X = random_table()
    first, second = diagnose(X), diagnose(X[::-1])
    pd.testing.assert_frame_equal(first.patterns, second.patterns)
    assert first.rows["pattern"].tolist() == second.rows["pattern"].tolist()[::-1]


def test_patterns_of_hundreds_of_columns_are_told_apart():
    # Coded as powers of two in floating point, these would be one pattern.
    X = np.zeros((6, 300))
    X[:, 0] = np.nan
    X[np.arange(6), 290 + np.arange(6)] = np.nan
    diagnosis = diagnose(X)
    assert diagnosis.n_patterns == 6
    assert (diagnosis.patterns.sum(axis=1) == 2).all()


def test_only_the_most_frequent_patterns_are_listed_and_all_are_counted():
    X = random_table()
    full, short = diagnose(X, max_patterns=10_000), diagnose(X, max_patterns=3)
    assert len(full.patterns) == full.n_patterns == short.n_patterns
    pd.testing.assert_frame_equal(full.patterns.iloc[:3], short.patterns)
    assert full.patterns.index.get_level_values("n_rows").to_numpy().sum() == len(X)


@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csr_matrix])
def test_a_sparse_matrix_is_diagnosed_as_its_array(container):
    X = random_table()
    stored = container(X)
    assert stored.nnz < X.size
    assert_same(diagnose(stored), diagnose(X))


def test_a_mask_of_any_kind_is_the_same_mask():
    X = np.nan_to_num(random_table())
    mask = np.random.default_rng(1).random(X.shape) < 0.3
    expected = diagnose(X, mask)
    assert_same(diagnose(X, pd.DataFrame(mask)), expected)
    assert_same(diagnose(X, pl.DataFrame(mask)), expected)
    assert_same(diagnose(X, mask.tolist()), expected)
    assert_same(diagnose(X, sparse.csr_array(mask)), expected)
    assert_same(diagnose(sparse.csr_array(X), mask), expected)
    assert_same(diagnose(sparse.csr_array(X), sparse.csr_matrix(mask)), expected)


def test_explicit_zeros_of_sparse_values_and_masks_are_zeros():
    X, mask = np.nan_to_num(random_table()), np.zeros((300, 6), dtype=bool)
    mask[:50, 2] = True
    stored_X, stored_mask = sparse.csr_array(X), sparse.csr_array(mask)
    stored_X.data[:20] = 0
    stored_mask.data[:10] = False
    X, mask = stored_X.toarray(), stored_mask.toarray()
    assert_same(diagnose(stored_X, stored_mask), diagnose(X, mask))


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array])
def test_a_mask_adds_to_what_is_missing_already(make):
    X = random_table()
    mask = np.random.default_rng(1).random(X.shape) < 0.3
    both = diagnose(np.where(mask, np.nan, X))
    known = diagnose(make(X), mask)
    assert_same(known, both, ["columns", "rows", "patterns", "co_missing"])
    pd.testing.assert_series_equal(
        known.mcar_test.loc["little"], both.mcar_test.loc["little"]
    )
    # Own values are known where the mask hides them, and only there.
    own = known.dependence.query("missing == depends_on")
    assert len(own) == 6
    hidden = (mask & ~np.isnan(X)).sum(axis=0)
    assert sorted(own["n_missing"]) == sorted(hidden)


def test_names_and_index_of_a_table_are_kept():
    X = pd.DataFrame(small_table(), columns=["a", "b", "c"], index=list("vwxyz"))
    diagnosis = diagnose(X)
    assert diagnosis.columns.index.tolist() == ["a", "b", "c"]
    assert diagnosis.rows.index.tolist() == list("vwxyz")
    assert diagnosis.patterns.columns.tolist() == ["a", "b", "c"]
    assert set(diagnosis.co_missing["first"]) <= {"a", "b", "c"}
    assert diagnose(pl.DataFrame(X)).columns.index.tolist() == ["a", "b", "c"]


def test_labels_that_are_not_text_are_kept():
    X = pd.DataFrame(random_table(), columns=[3, "a", ("b", 1), 2.5, None, True])
    diagnosis = diagnose(X)
    assert diagnosis.columns.index.tolist() == [3, "a", ("b", 1), 2.5, None, True]
    assert {3, ("b", 1)} <= set(diagnosis.dependence["missing"])


def test_tables_of_any_numeric_type_and_their_nulls_are_read():
    X = pd.DataFrame(
        {"a": [1, None, 3], "b": [True, False, None], "c": [1.5, 2.5, np.nan]}
    ).astype({"a": "Int64", "b": "boolean"})
    assert diagnose(X).columns["n_missing"].tolist() == [1, 1, 1]
    X = pl.DataFrame({"a": [1, None, 3], "b": [4.0, 5.0, None]})
    assert diagnose(X).columns["n_missing"].tolist() == [1, 1]


def test_single_precision_gives_the_same_tables():
    X = random_table()
    assert_same(diagnose(X.astype(np.float32)), diagnose(X))


@pytest.mark.parametrize(
    "X",
    [
        np.full((5, 3), np.nan),
        np.ones((5, 3)),
        np.array([[1.0, np.nan]]),
        np.array([[np.nan], [2.0], [3.0]]),
        np.where(np.arange(60).reshape(20, 3) % 7, 2.0, np.nan),
        sparse.csr_array((4, 3)),
    ],
)
def test_tables_with_nothing_to_test_have_rates_and_empty_tests(X):
    diagnosis = diagnose(X)
    assert diagnosis.columns["n_missing"].sum() == diagnosis.rows["n_missing"].sum()
    assert len(diagnosis.dependence) == 0
    assert list(diagnosis.dependence)[:2] == ["missing", "depends_on"]
    assert diagnosis.mcar_test["p_value"].isna().all()
    assert (diagnosis.mcar_test["note"] != "").all()
    assert "no tests" in repr(diagnosis)


def test_an_empty_column_stays_in_the_rates_and_out_of_the_tests():
    X = random_table()
    X[:, 2] = np.nan
    for table in (X, sparse.csr_array(X)):
        diagnosis = diagnose(table)
        assert diagnosis.columns.loc["x2", "missing_rate"] == 1
        for name in ("missing", "depends_on"):
            assert "x2" not in set(diagnosis.dependence[name])
        assert diagnosis.mcar_test.loc["little", "note"] == "left out as constant: x2"


def test_too_many_pairs_are_left_out_with_a_note():
    X = np.random.default_rng(0).normal(size=(30, 1001))
    X[0] = np.nan
    X[1:6, ::2] = np.nan
    diagnosis = diagnose(X)
    assert diagnosis.columns["n_missing"].max() == 6
    assert diagnosis.n_patterns == 3
    assert len(diagnosis.dependence) == len(diagnosis.co_missing) == 0
    assert "1,002,001 pairs of columns are more than 1,000,000" in repr(diagnosis)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (
            np.zeros((5, 2), dtype=bool),
            r"mask has shape \(5, 2\), but X has .*\(5, 3\)",
        ),
        (np.zeros((5, 3)), "mask must hold booleans.*float64"),
        (sparse.csr_array((5, 3)), "mask must hold booleans.*float64"),
        (np.full((5, 3), "x"), "mask must hold booleans"),
    ],
)
def test_masks_that_do_not_fit_are_refused(mask, message):
    with pytest.raises(ValueError, match=message):
        diagnose(small_table(), mask)


def test_text_and_infinite_values_are_refused():
    with pytest.raises(ValueError, match="Column 'b' of X holds text"):
        diagnose(pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}))
    with pytest.raises(ValueError, match="Input X contains infinity"):
        diagnose([[1.0, np.inf]])


@pytest.mark.parametrize("max_patterns", [0, -1, 2.5, None])
def test_a_number_of_patterns_that_is_none_is_refused(max_patterns):
    with pytest.raises(ValueError, match="max_patterns must be a positive integer"):
        diagnose(small_table(), max_patterns=max_patterns)


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array, pd.DataFrame])
def test_the_input_is_not_modified(make):
    X, mask = make(random_table()), np.random.default_rng(1).random((300, 6)) < 0.3
    before = X.copy()
    mask.flags.writeable = False
    diagnose(X, mask)
    if sparse.issparse(X):
        X, before = X.toarray(), before.toarray()
    np.testing.assert_array_equal(X, before)


def test_repr_sums_up():
    X = random_table(n_rows=1000)
    X[:, 1] = np.where(X[:, 0] > 0, np.nan, X[:, 1])
    text = repr(diagnose(X))
    assert "1,000 rows, 6 columns" in text
    assert "% of the cells" in text
    assert "strongest: x1 is missing where x0 is high" in text
    assert "Little     d2 = " in text


def test_html_has_every_table_and_escapes_names():
    X = pd.DataFrame(random_table(), columns=["<b>", *"bcdef"])
    html = diagnose(X)._repr_html_()
    for name in ("columns", "patterns", "dependence", "co_missing", "mcar_test"):
        assert f"<summary>{name}: " in html
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


@pytest.mark.benchmark
def test_large_tables_take_seconds():
    X = np.random.default_rng(0).normal(size=(60_000, 784)).astype(np.float32)
    X[np.random.default_rng(1).random(X.shape, dtype=np.float32) < 0.3] = np.nan
    start = process_time()
    diagnosis = diagnose(X)
    assert process_time() - start < 15
    assert "pattern of its own" in diagnosis.mcar_test.loc["little", "note"]
    assert len(diagnosis.dependence) == 784 * 783
