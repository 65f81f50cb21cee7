"""Random calls of every public name that is not listed with a reason, by tests/fuzz."""

import importlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_random_calls_raise_nothing_but_documented_errors():
    # In a process of its own, with kernels that need no compiling.
    command = [sys.executable, "-m", "tests.fuzz", "--interpreted", "--examples", "8"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-8000:]
    assert " passed" in done.stdout


# What no table of random calls is about, and why.
NOT_FUZZED = {
    "__version__": "a constant",
    "Diagnosis": "what diagnose returns; its parts are read there",
    "ScorePruner": "a base without scores; those that derive from it are drawn",
}

PACKAGES = [
    "",
    *("continual", "deploy", "difficulty", "distributed", "missingness", "network"),
    *("neural_network", "out_of_core", "study", "tabular", "topology"),
]


def fuzzed():
    """Return the objects that the modules of random calls name, or have in a table."""
    found = []
    for path in sorted((ROOT / "tests" / "fuzz").glob("test_*.py")):
        module = importlib.import_module(f"tests.fuzz.{path.stem}")
        for value in vars(module).values():
            found.append(value)
            if isinstance(value, list | tuple | dict):
                found += [*value, *(value.values() if isinstance(value, dict) else ())]
    return {id(value) for value in found}


def test_every_public_name_is_called_at_random_or_listed_with_a_reason():
    known, left_out = fuzzed(), set()
    for package in PACKAGES:
        module = importlib.import_module(".".join(filter(None, ["sparsekit", package])))
        names = set(module.__all__)
        left_out |= {name for name in names if id(getattr(module, name)) not in known}
    assert left_out - NOT_FUZZED.keys() == set()
    # A reason for what is called by now, or is gone, is none any more.
    assert NOT_FUZZED.keys() - left_out == set()
