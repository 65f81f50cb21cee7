"""Flips in the files of a study: a changed row is made again, and never believed."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier

from sparsekit.study import StudyResult, missingness_study
from tests.fuzz.harness import behaves

X, Y = np.random.default_rng(0).normal(size=(20, 2)), np.arange(20) % 2
GRID = {"models": {"m": DummyClassifier()}, "missing_rates": [0, 0.5], "seeds": 3}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "r.csv"
    frame = missingness_study(X, Y, output=path, **GRID).frame
    return frame, path.read_bytes(), path.with_suffix(".json").read_bytes()


@st.composite
def changed(draw, content):
    """Draw a file that differs from `content` in some bytes, or is shorter."""
    flipped = bytearray(content)
    end = draw(st.sampled_from([None, None, None, 0, 300, -1, -20]))
    for _ in range(draw(st.integers(1, 3)) if end is None else 1):
        place = draw(st.integers(0, len(flipped) - 1))
        flipped[place] = draw(
            st.one_of(st.sampled_from(b'0123456789.,_e"\r\n-'), st.integers(0, 255))
        )
    return bytes(flipped[:end])


@given(st.data())
def test_changed_rows_are_made_again(tmp_path_factory, finished, data):
    frame, content, settings = finished
    path = tmp_path_factory.mktemp("flips") / "r.csv"
    path.write_bytes(data.draw(changed(content)))
    path.with_suffix(".json").write_bytes(settings)
    read = behaves(lambda: StudyResult.from_file(path))
    if read is not None:
        # Whole lines may be gone, but none is another.
        both = read.frame.merge(frame, on=["missing_rate", "seed", "metric"])
        assert len(both) == len(read.frame)
        np.testing.assert_allclose(both["score_x"], both["score_y"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = behaves(lambda: missingness_study(X, Y, output=path, **GRID))
    if result is not None:
        pd.testing.assert_frame_equal(
            result.frame.drop(columns="fit_time"),
            frame.drop(columns="fit_time"),
            check_exact=True,
        )
