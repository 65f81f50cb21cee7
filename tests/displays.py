"""Every class method that draws a display, with something to draw."""

import functools
import importlib
import inspect

import numpy as np
import pandas as pd
from sklearn.datasets import load_iris

from sparsekit import SETMLPClassifier
from sparsekit.missingness import diagnose
from sparsekit.study import TableComparison
from tests.study.frames import made_up_study

SUBPACKAGES = ("difficulty", "missingness", "neural_network", "study")


@functools.cache
def net():
    """Return a network with a record of its rewirings."""
    X, y = load_iris(return_X_y=True)
    settings = {"tol": 10.0, "n_iter_no_change": 3, "random_state": 0}
    return SETMLPClassifier((8,), sparsity=0.5, record="rewiring", **settings).fit(X, y)


def frame():
    return made_up_study(["wine", "iris"], models=[("dense", 0.0), ("set", 0.9)])


def comparison():
    rows = [
        {"split": split, "model": model, "rmse": loss + split, "r2": 0.5}
        for model, loss in (("sparse_tabular", 3.0), ("boosting", 4.0))
        for split in range(3)
    ]
    counts = {"fit_time": 0.1, "n_train": 80, "n_test": 20}
    return TableComparison(pd.DataFrame(rows).assign(**counts))


def curve():
    X, y = load_iris(return_X_y=True)
    return SETMLPClassifier(max_iter=1), X, y


# What each of them takes: positions, what it makes the data with, options of `plot`.
CLASS_METHODS = {
    "CostDisplay.from_frame": (lambda: (frame(),), {"cost": "fit_time"}, {}),
    "CriticalDifferenceDisplay.from_frame": (lambda: (frame(),), {}, {}),
    "DataMapDisplay.from_record": (lambda: (net(),), {}, {"hue": "aleatoric"}),
    "DifferenceDisplay.from_frame": (
        lambda: (frame(), "set"),
        {"test_size": 0.25},
        {},
    ),
    "ForgettingDisplay.from_record": (lambda: (net(),), {}, {}),
    "LossCurveDisplay.from_estimator": (
        lambda: (net(),),
        {},
        {"show_rewirings": False},
    ),
    "MissingnessDisplay.from_data": (lambda: (np.eye(3),), {"max_patterns": 2}, {}),
    "MissingnessDisplay.from_diagnosis": (lambda: (diagnose(np.eye(3)),), {}, {}),
    "MissingnessStudyDisplay.from_frame": (lambda: (frame(),), {}, {}),
    "SelectionCurveDisplay.from_estimator": (
        curve,
        {"by": ["random"], "keep_fractions": [1.0], "cv": 2},
        {},
    ),
    "TableComparisonDisplay.from_comparison": (lambda: (comparison(),), {}, {}),
    "TopologyDisplay.from_estimator": (
        lambda: (net(),),
        {},
        {"kind": "inputs", "values": "importances", "image_shape": (2, 2)},
    ),
}


def public_displays():
    """Return the classes of all displays by their names."""
    subpackages = [
        importlib.import_module(f"sparsekit.{subpackage}") for subpackage in SUBPACKAGES
    ]
    names = [
        (subpackage, name) for subpackage in subpackages for name in subpackage.__all__
    ]
    return {
        name: getattr(subpackage, name)
        for subpackage, name in names
        if name.endswith("Display")
    }


def place_of(display):
    """Return what `plot` calls the axes to draw on."""
    return list(inspect.signature(display.plot).parameters)[1]


def draw(name, **where):
    """Call a class method, with the axes if they are given; return what it returns."""
    display, _, method = name.partition(".")
    given, making, drawing = CLASS_METHODS[name]
    make = getattr(public_displays()[display], method)
    return make(*given(), **making, **drawing, **where)
