"""The public names of the package: those in the ``__all__`` of its subpackages.

What can be imported from ``sparsekit`` itself is documented under that shorter name.
"""

import functools
import importlib
import inspect

# In the order of the API reference.
SUBPACKAGES = (
    "tabular",
    "neural_network",
    "missingness",
    "topology",
    "difficulty",
    "continual",
    "out_of_core",
    "distributed",
    "deploy",
    "study",
    "network",
)


def public_names():
    """Return the full names of all public objects: {subpackage: {name: full name}}."""
    top = importlib.import_module("sparsekit")
    found = {}
    for subpackage in SUBPACKAGES:
        module = importlib.import_module(f"sparsekit.{subpackage}")
        found[subpackage] = {
            name: f"sparsekit.{name}"
            if name in top.__all__
            else f"sparsekit.{subpackage}.{name}"
            for name in module.__all__
        }
    return found


@functools.cache
def full_names():
    """Return the full name of each public object, by what follows ``sparsekit.``."""
    found = {}
    for subpackage, names in public_names().items():
        for name, full in names.items():
            found[name] = found[f"{subpackage}.{name}"] = full
    return found


def object_of(full):
    """Return the object that a full name stands for."""
    module, _, name = full.rpartition(".")
    return getattr(importlib.import_module(module), name)


def kind_of(full):
    """Return what a public object is: "classes", "functions" or "constants"."""
    value = object_of(full)
    if inspect.isclass(value):
        return "classes"
    return "functions" if callable(value) else "constants"


def _heading(text, character):
    return f"{text}\n{character * len(text)}\n\n"


def _table(names):
    lines = [".. autosummary::", "   :toctree: generated", "   :nosignatures:", ""]
    lines += [f"   ~{name.removeprefix('sparsekit.')}" for name in names]
    return "\n".join([*lines, "", ""])


def _place(full):
    """Return what sorts names: those of the package itself come first."""
    return full.count("."), full.rpartition(".")[2].lower()


def subpackage_page(subpackage):
    """Return the page of a subpackage: its docstring and tables of its names."""
    names = sorted(public_names()[subpackage].values(), key=_place)
    text = _heading(f"``sparsekit.{subpackage}``", "=")
    text += (
        f".. automodule:: sparsekit.{subpackage}\n\n.. currentmodule:: sparsekit\n\n"
    )
    for kind in ("classes", "functions", "constants"):
        chosen = [name for name in names if kind_of(name) == kind]
        if chosen:
            text += _heading(kind.capitalize(), "-") + _table(chosen)
    return text
