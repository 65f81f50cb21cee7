"""The numbers of training on parts, on tables too small to tell anything."""

import numpy as np
import pytest

from benchmarks import distributed
from sparsekit import SETMLPClassifier


def test_fits_of_equal_passes_are_compared():
    table = distributed.generated(300, n_columns=5)
    net = SETMLPClassifier((8,), sparsity=0.5, max_iter=2)
    (row,) = distributed.accuracies("some", table, net, [0], [2], None)
    assert {"fit", "own 2", "top 2", "shared 2", "half 2"} < row.keys()
    assert all(20 < v <= 100 for k, v in row.items() if k not in ("table", "seed"))


def test_averaging_takes_time_for_each_connection():
    assert 0 < distributed.seconds_of_averaging(2, width=100) < 1e-3


def plan(n_workers, **changed):
    given = {"up": 14, "down": 14, "seconds": 1e-7, "link": 1e9, "n_connections": 10**6}
    return distributed.planned(n_workers, **given | changed)


def test_a_round_of_few_copies_takes_what_the_formula_says(monkeypatch):
    monkeypatch.setattr(distributed, "LATENCY", 0.0)
    seconds, n_bytes = plan(8)
    expected = 5 * 14 / 1e9 + 8 * (14 / 1e9 + 1e-7)
    assert seconds == pytest.approx(10**6 * expected)
    assert n_bytes == 10**6 * 8 * 28


@pytest.mark.parametrize(
    ("less", "more"), [(10, 17), (16, 256), (100, 1_000), (1_000, 5_000)]
)
def test_more_workers_take_more_time_and_bytes_beside_training(less, more):
    assert np.less(plan(less), plan(more)).all()


def test_bytes_and_seconds_are_printed(capsys, monkeypatch):
    monkeypatch.setattr(distributed, "seconds_of_averaging", lambda n: 1e-7)
    monkeypatch.setitem(distributed.WIDE, "hidden_layer_sizes", (50,))
    distributed.main(["--only", "traffic"])
    printed = capsys.readouterr().out
    assert "100 ns a connection" in printed
    assert printed.splitlines()[-1].split()[:2] == ["1000", "10,000,000"]


def test_accuracies_ask_for_their_images(capsys):
    with pytest.raises(SystemExit):
        distributed.main(["--only", "accuracy"])
    assert "accuracy needs --data FOLDER" in capsys.readouterr().err
