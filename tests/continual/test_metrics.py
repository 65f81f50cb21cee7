"""Measures of what is kept, lost and passed on between tasks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sparsekit.continual import continual_metrics
from tests.reference import naive_continual as naive

cells = st.one_of(st.floats(0, 1), st.just(np.nan))
matrices = st.integers(1, 5).flatmap(lambda n: arrays(float, (n, n), elements=cells))


@given(matrices, st.data())
def test_equals_loops_over_the_formulas(matrix, data):
    baseline = data.draw(arrays(float, len(matrix), elements=cells))
    found = continual_metrics(matrix, baseline)
    wanted = naive.continual_metrics(matrix.tolist(), baseline.tolist())
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        np.testing.assert_allclose(found[name], value, atol=1e-12, err_msg=name)


def test_what_was_not_measured_before_a_task_is_left_out_of_forgetting():
    lower = np.array([[0.9, np.nan, np.nan], [0.6, 0.8, np.nan], [0.5, 0.7, 0.9]])
    metrics = continual_metrics(lower, np.zeros(3))
    assert metrics["forgetting"] == pytest.approx((0.4 + 0.1) / 2)
    assert np.isnan(metrics["forward_transfer"])
    assert metrics["average_incremental_accuracy"] == pytest.approx(
        (0.9 + 0.7 + 0.7) / 3
    )


def test_a_missing_cell_that_is_needed_makes_a_measure_nan():
    matrix = np.full((3, 3), 0.5)
    matrix[1, 0] = np.nan
    metrics = continual_metrics(matrix, np.zeros(3))
    assert np.isnan(metrics["forgetting"])
    assert metrics["average_accuracy"] == metrics["learning_accuracy"] == 0.5


def test_a_single_task_has_no_transfer():
    metrics = continual_metrics([[0.7]], [0.1])
    assert metrics["average_accuracy"] == 0.7
    for name in ("backward_transfer", "forward_transfer", "forgetting"):
        assert np.isnan(metrics[name])


@pytest.mark.parametrize("matrix", [[0.5], [[0.5, 0.6]], []])
def test_matrices_that_are_not_square_are_refused(matrix):
    with pytest.raises(ValueError, match="accuracy_matrix must be square"):
        continual_metrics(matrix)


def test_a_baseline_of_another_length_is_refused():
    with pytest.raises(ValueError, match="baseline must have a value for each"):
        continual_metrics(np.eye(2), [0.1])
