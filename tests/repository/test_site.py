"""The site that Sphinx makes: a page for every public name, links that lead there."""

import importlib
import importlib.util
import pkgutil
import re
from pathlib import Path

import pytest

import sparsekit

ROOT = Path(__file__).resolve().parents[2]


def extension(name):
    """Return a module of the folder of our Sphinx extensions."""
    path = ROOT / "docs" / "_extensions" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


public_names = extension("public_names")
code_host_pages = extension("code_host_pages")
unbroken = extension("unbroken")


def packages():
    """Return the names of all packages that have public names."""
    found = [info.name for info in pkgutil.iter_modules(sparsekit.__path__)]
    modules = {
        name: importlib.import_module(f"sparsekit.{name}")
        for name in found
        if not name.startswith("_")
    }
    return {name for name, module in modules.items() if hasattr(module, "__all__")}


def test_every_subpackage_with_public_names_has_a_page():
    assert packages() == set(public_names.SUBPACKAGES)


@pytest.mark.parametrize("subpackage", public_names.SUBPACKAGES)
def test_every_public_name_of_a_subpackage_is_on_its_page(subpackage):
    page = public_names.subpackage_page(subpackage)
    listed = set(re.findall(r"^   ~(?:\w+\.)?(\w+)$", page, re.MULTILINE))
    assert listed == set(importlib.import_module(f"sparsekit.{subpackage}").__all__)


def test_names_of_the_package_come_first_on_the_page_of_a_subpackage():
    page = public_names.subpackage_page("neural_network")
    classes = re.findall(r"^   ~(\S+)$", page.partition("Functions")[0], re.MULTILINE)
    own = [name for name in classes if "." not in name]
    others = [name for name in classes if "." in name]
    assert classes == own + others
    assert own == sorted(own, key=str.lower)
    assert others == sorted(others, key=str.lower)


def test_every_name_of_the_package_has_a_page():
    pages = set().union(
        *(names.values() for names in public_names.public_names().values())
    )
    names = {f"sparsekit.{name}" for name in sparsekit.__all__} - {
        "sparsekit.__version__"
    }
    assert names <= pages


def test_a_documented_name_is_the_object_of_its_subpackage():
    for subpackage, names in public_names.public_names().items():
        module = importlib.import_module(f"sparsekit.{subpackage}")
        for name, full in names.items():
            assert public_names.object_of(full) is getattr(module, name)


def test_every_subpackage_is_listed_on_the_page_of_the_reference():
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    listed = re.findall(r"\(\.\./sparsekit/(\w+)/__init__\.py\)", text)
    assert listed == list(public_names.SUBPACKAGES)


@pytest.mark.parametrize(
    ("link", "page", "target"),
    [
        ("../CHANGELOG.md", "index", "/changelog.rst"),
        ("../../examples/a/plot_b.py", "user_guide/x", "/gallery/a/plot_b.rst"),
        ("../examples/README.rst", "index", "/gallery/index.rst"),
        ("../sparsekit/topology/__init__.py", "api", "/api/topology.rst"),
        ("../images/figure2.png", "user_guide/x", "../images/figure2.png"),
        ("../performance.md", "user_guide/x", "../performance.md"),
    ],
)
def test_links_to_files_lead_to_what_the_site_makes_of_them(link, page, target):
    assert code_host_pages.on_the_site(link, page) == target


def test_what_a_page_lists_is_below_it():
    text = "Text.\n\n- [A](a.md): first,\n  of all.\n- [B](/b.rst)\n- plain [C](c.md)\n"
    tree = code_host_pages.toctree(text)
    assert "A <a.md>\nB </b.rst>\n" in tree
    assert "c.md" not in tree


def test_sections_of_a_list_are_captions_of_the_tree():
    text = "- [A](a.md): x\n\n## Some\n\n- [B](b.md): y\n\n## None\n\nText.\n"
    tree = code_host_pages.toctree(text)
    assert tree.index("a.md") < tree.index(":caption: Some") < tree.index("b.md")
    assert "None" not in tree


def test_a_page_that_lists_none_is_left_as_it_is():
    assert code_host_pages.toctree("See [A](a.md).") == ""


def test_a_subscript_stands_beside_an_accented_letter():
    pytest.importorskip("sphinx")
    mathml = extension("mathml")
    formula = mathml.tex2mathml(r"\sum_p^q \bar y_p", as_block=True)
    below = formula.count("<munderover>")
    mended = mathml.with_subscripts(formula)
    assert (below, mended.count("<munderover>")) == (2, 1)
    assert "<msub><mover><mi>y</mi>" in mended


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("95 % of all", "95_% of all"),
        ("0.3 ± 0.1 and -2±1", "0.3-±-0.1 and -2-±-1"),
        ("3.0 [2.2, 3.7] at [a, b]", "3.0 [2.2,_3.7] at [a, b]"),
        ("in % of 5, 6 rows", "in % of 5, 6 rows"),
    ],
)
def test_numbers_stay_with_their_units_errors_and_intervals(text, expected):
    expected = expected.replace("_", unbroken.NO_BREAK)
    expected = expected.replace("-±-", f"{unbroken.NARROW}±{unbroken.NARROW}")
    assert unbroken.unbroken(text) == expected
