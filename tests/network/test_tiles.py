"""Where tiles lie in memory."""

import numpy as np
import pytest

from sparsekit import SETMLPClassifier
from sparsekit.network import _inference, _training
from sparsekit.network._tiles import room_for_tiles

LINE = 64


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [16, 1040, 100_016])
def test_room_for_tiles_begins_where_a_line_of_the_cache_does(size, dtype):
    # Several at once, so that not all of them lie there by chance.
    rooms = [room_for_tiles(size, dtype) for _ in range(8)]
    assert all(room.ctypes.data % LINE == 0 for room in rooms)
    assert all(room.shape == (size,) and room.dtype == dtype for room in rooms)


@pytest.mark.parametrize(
    ("module", "name", "places"),
    [(_training, "run_epoch", (8, 9)), (_inference, "predict", (5,))],
)
def test_training_and_prediction_keep_tiles_there(monkeypatch, module, name, places):
    compiled, begins = getattr(module, name), []

    def spy(*args):
        begins.extend(args[place].ctypes.data % LINE for place in places)
        return compiled(*args)

    monkeypatch.setattr(module, name, spy)
    X = np.random.default_rng(0).normal(size=(40, 5))
    for seed in range(4):
        model = SETMLPClassifier((16,), max_iter=100, tol=1e9, random_state=seed)
        model.fit(X, X[:, 0] > 0).predict(X)
    assert begins
    assert not any(begins)
