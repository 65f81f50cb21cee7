import numpy as np
import pandas as pd
import pytest

from sparsekit.study.plan._data import infer_task


@pytest.mark.parametrize(
    "y",
    [
        ["a", "b"],
        [True, False],
        [0, 1, 2],
        [0.0, 1.0],
        np.arange(20),
        pd.Series(["x", "y"], dtype="category"),
    ],
)
def test_labels_and_few_whole_numbers_are_classes(y):
    assert infer_task(y) == "classification"


@pytest.mark.parametrize("y", [[0.5, 1.0], np.arange(21), np.linspace(0, 1, 5)])
def test_fractions_and_many_whole_numbers_are_quantities(y):
    assert infer_task(y) == "regression"
