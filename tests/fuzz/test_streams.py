"""Buffers, measures and chunks, on random rows in random calls."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import SGDClassifier
from sklearn.naive_bayes import GaussianNB

from sparsekit.continual import ReplayBuffer, continual_metrics, prequential_scores
from sparsekit.out_of_core import fit_in_chunks
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import NONSENSE
from tests.fuzz.tables import arrays, rows_of, tables, targets, weights

odd = st.sampled_from(NONSENSE)


@given(st.data())
def test_buffers(data):
    size = data.draw(st.one_of(st.integers(1, 6), odd))
    strategy = data.draw(st.sampled_from(["reservoir", "class_balanced", "no", None]))
    buffer = ReplayBuffer(size, strategy, random_state=0)
    behaves(lambda: buffer.sample(1))
    for _ in range(3):
        X = data.draw(st.one_of(arrays(), tables()))
        y, weight = data.draw(targets(rows_of(X))), data.draw(weights(rows_of(X)))
        if behaves(lambda: buffer.add(X, y, weight), X, y, weight) is not None:  # noqa: B023
            assert len(buffer) <= size
            assert len(buffer.y_) == buffer.X_.shape[0] == len(buffer.rows_)
        behaves(lambda: buffer.sample(data.draw(st.one_of(st.integers(0, 9), odd))))


@given(tables(), st.one_of(st.none(), arrays()))
def test_continual_metrics(matrix, baseline):
    behaves(lambda: continual_metrics(matrix, baseline), matrix, baseline)


@given(st.data())
def test_prequential_scores(data):
    X = data.draw(tables())
    y = data.draw(targets(rows_of(X)))
    given = {
        name: data.draw(odd)
        for name in data.draw(
            st.lists(st.sampled_from(["batch_size", "window", "fading", "classes"]))
        )
    }
    behaves(lambda: prequential_scores(GaussianNB(), X, y, **given), X, y)


@given(st.data())
def test_fit_in_chunks_of_arrays_and_frames(tmp_path_factory, data):
    X = data.draw(tables())
    y = data.draw(st.one_of(targets(rows_of(X)), odd))
    given = {
        name: data.draw(odd)
        for name in data.draw(
            st.lists(
                st.sampled_from(["columns", "chunk_rows", "epochs", "sample_weight"]),
                unique=True,
                max_size=2,
            )
        )
    }
    if not isinstance(given.get("epochs", 1), int):
        given.pop("epochs")
    linear = SGDClassifier()
    behaves(lambda: fit_in_chunks(linear, X, y, **given), X, y)


@given(st.data())
def test_fit_in_chunks_of_files(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("fuzz")
    frame = pd.DataFrame(data.draw(arrays()))
    frame.columns = [f"c{j}" for j in range(frame.shape[1])]
    frame["y"] = np.arange(len(frame)) % 2
    kind = data.draw(st.sampled_from(["csv", "parquet", "feather"]))
    path = folder / f"t.{kind}"
    written = behaves(lambda: write(frame, path), allowed=(Exception,))
    if written is None:
        return
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 3)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(
            st.integers(0, 255)
        )
    path.write_bytes(content[: data.draw(st.sampled_from([None, None, 20, 200]))])
    behaves(lambda: fit_in_chunks(GaussianNB(), path, "y", chunk_rows=8))


def write(frame, path):
    """Write a table; return whether that was possible."""
    settings = {"index": False} if path.suffix == ".csv" else {}
    getattr(frame, f"to_{path.suffix[1:]}")(path, **settings)
    return True
