"""The rules of the package's structure, checked on the source of every file."""

import ast
import importlib.util
import re
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "sparsekit"
FILES = sorted(PACKAGE.rglob("*.py"))

# Which parts of the package a part may import. Parts are its subpackages and its
# top-level files; docs/architecture.md says what each of these is for.
ARROWS = {
    "_utils": set(),
    "kernels": set(),
    "topology": {"_utils", "kernels"},
    "network": {"_utils", "kernels", "topology"},
    "neural_network": {"_utils", "__version__", "deploy", "network", "topology"},
    "missingness": {"_utils", "kernels"},
    "continual": {"_utils"},
    "deploy": {"_utils"},
    "difficulty": {"_utils", "neural_network"},
    "distributed": {"_utils", "__version__", "network", "neural_network", "topology"},
    "out_of_core": {"_utils"},
    "tabular": {"_utils", "deploy", "network", "neural_network"},
    "study": {"_utils", "__version__", "missingness", "neural_network", "tabular"},
    "__init__": {"missingness", "network", "neural_network", "study", "tabular"},
}

# Which of its own subpackages a subpackage of `study` may import.
STUDY_ARROWS = {
    "rows": set(),
    "plan": {"rows"},
    "run": {"plan", "rows"},
    "statistics": {"rows"},
    "displays": {"rows", "statistics"},
    "one_table": {"displays", "plan", "run", "statistics"},
    "cli": {"one_table", "plan", "run"},
}

# Slow to import or optional: only the functions that need them import them.
IMPORTED_IN_FUNCTIONS = {"matplotlib", "onnx", "pandas", "polars", "pyarrow", "rich"}
IMPORTED_IN_FUNCTIONS |= {"dask", "distributed"}

# What numpy.random offers beside its legacy functions with their global state.
RANDOM_OBJECTS = {"BitGenerator", "Generator", "RandomState", "SeedSequence"}
RANDOM_OBJECTS |= {"PCG64", "Philox", "default_rng"}


def part_of(path):
    """Return the subpackage or top-level file that `path` belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(nodes):
    """Return the full dotted names that import statements among `nodes` bring in."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            names |= {f"{origin}.{alias.name}" for alias in node.names}
    return names


def run_at_import(tree):
    """Yield the nodes that run when the module is imported, types' imports apart."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending += ast.iter_child_nodes(node)


def forbidden_arrows(tree, part):
    """Return the imports of other parts of the package that `part` may not make."""
    found = set()
    for name in imports(ast.walk(tree)):
        if name.startswith("."):
            found.add(name)  # relative imports would slip past the walk
            continue
        top, _, rest = name.partition(".")
        if top == "sparsekit" and rest.split(".")[0] not in ARROWS[part] | {part}:
            found.add(name)
    return found


def parts_imported(tree):
    """Return the parts of the package that a module imports from."""
    names = (name.split(".") for name in imports(ast.walk(tree)))
    return {parts[1] for parts in names if parts[0] == "sparsekit" and len(parts) > 1}


def arrows_of_the_page():
    """Return what docs/architecture.md says that each part may import."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE)
    return {part: set(re.findall(r"`(\w+)`", allowed)) for part, allowed in rows}


def reaches_into_another_part(tree, part):
    """Return the imports of private names or modules of other parts.

    `kernels` has no public names: its modules are imported one by one.
    """
    own = {part, "kernels", *(name for name in ARROWS if name.startswith("_"))}
    names = (name.split(".") for name in imports(ast.walk(tree)))
    return {
        ".".join(parts)
        for parts in names
        if parts[0] == "sparsekit"
        and not own.intersection(parts[1:2])
        and any(part.startswith("_") for part in parts[2:])
    }


def private_attributes(tree):
    """Return the private attributes that a module asks other objects than self for."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and ast.unparse(node.value) not in {"self", "cls"}
    }


def private_names(tree):
    """Return the private names that a module defines or assigns to attributes."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute):
            stored = isinstance(node.ctx, ast.Store)
            name = node.id if isinstance(node, ast.Name) else node.attr
            names |= {name} if stored else set()
    return {name for name in names if name.startswith("_")}


def heavy_imports(tree):
    """Return the imports at module level of what only functions should import."""
    names = imports(run_at_import(tree))
    return {name for name in names if name.split(".")[0] in IMPORTED_IN_FUNCTIONS}


