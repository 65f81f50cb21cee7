"""The page about the tests of scikit-learn's MLP, and the tests of the same names."""

import ast
import re
from pathlib import Path

import pytest
import sklearn


def names_in(path):
    tree = ast.parse(path.read_text("utf-8"))
    named = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    return {name for name in named if name.startswith("test_")}


FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "user_guide" / "mlp_tests.md"
ROWS = dict(re.findall(r"^\| `(test_\w+)` \| (\w+)", PAGE.read_text("utf-8"), re.M))


def test_the_page_says_of_each_test_whether_it_is_here():
    files = [FOLDER / f"test_sklearn_mlp_{part}.py" for part in ("list", "steps")]
    assert set.union(*map(names_in, files)) == {
        name for name, how in ROWS.items() if how == "holds"
    }
    assert set(ROWS.values()) == {"holds", "cannot"}


@pytest.mark.skipif(
    not sklearn.__version__.startswith("1.9."), reason="the page is about release 1.9"
)
def test_the_page_has_all_names_of_the_list():
    theirs = Path(sklearn.__file__).parent / "neural_network" / "tests" / "test_mlp.py"
    assert ROWS.keys() == names_in(theirs)
