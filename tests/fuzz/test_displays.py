"""Figures of networks, scores and tables: drawn, or refused before drawing."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsekit import DSTMLPRegressor, SETMLPClassifier
from sparsekit.difficulty import (
    DataMapDisplay,
    ForgettingDisplay,
    SelectionCurveDisplay,
    cartography,
    selection_curve,
)
from sparsekit.missingness import MissingnessDisplay
from sparsekit.neural_network import LossCurveDisplay, TopologyDisplay
from tests.fuzz.harness import behaves
from tests.fuzz.parameters import NONSENSE
from tests.fuzz.tables import tables

X = np.random.default_rng(0).normal(size=(12, 3))
Y = np.arange(12) % 3
SETTINGS = {"tol": 1e9, "n_iter_no_change": 3, "random_state": 0, "max_iter": 9}
odd = st.sampled_from(NONSENSE)


@pytest.fixture(scope="module")
def made():
    """Return what figures are made of: networks, records, curves."""
    holes = pd.DataFrame(X, columns=["a $x$", "<b>", "ä"]).mask(X > 1)
    kinds = ("presentation", "rewiring")
    nets = [
        SETMLPClassifier((4, 3), sparsity=0.4, record=kind, **SETTINGS).fit(holes, Y)
        for kind in kinds
    ]
    plain = SETMLPClassifier((4,), sparsity=0.4, **SETTINGS).fit(X, Y)
    flat = DSTMLPRegressor((), sparsity=0.4, **SETTINGS).partial_fit(X, X[:, 0])
    curve = selection_curve(plain, X, Y, keep_fractions=[0.5, 1.0], cv=2, by=["random"])
    scores = cartography(nets[0])
    broken = scores.drop(columns=scores.columns[0])
    unfitted = SETMLPClassifier()
    return [*nets, plain, flat, curve, scores, broken, curve.iloc[:0], unfitted]


MAKERS = {
    "losses": LossCurveDisplay.from_estimator,
    "topology": TopologyDisplay.from_estimator,
    "map": DataMapDisplay.from_record,
    "forgetting": ForgettingDisplay.from_record,
    "missing": MissingnessDisplay.from_data,
    "selection": SelectionCurveDisplay.from_estimator,
}
OPTIONS = {
    "topology": {
        "kind": ["degrees", "blocks", "features", "no"],
        "layer": [1, 2, 0, 9],
        "values": ["degrees", "importances", "strength", "no"],
        "image_shape": [None, (1, 3), (2, 2), 3],
    },
    "map": {"hue": ["correctness", "no"]},
    "losses": {"show_rewirings": [True, False]},
}


@given(data=st.data())
def test_figures(made, data):
    kind = data.draw(st.sampled_from(sorted(MAKERS)))
    given = data.draw(st.one_of(st.sampled_from(made), odd, tables()))
    further = (X, Y) if kind == "selection" else ()
    try:
        options = {
            name: data.draw(st.one_of(st.sampled_from(values), odd))
            for name, values in OPTIONS.get(kind, {}).items()
        }
        shown = behaves(lambda: MAKERS[kind](given, *further, **options), given)
        if shown is not None:
            shown.figure_.canvas.draw()
    finally:
        plt.close("all")
