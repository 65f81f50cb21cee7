"""What a user without matplotlib is told: to install it."""

import ast
import sys
from pathlib import Path

import pytest

import sparsekit
from sparsekit.neural_network import LossCurveDisplay
from tests.displays import CLASS_METHODS, draw

PACKAGE = Path(sparsekit.__file__).parent
HINT = "needs matplotlib: pip install matplotlib"


@pytest.fixture
def no_matplotlib(monkeypatch):
    """Make every import of matplotlib fail, as where it is not installed."""
    for name in [name for name in sys.modules if name.startswith("matplotlib")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)


def test_a_display_is_made_without_matplotlib_and_names_it_to_be_drawn(
    no_matplotlib,
):
    display = LossCurveDisplay(loss_curve=[1.0, 0.5])
    with pytest.raises(ImportError, match=f"LossCurveDisplay {HINT}"):
        display.plot()


@pytest.mark.parametrize("name", CLASS_METHODS)
def test_drawing_without_matplotlib_names_it(no_matplotlib, name):
    with pytest.raises(ImportError, match=HINT):
        draw(name)


def test_pyplot_is_imported_in_one_place():
    importing = {
        path.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import)
        if any(name.name == "matplotlib.pyplot" for name in node.names)
    }
    assert importing == {"_figures.py"}
