"""The table that `verbose` shows."""

import pytest
from sklearn.datasets import load_iris

from sparsekit import SETMLPClassifier, StaticSparseMLPRegressor

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
    assert heading.split() == ["epoch", "loss", "rate", "replaced", "seconds"]
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    for line, row in zip(lines, net.history_, strict=True):
        assert float(line.split()[1]) == pytest.approx(row["loss"], abs=1e-6)
        assert int(line.split()[3]) == row["n_replaced"]
        assert len(line) == len(heading)


def test_the_validation_score_is_shown_where_there_is_one(capsys):
    X, y = load_iris(return_X_y=True)
    net = StaticSparseMLPRegressor((10,), max_iter=3, verbose=1, early_stopping=True)
    net.fit(X, y)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert "val. score" in heading
    shown = [float(line.split()[2]) for line in lines]
    assert shown == pytest.approx(net.validation_scores_, abs=1e-4)


def test_partial_fit_goes_on_with_the_table(capsys):
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier((10,), verbose=1)
    net.partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X, y)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split()[0] == "epoch"
    assert [line.split()[0] for line in lines] == ["1", "2"]
