import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from sparsekit.study._threads import one_thread


def threads_of(api):
    return {p["num_threads"] for p in threadpool_info() if p["user_api"] == api}


@pytest.fixture(autouse=True)
def two_threads():
    np.ones((2, 2)) @ np.ones((2, 2))  # so that BLAS is there
    with threadpool_limits(2):
        if threads_of("blas") != {2}:
            pytest.skip("this BLAS has one thread only")
        yield


def test_blas_has_one_thread_inside_and_its_own_number_outside():
    with one_thread():
        assert threads_of("blas") == {1}
    assert threads_of("blas") == {2}


def test_the_first_fit_to_end_does_not_free_the_threads_of_another():
    first_is_in, second_is_in, seen = threading.Event(), threading.Event(), []

    def first():
        with one_thread():
            first_is_in.set()
            second_is_in.wait(10)

    def second():
        first_is_in.wait(10)
        with one_thread():
            second_is_in.set()
            threads[0].join(10)
            seen.append(threads_of("blas"))

    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert seen == [{1}]
    assert threads_of("blas") == {2}
