"""What package indexes show of the README."""

import importlib.util
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
RELATIVE = re.compile(r"\]\((?![a-z]+:)")
HOME = "https://code.example/sparsekit"


@pytest.fixture
def long_description(monkeypatch):
    # Only builds need hatchling: without it, any class does for the hook's.
    plugin = SimpleNamespace(MetadataHookInterface=object)
    monkeypatch.setitem(sys.modules, "hatchling.metadata.plugin.interface", plugin)
    path = ROOT / "hatch_build.py"
    spec = importlib.util.spec_from_file_location("hatch_build", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.long_description


@pytest.mark.parametrize("home", [None, HOME])
def test_readme_has_no_link_that_leads_nowhere(long_description, home):
    assert RELATIVE.search(README)
    assert not RELATIVE.search(long_description(README, home))


def test_without_a_home_links_leave_their_text_and_images_nothing(long_description):
    text = "![a\nfigure](docs/f.png)[a\npage](docs/a.md#b), [site](https://a.b)"
    assert long_description(text) == "a\npage, [site](https://a.b)"


@pytest.mark.parametrize("code", ["`x[0](1)`", "```\nx[0](1)\n```"])
def test_code_is_left_alone(long_description, code):
    assert long_description(code) == code


def test_with_a_home_pages_and_images_are_found_there(long_description):
    text = long_description("![f](docs/f.png) [a](docs/a.md#b) [c](#c)", HOME)
    assert text == (
        f"![f]({HOME}/raw/HEAD/docs/f.png) [a]({HOME}/blob/HEAD/docs/a.md#b) [c](#c)"
    )


def test_comments_are_left_out(long_description):
    assert "<!--" in README
    assert "<!--" not in long_description(README)
