"""The examples of the gallery, and what makes the site's build strict with them."""

import importlib.util
import re
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(ROOT.glob("examples/**/plot_*.py"))


def strict_examples():
    """Return the extension that makes the build strict."""
    path = ROOT / "docs" / "_extensions" / "strict_examples.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_group_has_an_introduction_and_an_example():
    groups = {path.parent for path in EXAMPLES}
    introduced = {path.parent for path in ROOT.glob("examples/*/README.rst")}
    assert len(groups) >= 6
    assert groups - {ROOT / "examples"} == introduced


def test_the_site_lists_every_group():
    conf = (ROOT / "docs" / "conf.py").read_text("utf-8")
    groups = {path.parent.name for path in EXAMPLES}
    order = re.search(r"for group in \((.*?)\)", conf, re.DOTALL)[1]
    assert set(re.findall(r'"(\w+)"', order)) == groups


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_ends_by_saying_what_is_to_be_seen(path):
    last = path.read_text("utf-8").rpartition("\n# %%\n")[2]
    assert all(line.startswith("#") for line in last.splitlines())
    assert len(last) > 80


def test_while_an_example_runs_warnings_are_errors():
    strict = strict_examples()
    before = warnings.filters[:]
    strict.raise_warnings({}, "plot_x.py", "before")
    try:
        with pytest.raises(UserWarning, match="careless"):
            warnings.warn("careless", UserWarning, stacklevel=1)
        warnings.simplefilter("ignore", FutureWarning)
    finally:
        strict.raise_warnings({}, "plot_x.py", "after")
    assert warnings.filters == before


def test_an_example_that_draws_nothing_is_named(tmp_path):
    strict = strict_examples()
    examples, gallery = tmp_path / "examples" / "a", tmp_path / "gallery" / "a"
    (gallery / "images").mkdir(parents=True)
    examples.mkdir(parents=True)
    for name in ("plot_one", "plot_two"):
        (examples / f"{name}.py").touch()
    (gallery / "images" / "sphx_glr_plot_one_001.png").touch()
    found = strict.without_figure(examples.parent, gallery.parent)
    assert found == ["a/plot_two.py"]
