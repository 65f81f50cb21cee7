"""What ``import sparsekit`` brings in, and what it leaves for later."""

import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import pytest

import sparsekit

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "sparsekit"


def run(code):
    """Run `code` in a new interpreter; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_import_needs_neither_pandas_nor_matplotlib():
    # scikit-learn imports pandas wherever it is installed, so a look at sys.modules
    # would tell nothing: the import must succeed where there is none to be had.
    run(
        "import sys\n"
        "for name in ('matplotlib', 'onnx', 'pandas', 'polars', 'pyarrow', 'rich'):\n"
        "    sys.modules[name] = None\n"
        "from sparsekit import *"
    )


def test_import_leaves_the_command_line_alone():
    code = (
        "import sys; from sparsekit import SETMLPClassifier, MCARMasker; "
        "print('sparsekit.study' in sys.modules)"
    )
    assert run(code) == "False"


def test_import_compiles_nothing():
    compiled, kernels = run(
        "import importlib, pkgutil\n"
        "import sparsekit, sparsekit.kernels as kernels\n"
        "from numba.core.dispatcher import Dispatcher\n"
        "names = [module.name for module in pkgutil.iter_modules(kernels.__path__)]\n"
        "modules = [importlib.import_module(f'sparsekit.kernels.{n}') for n in names]\n"
        "objects = [x for module in modules for x in vars(module).values()]\n"
        "kernels = [x for x in objects if isinstance(x, Dispatcher)]\n"
        "print(sum(len(kernel.signatures) for kernel in kernels), len(kernels))"
    ).split()
    assert int(kernels) > 0
    assert int(compiled) == 0


@pytest.mark.parametrize("name", sparsekit.__all__)
def test_public_names_exist(name):
    assert getattr(sparsekit, name) is not None


def test_public_names_are_sorted():
    assert list(sparsekit.__all__) == sorted(sparsekit.__all__)


def test_typed_package_says_so():
    assert (Path(sparsekit.__file__).parent / "py.typed").exists()


def test_command_line_program_exists():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module, _, name = project["scripts"]["sparsekit"].partition(":")
    assert run(f"import {module} as m; print(callable(m.{name}))") == "True"


@pytest.mark.parametrize("module", ["sparsekit", "sparsekit.deploy"])
def test_numba_waits_until_a_network_is_asked_for(module):
    code = f"import sys, {module}; print('numba' in sys.modules)"
    assert run(code) == "False"


def test_subpackages_are_attributes_of_the_package():
    folders = {path.parent.name for path in PACKAGE.glob("[!_]*/__init__.py")}
    code = (
        "import sparsekit as package\n"
        f"print(*(getattr(package, part).__name__ for part in {sorted(folders)}))\n"
        "print(*dir(package))"
    )
    subpackages, names = (set(line.split()) for line in run(code).splitlines())
    assert subpackages == {f"sparsekit.{folder}" for folder in folders}
    assert {"SETMLPClassifier", *folders} - names == {"kernels", "network"}


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        sparsekit.nothing  # noqa: B018


def test_dir_shows_public_names_only():
    shown = dir(sparsekit)
    assert set(sparsekit.__all__) < set(shown)
    assert [name for name in shown if name.startswith("_")] == ["__version__"]
    for name in set(shown) - set(sparsekit.__all__):
        assert getattr(sparsekit, name).__all__


def test_another_distribution_of_this_name_is_told_of_once(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (tmp_path / "sparsekit_learn-0.1.0.dist-info").mkdir()
        sparsekit._warn_if_mixed(tmp_path)
    (tmp_path / "sparsekit-0.3.dist-info").mkdir()
    with pytest.warns(UserWarning, match="Uninstall both") as told:
        sparsekit._warn_if_mixed(tmp_path)
    assert len(told) == 1
