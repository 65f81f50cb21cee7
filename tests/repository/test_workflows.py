"""The files of the code host: they parse, and what their commands name is there."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FILES = [
    *WORKFLOWS,
    ROOT / ".github" / "dependabot.yml",
    ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml",
    ROOT / ".pre-commit-config.yaml",
]


def load(path):
    return yaml.safe_load(path.read_text("utf-8"))


def commands(workflow):
    """Return what the steps of a workflow run."""
    steps = (step for job in workflow["jobs"].values() for step in job["steps"])
    return [step["run"] for step in steps if "run" in step]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_mappings(path):
    assert isinstance(load(path), dict)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_commands_name_what_is_there(path):
    for command in commands(load(path)):
        for program in re.findall(r"(?:\.ci|tests)/[\w./]+", command):
            assert (ROOT / program).exists(), command
        for module in re.findall(r"-m ([\w.]+)", command):
            assert importlib.util.find_spec(module) or module == "sphinx", command
        for extras in re.findall(r'"\.\[([\w,]+)\]"', command):
            assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])


def test_the_site_is_built_as_before_a_release():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    (built,) = (c for c in commands(load(WORKFLOWS[0])) if "-m sphinx" in c)
    assert f".venv/bin/{built}" in script


def test_the_suite_runs_with_every_python_that_the_package_names():
    workflow = load(ROOT / ".github" / "workflows" / "tests.yml")
    named = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))
    assert workflow["jobs"]["suite"]["strategy"]["matrix"]["python"] == named


def test_ruff_has_the_version_of_the_linters():
    (hooks,) = load(ROOT / ".pre-commit-config.yaml")["repos"]
    version = hooks["rev"].removeprefix("v")
    assert f"ruff=={version}" in PROJECT["optional-dependencies"]["lint"]
