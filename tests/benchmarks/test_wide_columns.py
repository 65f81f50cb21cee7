"""Wide, sparse inputs: time goes with stored entries and connections."""

import numpy as np
import pytest
from scipy import sparse

from benchmarks import wide_columns
from benchmarks.speed.measure import seconds_of
from sparsekit import StaticSparseMLPClassifier

N_CONNECTIONS = 20_000


def network(n_columns):
    """Return a network of as many connections, whatever the number of columns."""
    sparsity = 1 - N_CONNECTIONS / (64 * n_columns)
    return StaticSparseMLPClassifier((64,), sparsity=sparsity, random_state=0)


@pytest.mark.benchmark
@pytest.mark.benchmark(group="epoch on a million columns")
def test_epoch_on_a_million_columns(benchmark):
    X, y = wide_columns.rows_of(2000, 10**6)
    net = network(10**6).partial_fit(X, y, classes=[0, 1])
    benchmark.pedantic(net.partial_fit, (X, y), rounds=3, warmup_rounds=1)


@pytest.mark.benchmark
def test_a_hundred_times_the_columns_take_no_hundred_times_the_time():
    seconds = {}
    for n_columns in (10**4, 10**6):
        X, y = wide_columns.rows_of(5000, n_columns)
        net = network(n_columns).partial_fit(X, y, classes=[0, 1])
        seconds[n_columns] = min(seconds_of(net.partial_fit, X, y) for _ in range(3))
    # Moments and the index of a million columns stay, once in each call.
    assert seconds[10**6] < 5 * seconds[10**4]


def test_moments_of_a_million_columns_are_not_taken_row_by_row():
    X, y = wide_columns.rows_of(300, 10**6)
    # With 4 rows at a time this took 75 passes over all columns, and a minute.
    net = network(10**6)
    net.fit(X, y)
    assert seconds_of(net.partial_fit, X, y) < 15


def test_generated_rows_have_the_entries_that_are_asked_for():
    X, y = wide_columns.rows_of(50, 1000)
    np.testing.assert_allclose(X.sum(axis=1), wide_columns.PER_ROW)
    assert y.mean() == pytest.approx(0.5, abs=0.1)


def test_hashed_columns_are_the_same_columns_elsewhere():
    X = sparse.csr_array(np.array([[0.0, 2.0], [1.0, 3.0]], dtype=np.float32))
    wide = wide_columns.hashed(X)
    assert wide.shape == (2, wide_columns.HASHED)
    assert wide.nnz == X.nnz
    np.testing.assert_array_equal(wide.sum(axis=1), X.sum(axis=1))


def test_costs_of_a_small_network():
    found = wide_columns.cost("0.9", 500, 300, 2)
    assert found["fit"] > 0
    assert 0.5 < found["accuracy"] <= 1


def test_accuracy_over_folds(tmp_path, capsys):
    X, y = wide_columns.rows_of(60, 300)
    np.savez(
        tmp_path / "words.npz",
        data=X.data,
        indices=X.indices,
        indptr=X.indptr,
        shape=X.shape,
        y=y,
    )
    arguments = ["--data", str(tmp_path), "--tables", "words", "--repeats", "1"]
    wide_columns.main(arguments)
    assert "linear SVM" in capsys.readouterr().out