def private_sklearn_imports(tree):
    """Return the names imported from scikit-learn that have a private part."""
    names = (name.split(".") for name in imports(ast.walk(tree)))
    return {
        ".".join(parts)
        for parts in names
        if parts[0] == "sklearn" and any(part.startswith("_") for part in parts)
    }


def calls_of_print(tree):
    """Return the lines that call `print`."""
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    }


def numpy_random_names(tree):
    """Return the names that a module takes from numpy.random."""
    attributes = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node.value) in {"np.random", "numpy.random"}
    }
    imported = {
        name.removeprefix("numpy.random.")
        for name in imports(ast.walk(tree))
        if name.startswith("numpy.random.")
    }
    return attributes | imported


def long_functions(tree, limit):
    """Return the functions whose body, docstring apart, has more than `limit` lines."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            has_docstring = ast.get_docstring(node) is not None
            body = node.body[1:] if has_docstring else node.body
            if body and body[-1].end_lineno - body[0].lineno >= limit:
                found.add(node.name)
    return found


def violations(check, chosen=ARROWS, *, without=()):
    """Run `check` on every file of `chosen`; return what it finds, by file."""
    found = {}
    for path in FILES:
        if part_of(path) in chosen and part_of(path) not in without:
            result = check(ast.parse(path.read_text(encoding="utf-8")))
            if result:
                found[str(path.relative_to(ROOT))] = result
    return found


def test_every_part_has_its_arrows():
    assert {part_of(path) for path in FILES} == set(ARROWS)


@pytest.mark.parametrize("part", ARROWS)
def test_parts_import_along_the_arrows_only(part):
    assert violations(lambda tree: forbidden_arrows(tree, part), {part}) == {}


def test_every_arrow_is_used():
    used = {part: set() for part in ARROWS}
    for path in FILES:
        used[part_of(path)] |= parts_imported(ast.parse(path.read_text("utf-8")))
    assert {part: allowed - used[part] for part, allowed in ARROWS.items()} == {
        part: set() for part in ARROWS
    }


def test_the_page_on_architecture_tells_the_arrows():
    # Single files are told in a sentence below the table.
    told = {
        part: {name for name in allowed if not name.startswith("_")}
        for part, allowed in ARROWS.items()
        if not part.startswith("_")
    }
    assert arrows_of_the_page() == told


@pytest.mark.parametrize("subpackage", STUDY_ARROWS)
def test_the_subpackages_of_study_import_along_the_arrows_only(subpackage):
    used = set()
    for path in (PACKAGE / "study" / subpackage).glob("*.py"):
        names = imports(ast.walk(ast.parse(path.read_text("utf-8"))))
        found = {re.match(r"sparsekit\.study\.([a-z]\w*)", name) for name in names}
        used |= {match[1] for match in found if match}
    assert used - {subpackage} == STUDY_ARROWS[subpackage]


@pytest.mark.parametrize("part", ARROWS)
def test_parts_use_the_public_names_of_other_parts(part):
    found = violations(lambda tree: reaches_into_another_part(tree, part), {part})
    assert found == {}


# Of named tuples, and of scikit-learn's protocol for estimators.
SHARED_ATTRIBUTES = {"_asdict", "_field_defaults", "_replace"}
SHARED_ATTRIBUTES |= {"_parameter_constraints", "_validate_params"}
# Of the standard library.
SHARED_ATTRIBUTES |= {"_getframe"}


@pytest.mark.parametrize("part", ARROWS)
def test_parts_leave_the_private_attributes_of_other_parts_alone(part):
    own = set(SHARED_ATTRIBUTES)
    for path in FILES:
        if part_of(path) == part:
            own |= private_names(ast.parse(path.read_text("utf-8")))
    assert violations(lambda tree: private_attributes(tree) - own, {part}) == {}


def test_kernels_import_nothing_but_numpy_numba_and_the_standard_library():
    allowed = {"llvmlite", "numba", "numpy", "sparsekit"} | sys.stdlib_module_names

    def foreign(tree):
        tops = {name.split(".")[0] for name in imports(ast.walk(tree))}
        return tops - allowed

    assert violations(foreign, {"kernels"}) == {}


def test_network_knows_no_sklearn():
    def sklearn_names(tree):
        names = imports(ast.walk(tree))
        return {name for name in names if name.split(".")[0] == "sklearn"}

    assert violations(sklearn_names, {"network"}) == {}


def test_third_party_imports_are_declared_dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    of_users = ("plot", "progress", "parquet", "onnx", "cluster")
    users = [line for extra in of_users for line in extras[extra]]
    declared = {line.split(">=")[0] for line in project["dependencies"] + users}
    # llvmlite is numba's own companion: numba pins its version.
    modules = {"scikit-learn": "sklearn"}
    allowed = {modules.get(name, name) for name in declared}
    allowed |= {"llvmlite", "sparsekit"} | sys.stdlib_module_names

    def undeclared(tree):
        return {name.split(".")[0] for name in imports(ast.walk(tree))} - allowed

    assert violations(undeclared) == {}


def test_heavy_libraries_are_imported_inside_functions():
    assert violations(heavy_imports) == {}


def test_private_names_of_sklearn_pass_through_one_file():
    assert set(violations(private_sklearn_imports)) == {
        "sparsekit/_utils/_sklearn_compat.py"
    }


def test_only_the_command_line_prints():
    assert violations(calls_of_print, without={"study"}) == {}


def test_no_part_uses_the_global_random_state():
    assert violations(lambda tree: numpy_random_names(tree) - RANDOM_OBJECTS) == {}


def test_kernels_do_not_use_numpy_random():
    assert violations(numpy_random_names, {"kernels"}) == {}


def test_functions_fit_on_a_screen_but_for_compiled_loops():
    def too_long(tree):
        return long_functions(tree, limit=80)

    assert violations(too_long, without={"kernels"}) == {}


@pytest.mark.parametrize("folder", ["sparsekit", "tests", "benchmarks", "examples"])
def test_no_file_is_longer_than_500_lines(folder):
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_no_folder_has_more_than_32_files():
    folders = Counter(path.parent.relative_to(PACKAGE) for path in FILES)
    assert {str(f): n_files for f, n_files in folders.items() if n_files > 32} == {}


# The checks themselves: each must see what it is there to find.


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("kernels", "from sparsekit.network import layout"),
        ("kernels", "import sparsekit.topology"),
        ("missingness", "from sparsekit import neural_network"),
        ("network", "from sparsekit import SETMLPClassifier"),
        ("neural_network", "def f():\n    from sparsekit.study import x"),
        ("topology", "from ..network import layout"),
    ],
)
def test_forbidden_arrows_are_seen(part, line):
    assert forbidden_arrows(ast.parse(line), part)


def test_imports_of_private_modules_of_other_parts_are_seen():
    tree = ast.parse("from sparsekit.topology._layer import Layer")
    assert reaches_into_another_part(tree, "network")
    assert not reaches_into_another_part(tree, "topology")


@pytest.mark.parametrize(
    ("line", "heavy"),
    [
        ("import pandas as pd", True),
        (
            "try:\n    from matplotlib import cm\nexcept ImportError:\n    pass",
            True,
        ),
        ("class A:\n    import pandas", True),
        ("def f():\n    import pandas", False),
        ("if TYPE_CHECKING:\n    import pandas", False),
    ],
)
def test_heavy_imports_are_seen_at_module_level_only(line, heavy):
    assert bool(heavy_imports(ast.parse(line))) == heavy


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("x = np.random.rand(3)", "rand"),
        ("rng = np.random.default_rng(0).random()", "default_rng"),
        ("from numpy.random import normal", "normal"),
    ],
)
def test_names_of_numpy_random_are_seen(line, name):
    assert numpy_random_names(ast.parse(line)) == {name}


@pytest.mark.parametrize(
    "line",
    [
        "import sklearn._loss",
        "from sklearn.base import _fit_context",
        "from sklearn.utils._param_validation import Interval",
    ],
)
def test_private_names_of_sklearn_are_seen(line):
    assert private_sklearn_imports(ast.parse(line))


def test_calls_of_print_are_seen():
    assert calls_of_print(ast.parse("def f():\n    print(1)")) == {2}


def test_long_functions_are_seen():
    source = 'def f():\n    """Doc\n    string."""\n' + "    x = 1\n" * 3
    assert long_functions(ast.parse(source), limit=3) == set()
    assert long_functions(ast.parse(source), limit=2) == {"f"}


def test_the_package_is_tested_with_every_python_that_it_names():
    spec = importlib.util.spec_from_file_location(
        "package", ROOT / ".ci" / "package.py"
    )
    package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    assert list(package.SUPPORTED) == named
    assert project["requires-python"] == f">={named[0]}"
