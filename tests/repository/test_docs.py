"""README and pages: links that resolve, commands that set up what they need."""

import importlib.util
import re
import stat
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]+`")
README = (ROOT / "README.md").read_text("utf-8")


def load_readme_script():
    """Return the module `.ci/readme.py`."""
    spec = importlib.util.spec_from_file_location("readme", ROOT / ".ci" / "readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


readme = load_readme_script()


def anchors(page):
    """Return the anchors of a page's headings, as code hosts name them."""
    text = FENCED.sub("", page.read_text("utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}


def resolves(link, page):
    """Tell whether a relative link leads to a file of ours, and to a heading there."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return False
    return not anchor or anchor in anchors(target)


def relative_links(page):
    """Return the links of a page that name no scheme."""
    links = LINK.findall(CODE.sub("", FENCED.sub("", page.read_text("utf-8"))))
    return [link for link in links if not re.match(r"[a-z]+:", link)]


def broken_links(page):
    """Return the relative links of a page that lead nowhere."""
    return [link for link in relative_links(page) if not resolves(link, page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_resolve(page):
    assert broken_links(page) == []


def test_broken_links_are_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "# A title\n[x](#a-title) [y](#none) [`z`](none.md) [w](../up.md) `[](code.md)`"
    )
    assert broken_links(page) == ["#none", "none.md", "../up.md"]


def test_every_page_is_linked_from_an_index():
    docs = ROOT / "docs"
    indices = [docs / "index.md", docs / "user_guide" / "index.md"]
    linked = {
        (index.parent / link).resolve()
        for index in indices
        for link in LINK.findall(index.read_text("utf-8"))
    }
    assert set(docs.glob("**/*.md")) - {indices[0]} <= linked


@pytest.mark.parametrize(
    ("name", "job"), [("study", "sparsekit study"), ("tests", "pytest")]
)
def test_readme_command_sets_up_its_own_environment_in_one_line(name, job):
    steps = readme.commands(README)[name].split(" && ")
    assert len(steps) == 3
    assert steps[0] == "python3 -m venv .venv"
    assert steps[1].startswith(".venv/bin/pip install ")
    assert steps[2].startswith(f".venv/bin/{job}")
    assert "\n" not in readme.commands(README)[name]


def test_ci_runs_the_commands_of_the_readme_as_they_stand():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    for name in readme.commands(README):
        assert f"$(python3 .ci/readme.py command {name})" in script
    # Beside them only kernels as plain Python, and what their environment had to skip.
    kernels, again = (line for line in script.splitlines() if "pytest" in line)
    assert "NUMBA_DISABLE_JIT=1 .venv/bin/pytest" in kernels
    skipped = (f"tests/repository/test_{name}.py" for name in ("types", "site"))
    assert again == f'step "tests" .venv/bin/pytest -q {" ".join(skipped)}'
    assert "sparsekit study" not in script


def test_the_quick_tests_of_the_oldest_releases_exist():
    quick = re.findall(r"tests/[\w/]+\.py", (ROOT / ".ci" / "floors.py").read_text())
    assert quick
    assert [name for name in quick if not (ROOT / name).exists()] == []


def test_contributing_page_repeats_the_test_command_of_the_readme():
    page = (ROOT / "docs" / "contributing.md").read_text("utf-8")
    assert readme.commands(README)["tests"] in page


def test_ci_script_is_executable():
    assert (ROOT / ".ci" / "run").stat().st_mode & stat.S_IXUSR


def test_snippets_keep_the_line_numbers_of_the_page():
    page = "text\n\n```python\na = 1\n```\n\nmore\n\n```python\nb = 2\n```\n"
    lines = readme.program(page).splitlines()
    assert (lines[3], lines[9]) == ("a = 1", "b = 2")


def test_failing_snippet_fails_the_run(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "```python\nimport warnings\n```\n```python\nwarnings.warn('x')\n```\n"
    )
    with pytest.raises(readme.subprocess.CalledProcessError):
        readme.run_snippets(page)


@pytest.mark.parametrize(
    ("shown", "stands"),
    [("a 0.51\nb", True), ("a 0.6\nb", False), ("a 0.51", False), ("a 0.51 c", False)],
)
def test_output_that_a_page_shows_is_what_its_program_prints(tmp_path, shown, stands):
    page = tmp_path / "page.md"
    code = "```python\nprint('a', 0.5)\nprint('b')\n```\n"
    page.write_text(f"{code}\n<!-- output -->\n\n```text\n{shown}\n```\n")
    if stands:
        readme.run_snippets(page)
    else:
        with pytest.raises(SystemExit, match="shows other output"):
            readme.run_snippets(page)


def test_readme_shows_the_output_of_its_programs():
    assert len(readme.OUTPUT.findall(README)) == len(
        readme.PYTHON_BLOCK.findall(README)
    )
