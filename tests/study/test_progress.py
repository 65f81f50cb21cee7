import io

import pytest

from sparsekit.study.run import _progress
from sparsekit.study.run._progress import show_progress


@pytest.fixture
def clock(monkeypatch):
    """The time in seconds, as a list of one number that a test can move."""
    now = [0.0]
    monkeypatch.setattr(_progress.time, "monotonic", lambda: now[0])
    return now


def test_the_time_left_is_that_of_the_fits_that_are_left(clock):
    stream = io.StringIO()
    with show_progress(10, stream) as advance:
        clock[0] = 20.0
        advance(4)
    assert stream.getvalue() == "4 of 10 fits, 20 s, about 30 s left\n"


def test_fits_that_were_there_before_say_nothing_about_the_time_left(clock):
    stream = io.StringIO()
    with show_progress(100, stream, done=90) as advance:
        clock[0] = 20.0
        advance(4)
    assert stream.getvalue() == "94 of 100 fits, 20 s, about 30 s left\n"


def test_no_stream_no_output():
    with show_progress(10, None, done=3) as advance:
        advance(1)
