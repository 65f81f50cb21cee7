"""The table that `verbose` shows."""

import pytest
from sklearn.datasets import load_iris

from sparsekit import (
    DSTMLPClassifier,
    SETMLPClassifier,
    StaticSparseMLPRegressor,
)
from sparsekit.neural_network.training._history import show_epoch

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_nothing_is_shown_by_default(capsys):
    X, y = load_iris(return_X_y=True)
    SETMLPClassifier((10,), max_iter=3).fit(X, y)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("verbose", [1, 10, True])
def test_one_line_per_epoch_after_a_heading(capsys, verbose):
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier((50,), max_iter=3, verbose=verbose, random_state=0)
    net.fit(X, y)
    heading, *lines = capsys.readouterr().out.splitlines()
    columns = ["epoch", "loss", "rate", "connections", "rewired", "seconds"]
    assert heading.split() == columns
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    for line, row in zip(lines, net.history_, strict=True):
        # Six digits are shown.
        assert float(line.split()[1]) == pytest.approx(row["loss"], rel=5e-6)
        assert int(line.split()[3]) == row["n_connections"] == net.n_connections_
        assert int(line.split()[4]) == row["n_replaced"]
        assert len(line) == len(heading)


def test_the_validation_score_is_shown_where_there_is_one(capsys):
    X, y = load_iris(return_X_y=True)
    net = StaticSparseMLPRegressor((10,), max_iter=3, verbose=1, early_stopping=True)
    net.fit(X, y)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert "val. score" in heading
    shown = [float(line.split()[2]) for line in lines]
    assert shown == pytest.approx(net.validation_scores_, abs=1e-4)


def test_columns_stay_below_their_headings_whatever_the_numbers(capsys):
    row = {"epoch": 1, "loss": 0.5, "validation_score": 0.9, "seconds": 0.1}
    row |= {"learning_rate": 0.003, "n_connections": 10**10, "n_replaced": 10**9}
    wild = row | {"epoch": 10**6, "loss": 1e300, "validation_score": -1e17}
    lost = row | {"loss": float("nan"), "validation_score": -1e-9, "seconds": 1e4}
    for first, shown in zip([True, False, False], [row, wild, lost], strict=True):
        show_epoch(shown, first)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert {len(line) for line in lines} == {len(heading)}
    assert all(len(line.split()) == 7 for line in lines)


def test_a_density_schedule_shows_how_the_connections_become_fewer(capsys):
    X, y = load_iris(return_X_y=True)
    net = DSTMLPClassifier((20,), method="gmp", sparsity=0.8, max_iter=4, verbose=1)
    net.fit(X, y)
    _, *lines = capsys.readouterr().out.splitlines()
    shown = [int(line.split()[3]) for line in lines]
    assert shown == sorted(shown, reverse=True)
    assert shown[0] == 4 * 20 + 20 * 3
    assert shown[-1] == net.n_connections_


def test_partial_fit_goes_on_with_the_table(capsys):
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier((10,), verbose=1)
    net.partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X, y)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split()[0] == "epoch"
    assert [line.split()[0] for line in lines] == ["1", "2"]
