"""What a user without an extra is told: which one to install."""

import ast
import sys
from pathlib import Path

import numpy as np
import pytest

import sparsekit
from sparsekit.missingness import MissingnessDisplay, diagnose
from sparsekit.neural_network import LossCurveDisplay

PACKAGE = Path(sparsekit.__file__).parent


@pytest.fixture
def no_matplotlib(monkeypatch):
    """Make every import of matplotlib fail, as where it is not installed."""
    for name in [name for name in sys.modules if name.startswith("matplotlib")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)


def loss_curve():
    return LossCurveDisplay(
        loss_curve=[1.0, 0.5], validation_scores=None, rewired_epochs=[]
    )


def missingness():
    return MissingnessDisplay.from_diagnosis(diagnose(np.eye(3)))


@pytest.mark.parametrize("display", [loss_curve, missingness])
def test_drawing_without_matplotlib_names_the_extra(no_matplotlib, display):
    drawn = display()
    hint = rf"{type(drawn).__name__} needs matplotlib: pip install 'sparsekit\[plot\]'"
    with pytest.raises(ImportError, match=hint):
        drawn.plot()


def test_pyplot_is_imported_in_one_place():
    importing = {
        path.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import)
        if any(name.name == "matplotlib.pyplot" for name in node.names)
    }
    assert importing == {"_pyplot.py"}
